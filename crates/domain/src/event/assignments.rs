//! What happens to assignments. They are a part of their booking's story, so each event carries the
//! booking at its new version.

use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::assignment::{Assignment, AssignmentStatus};
use crate::booking::Booking;
use crate::id::{BookingId, UserId};
use crate::money::Money;
use crate::staffing::check::Finding;
use crate::staffing::team::Unfilled;

/// Who somebody is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StaffBrief {
    /// The person's id.
    pub id: UserId,
    /// The person's name.
    pub display_name: String,
}

/// An assignment with its staff member.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssignedStaff {
    /// The assignment.
    #[serde(flatten)]
    pub assignment: Assignment,
    /// Who.
    pub staff: StaffBrief,
}

/// Not derived: what is flattened is buffered in a form that amounts cannot be read from exactly.
impl<'de> Deserialize<'de> for AssignedStaff {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Map::deserialize(deserializer)?;
        let staff = members.remove("staff").ok_or_else(|| D::Error::missing_field("staff"))?;
        Ok(Self {
            staff: StaffBrief::deserialize(staff).map_err(D::Error::custom)?,
            assignment: Assignment::deserialize(Value::Object(members))
                .map_err(D::Error::custom)?,
        })
    }
}

impl AssignedStaff {
    /// The assignment with the name of its staff member.
    pub fn new(assignment: Assignment, display_name: String) -> Self {
        let staff = StaffBrief { id: assignment.staff_id, display_name };
        Self { assignment, staff }
    }
}

/// A reason against somebody that was passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Overridden {
    /// Against whom.
    pub staff_id: UserId,
    /// The reason.
    #[serde(flatten)]
    pub finding: Finding,
}

/// Staff was assigned to a booking. Complexity and estimated cost stand in the metadata.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StaffAssignedToBooking {
    /// To which.
    pub booking_id: BookingId,
    /// The new assignments.
    pub assignments: Vec<AssignedStaff>,
    /// Who assigned them.
    pub assigned_by: UserId,
    /// How many they are.
    pub staff_count: usize,
    /// What an hour of all of them costs, as far as their rates are known.
    pub total_hourly_rate: Money,
    /// The required skills that everybody on the booking together brings.
    pub skills_matched: Vec<String>,
    /// Why reasons against them were passed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub override_reason: Option<String>,
    /// The reasons that were passed over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overridden: Vec<Overridden>,
    /// The booking afterwards.
    pub booking: Booking,
}

/// Assignments were taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StaffReleasedFromBooking {
    /// On which booking.
    pub booking_id: BookingId,
    /// The assignments, released.
    pub assignments: Vec<AssignedStaff>,
    /// Who took them back.
    pub released_by: UserId,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The booking afterwards.
    pub booking: Booking,
}

/// An assignment was accepted or declined, or nobody came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssignmentStatusChanged {
    /// On which booking.
    pub booking_id: BookingId,
    /// Where the assignment stood.
    pub old_status: AssignmentStatus,
    /// Where it stands.
    pub new_status: AssignmentStatus,
    /// The assignment afterwards.
    pub assignment: AssignedStaff,
    /// Who changed it: the staff member, or somebody in their stead.
    pub changed_by: UserId,
    /// What was said about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// The booking afterwards.
    pub booking: Booking,
}

/// Nobody was assigned automatically, because no team fills every place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AutoStaffAssignmentFailed {
    /// To which booking.
    pub booking_id: BookingId,
    /// Who wanted it.
    pub requested_by: UserId,
    /// The places that stay open, with how many people something speaks against.
    pub unfilled: Vec<Unfilled>,
    /// The skills that the team must cover and that nobody who could be assigned brings.
    pub uncovered_skills: Vec<String>,
}

/// A staff member came. Where and when stands in the assignment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StaffCheckedIn {
    /// To which booking.
    pub booking_id: BookingId,
    /// The assignment afterwards.
    pub assignment: AssignedStaff,
    /// Who said so: the staff member, or somebody in their stead.
    pub checked_in_by: UserId,
    /// The booking afterwards.
    pub booking: Booking,
}

/// A staff member left, the work done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StaffCheckedOut {
    /// From which booking.
    pub booking_id: BookingId,
    /// The assignment afterwards.
    pub assignment: AssignedStaff,
    /// Who said so: the staff member, or somebody in their stead.
    pub checked_out_by: UserId,
    /// Whole minutes from coming to leaving.
    pub worked_minutes: u64,
    /// The booking afterwards.
    pub booking: Booking,
}
