//! Changing a location. Whose it is stays.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::create::{Given, refuse_suspended};
use super::validate::{
    CAPACITY_MAX, ENTRY_MAX, GEOFENCE_MAX, GEOFENCE_MIN, LIST_MAX, NAME_MAX, check,
};
use super::{Address, Location, LocationStatus, LocationType};
use crate::decision::{Decision, Refusal};
use crate::error::Checks;
use crate::event::{Fact, LocationUpdated};
use crate::patch::{Changes, clearable, set};
use crate::time::to_microsecond;

/// A partial change: absent fields stay, `null` clears those that may be empty. An address is
/// replaced as a whole.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct EditLocation {
    /// Its name.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1, max = NAME_MAX), regex(pattern = r"\S"))]
    pub name: Option<String>,
    /// What kind of place it is.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "LocationType")]
    pub location_type: Option<LocationType>,
    /// Where it is.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Address")]
    pub address: Option<Address>,
    /// Degrees north, WGS 84; together with the longitude or not at all.
    #[serde(deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = -90, max = 90))]
    pub latitude: Option<Option<f64>>,
    /// Degrees east, WGS 84; together with the latitude or not at all.
    #[serde(deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = -180, max = 180))]
    pub longitude: Option<Option<f64>>,
    /// IANA zone of its clocks.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub timezone: Option<String>,
    /// How many people it holds.
    #[serde(deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = CAPACITY_MAX))]
    pub capacity: Option<Option<u32>>,
    /// What it offers.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<String>", length(max = LIST_MAX))]
    #[schemars(inner(length(min = 1, max = ENTRY_MAX)))]
    pub amenities: Option<Vec<String>>,
    /// How people with disabilities get in and around.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<String>", length(max = LIST_MAX))]
    #[schemars(inner(length(min = 1, max = ENTRY_MAX)))]
    pub accessibility_features: Option<Vec<String>>,
    /// How far from the coordinates a check-in still counts as on site, in metres.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u32", range(min = GEOFENCE_MIN, max = GEOFENCE_MAX))]
    pub geofence_radius_meters: Option<u32>,
    /// Whether it takes bookings.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "LocationStatus")]
    pub status: Option<LocationStatus>,
}

/// Decides about a partial change; nothing when every given field already has its value.
pub fn edit(
    given: &Given,
    location: &Location,
    command: EditLocation,
) -> Result<Option<Decision<Location>>, Refusal> {
    let mut state = location.clone();
    let mut edits = Changes::new();
    edits.put("name", &mut state.name, command.name);
    edits.put("locationType", &mut state.location_type, command.location_type);
    edits.put("address", &mut state.address, command.address);
    edits.put("latitude", &mut state.latitude, command.latitude);
    edits.put("longitude", &mut state.longitude, command.longitude);
    edits.put("timezone", &mut state.timezone, command.timezone);
    edits.put("capacity", &mut state.capacity, command.capacity);
    edits.put("amenities", &mut state.amenities, command.amenities);
    let features = command.accessibility_features;
    edits.put("accessibilityFeatures", &mut state.accessibility_features, features);
    let radius = command.geofence_radius_meters;
    edits.put("geofenceRadiusMeters", &mut state.geofence_radius_meters, radius);
    edits.put("status", &mut state.status, command.status);
    check(Checks::new(), &state)?;
    refuse_suspended(given)?;
    let Some(changed) = edits.names() else { return Ok(None) };
    state.updated_at = to_microsecond(given.now);
    state.version += 1;
    let payload = LocationUpdated { location_id: state.id, changed, location: state };
    let fact = Fact::new(&payload)?;
    Ok(Some(Decision::new(payload.location, fact)))
}

#[cfg(test)]
mod tests;
