//! The limits of a location's fields.

use super::{Address, Location};
use crate::error::{Checks, Invalid};

/// Longest name, in characters.
pub(super) const NAME_MAX: usize = 200;
/// Most people that a place holds.
pub(super) const CAPACITY_MAX: u32 = 1_000_000;
/// Most entries of a list.
pub(super) const LIST_MAX: usize = 50;
/// Longest entry of a list, in characters.
pub(super) const ENTRY_MAX: usize = 100;
/// Smallest geofence, in metres: less is finer than a telephone's position.
pub(super) const GEOFENCE_MIN: u32 = 10;
/// Largest geofence, in metres.
pub(super) const GEOFENCE_MAX: u32 = 100_000;
/// The geofence of a location that states none, in metres.
pub const GEOFENCE_DEFAULT_METERS: u32 = 200;
/// Longest street line, in characters.
pub(super) const LINE_MAX: usize = 200;
/// Longest name of a city or region, in characters.
pub(super) const CITY_MAX: usize = 100;
/// Longest postal code, in characters.
pub(super) const POSTAL_CODE_MAX: usize = 20;

/// Refuses `location` with everything that is wrong with it and what `checks` recorded before.
pub(super) fn check(mut checks: Checks, location: &Location) -> Result<(), Invalid> {
    checks.heading("name", &location.name, NAME_MAX);
    address(&mut checks, &location.address);
    coordinates(&mut checks, location);
    checks.zone("timezone", &location.timezone);
    if let Some(capacity) = location.capacity {
        checks.between("capacity", capacity, 1, CAPACITY_MAX);
    }
    checks.texts("amenities", &location.amenities, LIST_MAX, ENTRY_MAX);
    let features = &location.accessibility_features;
    checks.texts("accessibilityFeatures", features, LIST_MAX, ENTRY_MAX);
    let radius = location.geofence_radius_meters;
    checks.between("geofenceRadiusMeters", radius, GEOFENCE_MIN, GEOFENCE_MAX);
    checks.done()
}

fn address(checks: &mut Checks, address: &Address) {
    checks.heading("address.line1", &address.line1, LINE_MAX);
    if let Some(line) = &address.line2 {
        checks.longest("address.line2", line, LINE_MAX);
    }
    checks.heading("address.city", &address.city, CITY_MAX);
    checks.heading("address.region", &address.region, CITY_MAX);
    checks.heading("address.postalCode", &address.postal_code, POSTAL_CODE_MAX);
    let country = address.country.as_bytes();
    checks.require(
        country.len() == 2 && country.iter().all(u8::is_ascii_uppercase),
        "address.country",
        "invalid_country",
        "address.country must be two capital letters such as US",
    );
}

/// A position has two coordinates or is none. NaN is in no range.
fn coordinates(checks: &mut Checks, location: &Location) {
    for (field, value, most) in
        [("latitude", location.latitude, 90.0), ("longitude", location.longitude, 180.0)]
    {
        if let Some(value) = value {
            checks.between(field, value, -most, most);
        }
    }
    let missing = match (location.latitude, location.longitude) {
        (Some(_), None) => "longitude",
        (None, Some(_)) => "latitude",
        _ => return,
    };
    checks.refuse(missing, "required", "latitude and longitude go together: give both or neither");
}
