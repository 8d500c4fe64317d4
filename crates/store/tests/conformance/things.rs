//! Things to put, each whole and plain; a test changes what it is about.

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use rishi_app::bookings::BookingFilter;
use rishi_app::commit::{Change, Expected, Guard};
use rishi_app::events::subject;
use rishi_domain::assignment::{Assignment, AssignmentStatus};
use rishi_domain::booking::{Booking, BookingStatus, OperationType, Priority, SkillLevel};
use rishi_domain::id::{AssignmentId, BookingId, LocationId, OrganizationId, UserId};
use rishi_domain::location::{Address, Location, LocationStatus, LocationType};
use rishi_domain::money::Money;
use rishi_domain::organization::{
    Organization, OrganizationKind, OrganizationSettings, OrganizationStatus, Tier,
};
use rishi_domain::staffing::{Certification, Position, Skill, StaffProfile, StaffStatus};
use rishi_domain::user::User;

/// An hour of the test's calendar, which begins at noon of 1 May 2030.
pub(crate) fn hour(number: i64) -> Timestamp {
    at("2030-05-01T12:00:00Z") + SignedDuration::from_hours(number)
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn organization(
    id: OrganizationId,
    name: &str,
    kind: OrganizationKind,
    now: Timestamp,
) -> Organization {
    Organization {
        id,
        name: name.to_owned(),
        kind,
        tier: Tier::FullService,
        status: OrganizationStatus::Active,
        timezone: "America/Denver".to_owned(),
        currency: "USD".to_owned(),
        settings: OrganizationSettings::default(),
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

pub(crate) fn location(
    id: LocationId,
    name: &str,
    organization_id: Option<OrganizationId>,
    now: Timestamp,
) -> Location {
    Location {
        id,
        organization_id,
        name: name.to_owned(),
        location_type: LocationType::Dispensary,
        address: Address {
            line1: "1 Main Street".to_owned(),
            line2: Some("2nd floor".to_owned()),
            city: "Denver".to_owned(),
            region: "CO".to_owned(),
            postal_code: "80202".to_owned(),
            country: "US".to_owned(),
        },
        latitude: Some(39.739_235_8),
        longitude: Some(-104.990_251),
        timezone: "America/Denver".to_owned(),
        capacity: Some(80),
        amenities: vec!["parking".to_owned()],
        accessibility_features: vec!["ramp".to_owned()],
        geofence_radius_meters: 200,
        status: LocationStatus::Active,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

pub(crate) fn booking(
    id: BookingId,
    organization: &Organization,
    author: &User,
    from: i64,
    to: i64,
    now: Timestamp,
) -> Booking {
    Booking {
        id,
        organization_id: organization.id,
        title: "Tasting".to_owned(),
        description: None,
        operation_type: OperationType::General,
        activity_type: None,
        priority: Priority::Medium,
        location_id: None,
        scheduled_start: hour(from),
        scheduled_end: hour(to),
        timezone: "America/Denver".to_owned(),
        budget: None,
        actual_cost: None,
        requirements: None,
        staff_requirements: None,
        equipment_requirements: None,
        status: BookingStatus::Draft,
        notes: None,
        created_by: author.id,
        submitted_by: None,
        series: None,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

pub(crate) fn assignment(id: AssignmentId, booking: &Booking, staff: UserId) -> Assignment {
    Assignment {
        id,
        booking_id: booking.id,
        staff_id: staff,
        role: "host".to_owned(),
        hourly_rate: None,
        special_requirements: vec!["forklift".to_owned()],
        status: AssignmentStatus::Assigned,
        checked_in_at: None,
        checked_out_at: None,
        check_in: None,
        check_out: None,
        created_at: booking.created_at,
        updated_at: booking.updated_at,
        version: 1,
    }
}

/// Somebody with a skill that a certificate proves from 2026 to 2030, and one that nothing proves.
pub(crate) fn profile(user_id: UserId, employer: &Organization) -> StaffProfile {
    let certification = Certification {
        issuer: "State".to_owned(),
        issued_on: date(2026, 1, 1),
        expires_on: date(2030, 12, 31),
        verified_by: Some(user_id),
    };
    let skill =
        |name: &str, level, certification| Skill { name: name.to_owned(), level, certification };
    StaffProfile {
        user_id,
        organization_id: employer.id,
        status: StaffStatus::Active,
        skills: vec![
            skill("Forklift", SkillLevel::Expert, Some(certification)),
            skill("sales", SkillLevel::Intermediate, None),
        ],
        default_hourly_rate: Some(Money::from_minor(2_550)),
        home: Some(Position { latitude: 39.7, longitude: -104.95 }),
        max_travel_km: Some(0),
        max_hours_per_day: Some(8),
        max_hours_per_week: Some(40),
        min_rest_hours: Some(11),
        blocked_locations: Vec::new(),
        phone: Some("+1 303 555 0100".to_owned()),
        created_at: employer.created_at,
        updated_at: employer.updated_at,
        version: 1,
    }
}

/// A booking as a change.
pub(crate) fn put(booking: &Booking) -> Change {
    Change::Booking(Box::new(booking.clone()))
}

/// The booking at its next version.
pub(crate) fn next(booking: &Booking) -> Booking {
    Booking { version: booking.version + 1, ..booking.clone() }
}

/// That the booking is at the version at hand.
pub(crate) fn expected(booking: &Booking) -> Expected {
    Expected { subject: subject::booking(booking.id), version: booking.version }
}

/// That the booking's location is free for it.
pub(crate) fn free(booking: &Booking) -> Guard {
    Guard::LocationFree {
        location: booking.location_id.unwrap(),
        range: booking.range(),
        booking: booking.id,
    }
}

/// Every booking in scope, by start.
pub(crate) fn filter() -> BookingFilter {
    BookingFilter { limit: 200, ..BookingFilter::default() }
}
