//! Examples: one day at one client's, told the same way every time.
//!
//! They stand in the published documents, and the golden file of a present version is its example.
//! Optional fields are mostly given, so that a change to any of them shows.

use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::{
    ApiTokenCreated, BookingApprovedNotificationRequired, BookingCompletionTasksRequired,
    BookingCreated, BookingStatusChanged, BookingUpdated, Example, LocationCreated,
    LocationRequirements, LocationUpdated, MembershipCreated, MembershipRemoved, MembershipUpdated,
    OrganizationCreated, OrganizationUpdated, PasswordChanged, UserCreated, UserUpdated,
};
use crate::booking::{
    ActivityType, Booking, BookingStatus, CreationFigures, OperationType, Priority,
    RoleRequirement, SkillLevel, StaffRequirements, StatusChangeFigures, transition,
};
use crate::location::{Address, Location, LocationStatus, LocationType};
use crate::membership::Membership;
use crate::money::Money;
use crate::organization::{
    Organization, OrganizationKind, OrganizationSettings, OrganizationStatus, Tier,
};
use crate::permission::{Capability, Role};
use crate::user::{User, UserStatus};

mod access;
mod assignments;
mod availability;
mod calendar;
mod circuits;
mod exports;
mod notifications;
mod series;
mod staff;
mod system;
mod webhooks;
mod workflows;

/// 2026-07-01T12:00:00Z.
const NOON: i64 = 1_782_907_200;
const MADE: Timestamp = Timestamp::constant(NOON, 0);
const CHANGED: Timestamp = Timestamp::constant(NOON + 5_400, 250_000_000);
const START: Timestamp = Timestamp::constant(NOON + 2 * 86_400, 0);
const END: Timestamp = Timestamp::constant(NOON + 2 * 86_400 + 5 * 3_600 + 1_800, 0);
const EXPIRY: Timestamp = Timestamp::constant(NOON + 90 * 86_400, 0);

/// The `n`th id, shaped like a UUID version 7 of that day.
fn id<T: From<Uuid>>(n: u128) -> T {
    Uuid::from_u128(0x019f_1d8a_9800_7000_8000_0000_0000_0000 + n).into()
}

fn organization() -> Organization {
    Organization {
        id: id(1),
        name: "Green Leaf".to_owned(),
        kind: OrganizationKind::Client,
        tier: Tier::FullService,
        status: OrganizationStatus::Active,
        timezone: "America/Denver".to_owned(),
        currency: "USD".to_owned(),
        settings: OrganizationSettings {
            default_hourly_rate: Some(Money::from_minor(3_250)),
            min_rest_hours: Some(10),
            max_hours_per_day: Some(12),
            max_hours_per_week: Some(48),
            ..OrganizationSettings::default()
        },
        created_at: MADE,
        updated_at: MADE,
        version: 1,
    }
}

fn user() -> User {
    User {
        id: id(2),
        email: "Ada@example.com".to_owned(),
        display_name: "Ada Lovelace".to_owned(),
        status: UserStatus::Active,
        locale: "en-US".to_owned(),
        timezone: "America/Denver".to_owned(),
        created_at: MADE,
        updated_at: MADE,
        version: 1,
    }
}

fn location() -> Location {
    Location {
        id: id(3),
        organization_id: Some(id(1)),
        name: "Main Street".to_owned(),
        location_type: LocationType::Dispensary,
        address: Address {
            line1: "1 Main Street".to_owned(),
            line2: Some("Floor 2".to_owned()),
            city: "Denver".to_owned(),
            region: "CO".to_owned(),
            postal_code: "80202".to_owned(),
            country: "US".to_owned(),
        },
        latitude: Some(39.7392),
        longitude: Some(-104.9903),
        timezone: "America/Denver".to_owned(),
        capacity: Some(80),
        amenities: vec!["parking".to_owned()],
        accessibility_features: vec!["ramp".to_owned()],
        geofence_radius_meters: 200,
        status: LocationStatus::Active,
        created_at: MADE,
        updated_at: MADE,
        version: 1,
    }
}

fn booking() -> Booking {
    Booking {
        id: id(4),
        organization_id: id(1),
        title: "Tasting at the dispensary".to_owned(),
        description: Some("Three brands, one table each.".to_owned()),
        operation_type: OperationType::Retail,
        activity_type: Some(ActivityType::ProductDemo),
        priority: Priority::High,
        location_id: Some(id(3)),
        scheduled_start: START,
        scheduled_end: END,
        timezone: "America/Denver".to_owned(),
        budget: Some(Money::from_minor(125_050)),
        actual_cost: None,
        requirements: Some(json!({ "dressCode": "black" })),
        staff_requirements: Some(StaffRequirements {
            count: Some(3),
            roles: Some(vec![RoleRequirement {
                role: "host".to_owned(),
                count: 2,
                skills: vec!["sales".to_owned()],
            }]),
            skills: Some(vec!["budtender".to_owned()]),
            special_skills: None,
            minimum_level: Some(SkillLevel::Intermediate),
            auto_assign: Some(false),
        }),
        equipment_requirements: Some(json!(["table", "banner"])),
        status: BookingStatus::Draft,
        notes: Some("Side entrance.".to_owned()),
        series: None,
        created_by: id(2),
        submitted_by: None,
        created_at: MADE,
        updated_at: MADE,
        version: 1,
    }
}

/// The same booking after some steps.
fn booking_in(status: BookingStatus, version: u64) -> Booking {
    Booking { status, submitted_by: Some(id(2)), updated_at: CHANGED, version, ..booking() }
}

impl Example for BookingCreated {
    fn example() -> Self {
        Self {
            booking: booking(),
            cannabis_operation_type: OperationType::Retail,
            required_staff_skills: vec!["budtender".to_owned()],
            location_requirements: Some(LocationRequirements::of(&location())),
        }
    }
}

impl Example for CreationFigures {
    fn example() -> Self {
        Self::of(&booking())
    }
}

impl Example for BookingUpdated {
    fn example() -> Self {
        let title = "Tasting, both floors".to_owned();
        Self {
            booking_id: id(4),
            changed: vec!["title".to_owned()],
            booking: Booking { title, updated_at: CHANGED, version: 2, ..booking() },
            changed_by: id(2),
        }
    }
}

impl Example for BookingStatusChanged {
    fn example() -> Self {
        let (from, to) = (BookingStatus::PendingApproval, BookingStatus::Approved);
        let notes = Some("Looks good.".to_owned());
        Self {
            booking_id: id(4),
            old_status: from,
            new_status: to,
            changed_by: id(5),
            notes: notes.clone(),
            booking: Booking { notes, ..booking_in(to, 3) },
            status_transition_reason: transition::reason(from, to).to_owned(),
        }
    }
}

impl Example for StatusChangeFigures {
    fn example() -> Self {
        let before = booking_in(BookingStatus::PendingApproval, 2);
        Self::of(&before, BookingStatus::Approved, CHANGED)
    }
}

impl Example for BookingApprovedNotificationRequired {
    fn example() -> Self {
        Self { booking: booking_in(BookingStatus::Approved, 3), approved_by: id(5) }
    }
}

impl Example for BookingCompletionTasksRequired {
    fn example() -> Self {
        let actual_cost = Some(Money::from_minor(119_900));
        let booking = Booking { actual_cost, ..booking_in(BookingStatus::Completed, 7) };
        Self { booking, completed_by: id(5) }
    }
}

impl Example for OrganizationCreated {
    fn example() -> Self {
        Self { organization: organization() }
    }
}

impl Example for OrganizationUpdated {
    fn example() -> Self {
        let name = "Greener Leaf".to_owned();
        Self {
            organization_id: id(1),
            changed: vec!["name".to_owned()],
            organization: Organization { name, updated_at: CHANGED, version: 2, ..organization() },
        }
    }
}

impl Example for UserCreated {
    fn example() -> Self {
        Self { user: user() }
    }
}

impl Example for UserUpdated {
    fn example() -> Self {
        let locale = "de-DE".to_owned();
        Self {
            user_id: id(2),
            changed: vec!["locale".to_owned()],
            user: User { locale, updated_at: CHANGED, version: 2, ..user() },
        }
    }
}

fn membership() -> Membership {
    Membership {
        id: id(6),
        user_id: id(5),
        organization_id: id(7),
        role: Role::InternalFieldManager,
        serves: vec![id(1)],
        created_at: MADE,
        updated_at: MADE,
        version: 1,
    }
}

impl Example for MembershipCreated {
    fn example() -> Self {
        Self { membership: membership() }
    }
}

impl Example for MembershipUpdated {
    fn example() -> Self {
        let role = Role::FieldCoordinator;
        Self {
            membership_id: id(6),
            changed: vec!["role".to_owned()],
            membership: Membership { role, updated_at: CHANGED, version: 2, ..membership() },
        }
    }
}

impl Example for MembershipRemoved {
    fn example() -> Self {
        Self { membership: membership() }
    }
}

impl Example for LocationCreated {
    fn example() -> Self {
        Self { location: location() }
    }
}

impl Example for LocationUpdated {
    fn example() -> Self {
        let location = Location { capacity: None, updated_at: CHANGED, version: 2, ..location() };
        Self { location_id: id(3), changed: vec!["capacity".to_owned()], location }
    }
}

impl Example for ApiTokenCreated {
    fn example() -> Self {
        Self {
            token_id: id(8),
            user_id: id(2),
            organization_id: id(1),
            name: "calendar".to_owned(),
            scopes: Some(vec![Capability::ReadBookings]),
            expires_at: EXPIRY,
        }
    }
}

impl Example for PasswordChanged {
    fn example() -> Self {
        Self { user_id: id(2) }
    }
}
