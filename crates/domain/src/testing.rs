//! What the tests of this crate start from: one organization, one place, one booking, one day.

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::booking::{Booking, BookingStatus, CreateBooking, Given, SkillLevel, create};
use crate::decision::Decision;
use crate::error::Invalid;
use crate::event::{Fact, Payload};
use crate::id::{BookingId, LocationId, OrganizationId, UserId};
use crate::location::{Address, Location, LocationStatus, LocationType};
use crate::organization::{
    Organization, OrganizationKind, OrganizationSettings, OrganizationStatus, Tier,
};
use crate::staffing::{Certification, Skill, StaffProfile, StaffStatus};

/// Noon of a summer's day.
pub(crate) fn now() -> Timestamp {
    "2026-07-01T12:00:00Z".parse().unwrap()
}

pub(crate) fn hours_from_now(hours: i64) -> Timestamp {
    now() + SignedDuration::from_hours(hours)
}

/// The `n`th id of any kind.
pub(crate) fn id<T: From<Uuid>>(n: u128) -> T {
    Uuid::from_u128(n).into()
}

pub(crate) fn actor() -> UserId {
    id(7)
}

/// A client of the first tier, in Denver.
pub(crate) fn organization() -> Organization {
    Organization {
        id: id::<OrganizationId>(1),
        name: "Green Leaf".to_owned(),
        kind: OrganizationKind::Client,
        tier: Tier::StaffLeasing,
        status: OrganizationStatus::Active,
        timezone: "America/Denver".to_owned(),
        currency: "USD".to_owned(),
        settings: OrganizationSettings::default(),
        created_at: now(),
        updated_at: now(),
        version: 1,
    }
}

/// A shop of that client, in New York.
pub(crate) fn location() -> Location {
    Location {
        id: id::<LocationId>(20),
        organization_id: Some(organization().id),
        name: "Main Street".to_owned(),
        location_type: LocationType::Dispensary,
        address: Address {
            line1: "1 Main Street".to_owned(),
            line2: None,
            city: "New York".to_owned(),
            region: "NY".to_owned(),
            postal_code: "10001".to_owned(),
            country: "US".to_owned(),
        },
        latitude: Some(40.7128),
        longitude: Some(-74.006),
        timezone: "America/New_York".to_owned(),
        capacity: Some(80),
        amenities: vec!["parking".to_owned()],
        accessibility_features: vec!["ramp".to_owned()],
        geofence_radius_meters: 200,
        status: LocationStatus::Active,
        created_at: now(),
        updated_at: now(),
        version: 1,
    }
}

/// Tomorrow, two hours, nothing else stated.
pub(crate) fn command() -> CreateBooking {
    CreateBooking {
        organization_id: organization().id,
        title: "Tasting".to_owned(),
        description: None,
        operation_type: None,
        activity_type: None,
        priority: None,
        location_id: None,
        scheduled_start: hours_from_now(24),
        scheduled_end: hours_from_now(26),
        timezone: None,
        budget: None,
        requirements: None,
        staff_requirements: None,
        equipment_requirements: None,
        notes: None,
    }
}

pub(crate) fn given<'a>(
    organization: &'a Organization,
    location: Option<&'a Location>,
) -> Given<'a> {
    Given { now: now(), actor: actor(), id: id::<BookingId>(30), organization, location }
}

/// What [`command`] leads to, put in `status` by hand.
pub(crate) fn booking(status: BookingStatus) -> Booking {
    let organization = organization();
    let Decision { state, .. } = create(&given(&organization, None), command()).unwrap();
    Booking { status, ..state }
}

/// Somebody with a skill that a certificate proves, not yet verified, and one that nothing proves.
pub(crate) fn profile() -> StaffProfile {
    let certification = Certification {
        issuer: "State".to_owned(),
        issued_on: date(2026, 1, 1),
        expires_on: date(2026, 12, 31),
        verified_by: None,
    };
    let skill =
        |name: &str, level, certification| Skill { name: name.to_owned(), level, certification };
    StaffProfile {
        user_id: id(50),
        organization_id: organization().id,
        status: StaffStatus::Active,
        skills: vec![
            skill("forklift", SkillLevel::Expert, Some(certification)),
            skill("sales", SkillLevel::Intermediate, None),
        ],
        default_hourly_rate: None,
        home: None,
        max_travel_km: None,
        max_hours_per_day: None,
        max_hours_per_week: None,
        min_rest_hours: None,
        blocked_locations: Vec::new(),
        phone: None,
        created_at: now(),
        updated_at: now(),
        version: 1,
    }
}

/// The payload of a fact, which must be a `P`.
pub(crate) fn payload<P: Payload>(fact: &Fact) -> P {
    assert_eq!((fact.event_type, fact.schema_version), (P::TYPE, P::VERSION));
    serde_json::from_str(fact.data.get()).unwrap()
}

pub(crate) fn metadata(fact: &Fact) -> serde_json::Value {
    serde_json::from_str(fact.metadata.as_ref().unwrap().get()).unwrap()
}

/// The broken rules as `field: code`.
pub(crate) fn codes(invalid: &Invalid) -> Vec<String> {
    invalid.0.iter().map(|error| format!("{}: {}", error.field, error.code)).collect()
}
