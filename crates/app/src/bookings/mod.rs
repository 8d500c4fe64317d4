//! Bookings: what is shown of one, and the use cases in the files beside, named by their verbs.

use jiff::Timestamp;
use rishi_domain::assignment::{Assignment, AssignmentStatus, Presence};
use rishi_domain::booking::{Booking, BookingStatus};
use rishi_domain::id::{AssignmentId, LocationId, UserId};
use rishi_domain::location::{Location, LocationType};
use rishi_domain::money::Money;
use rishi_domain::organization::Organization;
use rishi_domain::permission::{Capability, allowed_transitions};
use rishi_domain::staffing::cost::{Costing, StaffCost};
use rishi_domain::time::TimeRange;
use schemars::JsonSchema;
use serde::Serialize;

use crate::auth::Principal;

mod create;
mod edit;
mod filter;
pub(crate) mod load;
mod read;
mod shared;
mod statistics;
mod status;

pub use filter::{BookingFilter, Cursor, CursorKey, Sort, SortField, Window};
pub use shared::{ListedBooking, SharedRecord};
pub use statistics::{MonthlyTrend, Statistics, StatisticsQuery};

pub(crate) const SOURCE: &str = "rishi/bookings";

/// A location as shown beside a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LocationBrief {
    /// Its id.
    pub id: LocationId,
    /// Its name.
    pub name: String,
    /// What kind of place it is.
    pub location_type: LocationType,
    /// Its city.
    pub city: String,
    /// IANA zone of its clocks.
    pub timezone: String,
}

impl From<&Location> for LocationBrief {
    fn from(location: &Location) -> Self {
        Self {
            id: location.id,
            name: location.name.clone(),
            location_type: location.location_type,
            city: location.address.city.clone(),
            timezone: location.timezone.clone(),
        }
    }
}

/// A person as shown beside a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonBrief {
    /// The person's id.
    pub id: UserId,
    /// The person's name.
    pub display_name: String,
}

/// An assignment as shown beside a booking.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssignmentBrief {
    /// Its id.
    pub id: AssignmentId,
    /// Whose it is, as in `assignments` when it was made.
    pub staff_id: UserId,
    /// Who that is.
    pub staff: PersonBrief,
    /// As what.
    pub role: String,
    /// How far it has come.
    pub status: AssignmentStatus,
    /// Rate per hour; absent when unknown or not for the caller to see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hourly_rate: Option<Money>,
    /// What the person must bring or know beyond the role.
    pub special_requirements: Vec<String>,
    /// When the person came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked_in_at: Option<Timestamp>,
    /// When the person left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked_out_at: Option<Timestamp>,
    /// What was recorded when the person came; absent when not for the caller to see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_in: Option<Presence>,
    /// What was recorded when the person left; absent when not for the caller to see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_out: Option<Presence>,
}

impl AssignmentBrief {
    /// The assignment of `staff` as shown.
    pub fn new(assignment: &Assignment, staff: PersonBrief) -> Self {
        Self {
            id: assignment.id,
            staff_id: assignment.staff_id,
            staff,
            role: assignment.role.clone(),
            status: assignment.status,
            hourly_rate: assignment.hourly_rate,
            special_requirements: assignment.special_requirements.clone(),
            checked_in_at: assignment.checked_in_at,
            checked_out_at: assignment.checked_out_at,
            check_in: assignment.check_in.clone(),
            check_out: assignment.check_out.clone(),
        }
    }
}

/// What decides what an assignment costs.
fn costing(brief: &AssignmentBrief) -> Costing {
    let worked = brief.checked_in_at.zip(brief.checked_out_at);
    let worked = worked.and_then(|(came, left)| TimeRange::new(came, left));
    Costing { status: brief.status, rate: brief.hourly_rate, worked }
}

/// A booking as stored, with what is shown beside it and what decides who may do what.
#[derive(Debug, Clone)]
pub struct BookingRecord {
    /// The booking.
    pub booking: Booking,
    /// Where.
    pub location: Option<LocationBrief>,
    /// Who made it.
    pub creator: PersonBrief,
    /// Everyone ever assigned, in order of assignment.
    pub staff: Vec<AssignmentBrief>,
}

impl BookingRecord {
    /// Whether a person has an assignment on it that was neither declined nor released.
    pub fn involves(&self, person: UserId) -> bool {
        let gone = [AssignmentStatus::Declined, AssignmentStatus::Released];
        self.staff.iter().any(|one| one.staff.id == person && !gone.contains(&one.status))
    }
}

/// A booking as a caller sees it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingView {
    /// The booking.
    #[serde(flatten)]
    pub booking: Booking,
    /// Where.
    pub location: Option<LocationBrief>,
    /// Who made it.
    pub creator: PersonBrief,
    /// Everyone ever assigned.
    pub staff_assignments: Vec<AssignmentBrief>,
    /// How many people are on it, or were to its end.
    pub staff_count: usize,
    /// What they cost; on a single booking, for those who may see pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staff_cost: Option<StaffCost>,
    /// Where the caller may take it from here.
    pub allowed_transitions: Vec<BookingStatus>,
}

impl BookingView {
    pub(crate) fn new(
        record: BookingRecord,
        principal: &Principal,
        organization: &Organization,
        now: jiff::Timestamp,
    ) -> Self {
        let me = principal.user_id();
        let assigned = record.involves(me);
        let BookingRecord { mut booking, location, creator, mut staff } = record;
        let target = principal.target(organization, Some((&booking, assigned)), now);
        let allowed = allowed_transitions(principal.grants(), &target);
        let may = |what| principal.may(what, organization, Some((&booking, assigned)), now);
        let costs = booking.actual_cost.is_none() || may(Capability::SeeMoneyInStatistics);
        let mut cost = None;
        if !staff.is_empty() {
            let (pay, place) = (may(Capability::SeePayRates), may(Capability::OverridePresence));
            cost = StaffCost::of(&booking, staff.iter().map(costing)).filter(|_| pay);
            for other in staff.iter_mut().filter(|other| other.staff.id != me) {
                if !pay {
                    other.hourly_rate = None;
                }
                if !place {
                    (other.check_in, other.check_out) = (None, None);
                }
            }
        }
        if !costs {
            booking.actual_cost = None;
        }
        let view = Self::of(BookingRecord { booking, location, creator, staff }, allowed);
        Self { staff_cost: cost, ..view }
    }

    /// All of a record, beside where it may be taken.
    fn of(record: BookingRecord, allowed_transitions: Vec<BookingStatus>) -> Self {
        let BookingRecord { booking, location, creator, staff } = record;
        Self {
            staff_count: staff.iter().filter(|one| one.status.counts()).count(),
            staff_assignments: staff,
            staff_cost: None,
            allowed_transitions,
            booking,
            location,
            creator,
        }
    }
}
