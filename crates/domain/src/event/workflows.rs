//! What the platform sets going by itself, and what falls due.
//!
//! Those that end in `_REQUIRED` ask for work and those that end in `_DUE` or `_OVERDUE` say that a time
//! has come; neither changes a booking. What comes of them is told by the events of the work itself.

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::AssignedStaff;
use crate::booking::Booking;
use crate::id::{AssignmentId, BookingId, UserId};

/// The open places of a booking are to be filled by the best team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AutoStaffAssignmentRequired {
    /// The booking as it was then.
    pub booking: Booking,
    /// Whose act led to it: who made or approved the booking.
    pub requested_by: UserId,
}

/// An approved booking has the people it needs and is to be confirmed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingAutoConfirmationRequired {
    /// The booking as it was then.
    pub booking: Booking,
    /// Whose act led to it: who assigned or accepted last, or approved.
    pub requested_by: UserId,
}

/// A booking that goes ahead begins soon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingReminderDue {
    /// Which one.
    pub booking_id: BookingId,
    /// How many hours before the start this reminder belongs.
    pub hours_before: u16,
    /// The start that it is about.
    pub scheduled_start: Timestamp,
}

/// A booking has waited long for somebody to approve or reject it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingApprovalOverdue {
    /// Which one.
    pub booking_id: BookingId,
    /// Since when it waits.
    pub submitted_at: Timestamp,
}

/// The time has come at which somebody should have checked in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssignmentNoShowDue {
    /// To which booking.
    pub booking_id: BookingId,
    /// By which assignment.
    pub assignment_id: AssignmentId,
    /// Who.
    pub staff_id: UserId,
    /// The start that it is about.
    pub scheduled_start: Timestamp,
}

/// What was left of a booking that is over was settled: assignments completed and, of a completed one,
/// the cost reckoned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingSettled {
    /// Which one.
    pub booking_id: BookingId,
    /// The assignments that were completed with it.
    pub assignments: Vec<AssignedStaff>,
    /// Whether the rate of somebody who worked is not known: then no cost was reckoned.
    pub cost_is_partial: bool,
    /// Who ended the booking.
    pub settled_for: UserId,
    /// The booking afterwards.
    pub booking: Booking,
}

/// A certification that ends soon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Expiring {
    /// The skill that it proves.
    pub skill: String,
    /// Who issued it.
    pub issuer: String,
    /// Its last day.
    pub expires_on: Date,
    /// How many days before its last day this warning belongs.
    pub days_left: u16,
}

/// Certifications of a staff member end soon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CertificationExpiryDue {
    /// Whose.
    pub user_id: UserId,
    /// When the warning was to be given.
    pub due_at: Timestamp,
    /// Which, in the order of the profile.
    pub expiring: Vec<Expiring>,
}
