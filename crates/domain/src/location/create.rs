//! Creating a location.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::validate::{
    CAPACITY_MAX, ENTRY_MAX, GEOFENCE_DEFAULT_METERS, GEOFENCE_MAX, GEOFENCE_MIN, LIST_MAX,
    NAME_MAX, check,
};
use super::{Address, Location, LocationStatus, LocationType};
use crate::decision::{Decision, Refusal};
use crate::error::Checks;
use crate::event::{Fact, LocationCreated};
use crate::id::{LocationId, OrganizationId};
use crate::organization::{Organization, OrganizationStatus};
use crate::time::to_microsecond;

/// A location to be created.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateLocation {
    /// Whose it is to be; shared by all organizations when absent.
    #[serde(default)]
    pub organization_id: Option<OrganizationId>,
    /// Its name.
    #[schemars(length(min = 1, max = NAME_MAX), regex(pattern = r"\S"))]
    pub name: String,
    /// What kind of place it is.
    pub location_type: LocationType,
    /// Where it is.
    pub address: Address,
    /// Degrees north, WGS 84; together with the longitude or not at all.
    #[serde(default)]
    #[schemars(range(min = -90, max = 90))]
    pub latitude: Option<f64>,
    /// Degrees east, WGS 84; together with the latitude or not at all.
    #[serde(default)]
    #[schemars(range(min = -180, max = 180))]
    pub longitude: Option<f64>,
    /// IANA zone of its clocks; its organization's when absent. A shared location must state it.
    #[serde(default)]
    pub timezone: Option<String>,
    /// How many people it holds.
    #[serde(default)]
    #[schemars(range(min = 1, max = CAPACITY_MAX))]
    pub capacity: Option<u32>,
    /// What it offers.
    #[serde(default)]
    #[schemars(length(max = LIST_MAX), inner(length(min = 1, max = ENTRY_MAX)))]
    pub amenities: Vec<String>,
    /// How people with disabilities get in and around.
    #[serde(default)]
    #[schemars(length(max = LIST_MAX), inner(length(min = 1, max = ENTRY_MAX)))]
    pub accessibility_features: Vec<String>,
    /// How far from the coordinates a check-in still counts as on site, in metres; 200 when absent.
    #[serde(default)]
    #[schemars(range(min = GEOFENCE_MIN, max = GEOFENCE_MAX))]
    pub geofence_radius_meters: Option<u32>,
}

/// What [`create`] and [`edit`](super::edit()) need to know beside the command.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The present instant.
    pub now: Timestamp,
    /// The location's id; a fresh one when it is created.
    pub id: LocationId,
    /// The organization whose it is; none for a shared location.
    pub organization: Option<&'a Organization>,
}

/// Decides about a new location: active, of version 1, and `LOCATION_CREATED`.
pub fn create(given: &Given, command: CreateLocation) -> Result<Decision<Location>, Refusal> {
    let now = to_microsecond(given.now);
    let mut checks = Checks::new();
    checks.require(
        command.organization_id == given.organization.map(|organization| organization.id),
        "organizationId",
        "unknown_organization",
        "organizationId names no organization that was found",
    );
    let default_zone = given.organization.map(|organization| organization.timezone.clone());
    checks.require(
        command.timezone.is_some() || default_zone.is_some(),
        "timezone",
        "required",
        "timezone is required for a shared location",
    );
    let location = Location {
        id: given.id,
        organization_id: command.organization_id,
        name: command.name,
        location_type: command.location_type,
        address: command.address,
        latitude: command.latitude,
        longitude: command.longitude,
        // A missing zone is refused above; UTC only keeps it from being reported twice.
        timezone: command.timezone.or(default_zone).unwrap_or_else(|| "UTC".to_owned()),
        capacity: command.capacity,
        amenities: command.amenities,
        accessibility_features: command.accessibility_features,
        geofence_radius_meters: command.geofence_radius_meters.unwrap_or(GEOFENCE_DEFAULT_METERS),
        status: LocationStatus::Active,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    check(checks, &location)?;
    refuse_suspended(given)?;
    let payload = LocationCreated { location };
    let fact = Fact::new(&payload)?;
    Ok(Decision::new(payload.location, fact))
}

/// A suspended organization changes nothing.
pub(super) fn refuse_suspended(given: &Given) -> Result<(), Refusal> {
    match given.organization {
        Some(organization) if organization.status == OrganizationStatus::Suspended => {
            Err(Refusal::OrganizationSuspended)
        }
        _ => Ok(()),
    }
}
