//! The assignment of a staff member to a booking.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{AssignmentId, BookingId, UserId};
use crate::money::Money;

words! {
    /// How far an assignment has come.
    pub enum AssignmentStatus {
        /// Offered to the staff member.
        Assigned = "assigned",
        /// Accepted.
        Confirmed = "confirmed",
        /// Refused by the staff member.
        Declined = "declined",
        /// Taken back.
        Released = "released",
        /// On site.
        CheckedIn = "checked_in",
        /// Did not come.
        NoShow = "no_show",
        /// Done.
        Completed = "completed",
    }
}

impl AssignmentStatus {
    /// Whether the staff member is taken by it: two live assignments of one person never overlap.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Assigned | Self::Confirmed | Self::CheckedIn)
    }
}

/// A staff member's place on a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Assignment {
    /// Its id.
    pub id: AssignmentId,
    /// On which booking.
    pub booking_id: BookingId,
    /// Who.
    pub staff_id: UserId,
    /// As what.
    pub role: String,
    /// Rate per hour at the time of assignment, in major units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hourly_rate: Option<Money>,
    /// What the person must bring or know beyond the role.
    pub special_requirements: Vec<String>,
    /// How far it has come.
    pub status: AssignmentStatus,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// How often it has changed: 1 when created.
    pub version: u64,
}
