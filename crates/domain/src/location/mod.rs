//! Places where work happens.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{LocationId, OrganizationId};

mod create;
mod edit;
mod validate;

pub use create::{CreateLocation, Given, create};
pub use edit::{EditLocation, edit};
pub use validate::GEOFENCE_DEFAULT_METERS;
use validate::{CITY_MAX, LINE_MAX, POSTAL_CODE_MAX};

words! {
    /// What kind of place it is.
    pub enum LocationType {
        /// A shop.
        Dispensary = "dispensary",
        /// Where plants grow.
        CultivationSite = "cultivation_site",
        /// Where products are made.
        ManufacturingFacility = "manufacturing_facility",
        /// Where products are tested.
        Laboratory = "laboratory",
        /// Where goods are sent from.
        DistributionCenter = "distribution_center",
        /// Hired for the day.
        EventVenue = "event_venue",
        /// Desks.
        Office = "office",
        /// Anything else.
        Other = "other",
    }
}

words! {
    /// Whether a place takes bookings.
    pub enum LocationStatus {
        /// Takes bookings.
        Active = "active",
        /// Takes no new ones.
        Inactive = "inactive",
    }
}

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Address {
    /// Street and number.
    #[schemars(length(min = 1, max = LINE_MAX))]
    pub line1: String,
    /// Unit, floor and the like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = LINE_MAX))]
    pub line2: Option<String>,
    /// City.
    #[schemars(length(min = 1, max = CITY_MAX))]
    pub city: String,
    /// State or province.
    #[schemars(length(min = 1, max = CITY_MAX))]
    pub region: String,
    /// Postal code.
    #[schemars(length(min = 1, max = POSTAL_CODE_MAX))]
    pub postal_code: String,
    /// ISO 3166-1 alpha-2 code.
    #[schemars(regex(pattern = "^[A-Z]{2}$"))]
    pub country: String,
}

/// A place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// Its id.
    pub id: LocationId,
    /// Whose it is; shared by all organizations when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<OrganizationId>,
    /// Its name.
    pub name: String,
    /// What kind of place it is.
    pub location_type: LocationType,
    /// Where it is.
    pub address: Address,
    /// Degrees north, WGS 84.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// Degrees east, WGS 84.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
    /// IANA zone of its clocks.
    pub timezone: String,
    /// How many people it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// What it offers.
    pub amenities: Vec<String>,
    /// How people with disabilities get in and around.
    pub accessibility_features: Vec<String>,
    /// How far from the coordinates a check-in still counts as on site, in metres.
    pub geofence_radius_meters: u32,
    /// Whether it takes bookings.
    pub status: LocationStatus,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// How often it has changed: 1 when created.
    pub version: u64,
}
