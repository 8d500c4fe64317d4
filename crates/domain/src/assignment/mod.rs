//! The assignment of a staff member to a booking.
//!
//! Cast: [`mod@assign`] makes assignments, [`mod@release`] takes them back, [`step`] and [`presence`]
//! lead one through its life; [`mod@missed`] and [`mod@settle`] end what nobody ended. Assignments are a part of their booking: each change makes a new version
//! of the booking and stands in its story.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{AssignmentId, BookingId, UserId};
use crate::money::Money;

pub mod assign;
mod fold;
pub mod missed;
pub mod presence;
pub mod release;
pub mod settle;
pub mod step;

pub use assign::{
    AssignError, AssignGiven, AssignStaff, Assigned, AssignmentFigures, AssignmentOrder, Override,
    StaffProblem, assign,
};
pub use fold::told;
pub use missed::missed;
pub use presence::{CheckIn, Presence, check_in, check_out};
pub use release::{release, release_all};
pub use settle::{Ended, Ending, WorkDone, settle, work_done};
pub use step::{StepError, StepGiven, Stepped, change_status};

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

    /// Whether the booking counts it: whoever is on it, or has done it.
    pub const fn counts(self) -> bool {
        self.is_live() || matches!(self, Self::Completed)
    }

    /// Where it can go from here. From `no_show` only somebody who may act in others' stead takes it on.
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Assigned => &[Self::Confirmed, Self::Declined, Self::Released],
            Self::Confirmed => &[Self::CheckedIn, Self::NoShow, Self::Released],
            Self::CheckedIn => &[Self::Completed],
            Self::NoShow => &[Self::CheckedIn],
            Self::Declined | Self::Released | Self::Completed => &[],
        }
    }
}

/// A staff member's place on a booking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
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
    /// Rate per hour at the time of assignment, in major units; absent when nobody knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hourly_rate: Option<Money>,
    /// What the person must bring or know beyond the role.
    pub special_requirements: Vec<String>,
    /// How far it has come.
    pub status: AssignmentStatus,
    /// When the person came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked_in_at: Option<Timestamp>,
    /// When the person left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked_out_at: Option<Timestamp>,
    /// What was recorded when the person came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_in: Option<Presence>,
    /// What was recorded when the person left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_out: Option<Presence>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// How often it has changed: 1 when created.
    pub version: u64,
}

impl Assignment {
    /// The assignment at its next version, in another status.
    #[must_use]
    pub(crate) fn moved(&self, to: AssignmentStatus, now: Timestamp) -> Self {
        Self { status: to, updated_at: now, version: self.version + 1, ..self.clone() }
    }
}
