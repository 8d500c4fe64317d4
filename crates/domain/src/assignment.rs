//! The assignment of a staff member to a booking.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{AssignmentId, BookingId, UserId};
use crate::money::Money;

/// How far an assignment has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssignmentStatus {
    /// Offered to the staff member.
    Assigned,
    /// Accepted.
    Confirmed,
    /// Refused by the staff member.
    Declined,
    /// Taken back.
    Released,
    /// On site.
    CheckedIn,
    /// Did not come.
    NoShow,
    /// Done.
    Completed,
}

impl AssignmentStatus {
    /// Every status, in the order of a shift.
    pub const ALL: [Self; 7] = [
        Self::Assigned,
        Self::Confirmed,
        Self::Declined,
        Self::Released,
        Self::CheckedIn,
        Self::NoShow,
        Self::Completed,
    ];

    /// Whether the staff member is taken by it: two live assignments of one person never overlap.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Assigned | Self::Confirmed | Self::CheckedIn)
    }

    /// The word used on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Assigned => "assigned",
            Self::Confirmed => "confirmed",
            Self::Declined => "declined",
            Self::Released => "released",
            Self::CheckedIn => "checked_in",
            Self::NoShow => "no_show",
            Self::Completed => "completed",
        }
    }

    /// The status named by `word`.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
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
