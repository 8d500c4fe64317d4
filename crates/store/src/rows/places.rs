//! Organizations and locations.

use rishi_domain::location::{Address, Location, LocationStatus, LocationType};
use rishi_domain::organization::{Organization, OrganizationKind, OrganizationStatus, Tier};

use super::{
    Fields, id, instant, json, number, optional_id, optional_number, optional_string, string, word,
};

/// An organization.
pub(crate) const ORGANIZATION: &str = "id, name, kind, tier, status, timezone, currency, \
    settings, created_at, updated_at, version";

pub(crate) fn organization<R: Fields>(row: &R) -> Result<Organization, R::Error> {
    Ok(Organization {
        id: id(row, 0)?,
        name: string(row, 1)?,
        kind: word(row, 2, OrganizationKind::parse)?,
        tier: Tier::try_from(number::<R, u8>(row, 3)?)
            .map_err(|what| row.unreadable(3, what.clone()))?,
        status: word(row, 4, OrganizationStatus::parse)?,
        timezone: string(row, 5)?,
        currency: string(row, 6)?,
        settings: json(row, 7)?,
        created_at: instant(row, 8)?,
        updated_at: instant(row, 9)?,
        version: number(row, 10)?,
    })
}

/// A location.
pub(crate) const LOCATION: &str = "id, organization_id, name, location_type, line1, line2, city, \
    region, postal_code, country, latitude, longitude, timezone, capacity, amenities, \
    accessibility_features, geofence_radius_meters, status, created_at, updated_at, version";

pub(crate) fn location<R: Fields>(row: &R) -> Result<Location, R::Error> {
    Ok(Location {
        id: id(row, 0)?,
        organization_id: optional_id(row, 1)?,
        name: string(row, 2)?,
        location_type: word(row, 3, LocationType::parse)?,
        address: Address {
            line1: string(row, 4)?,
            line2: optional_string(row, 5)?,
            city: string(row, 6)?,
            region: string(row, 7)?,
            postal_code: string(row, 8)?,
            country: string(row, 9)?,
        },
        latitude: row.real(10)?,
        longitude: row.real(11)?,
        timezone: string(row, 12)?,
        capacity: optional_number(row, 13)?,
        amenities: json(row, 14)?,
        accessibility_features: json(row, 15)?,
        geofence_radius_meters: number(row, 16)?,
        status: word(row, 17, LocationStatus::parse)?,
        created_at: instant(row, 18)?,
        updated_at: instant(row, 19)?,
        version: number(row, 20)?,
    })
}
