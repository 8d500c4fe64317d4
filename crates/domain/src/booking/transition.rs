//! Moving a booking through its life.
//!
//! Who may take a step is [`crate::permission`]'s matter, whether the place is still free the
//! store's. Here: whether the step exists, what it is called and how much it disturbs.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::metadata::StatusChangeFigures;
use super::validate::{self, NOTES_MAX};
use super::{Booking, BookingStatus};
use crate::decision::Decision;
use crate::error::{Checks, Invalid};
use crate::event::{
    BookingApprovedNotificationRequired, BookingCompletionTasksRequired, BookingStatusChanged,
    Fact, Unwritable,
};
use crate::id::UserId;
use crate::time::to_microsecond;

/// A step that somebody wants a booking to take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeStatus {
    /// Where to.
    pub status: BookingStatus,
    /// Why; becomes the booking's newest remark.
    #[serde(default)]
    #[schemars(length(max = NOTES_MAX))]
    pub notes: Option<String>,
}

/// What [`transition`] needs to know beside the booking.
#[derive(Debug, Clone, Copy)]
pub struct TransitionGiven {
    /// The present instant.
    pub now: Timestamp,
    /// Who asks; for a step taken by the system, whoever set it off.
    pub actor: UserId,
}

/// Why a step is not taken.
#[derive(Debug, thiserror::Error)]
pub enum TransitionError {
    /// The table has no such step.
    #[error("a booking that is {from} cannot become {to}")]
    InvalidTransition {
        /// Where the booking stands.
        from: BookingStatus,
        /// Where it was to go.
        to: BookingStatus,
        /// Where it could go.
        allowed: &'static [BookingStatus],
    },
    /// The input breaks rules.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// A fact could not be written down.
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
}

words! {
    /// What kind of step it is.
    pub enum TransitionType {
        /// To `cancelled`.
        Cancellation = "cancellation",
        /// To `completed`.
        Completion = "completion",
        /// From `draft` to `pending_approval`.
        Submission = "submission",
        /// From `pending_approval` to `approved`.
        Approval = "approval",
        /// Any other.
        Progression = "progression",
    }
}

words! {
    /// How much a step disturbs those concerned.
    #[expect(missing_docs, reason = "the words say it")]
    pub enum ImpactLevel {
        High = "high",
        Medium = "medium",
        Low = "low",
    }
}

/// Decides about a step: the booking in its new state with `BOOKING_STATUS_CHANGED` and, for an
/// approval or a completion, the event that asks for what has to follow.
pub fn transition(
    given: &TransitionGiven,
    booking: &Booking,
    command: ChangeStatus,
) -> Result<Decision<Booking>, TransitionError> {
    let (from, to) = (booking.status, command.status);
    let mut checks = Checks::new();
    if let Some(text) = &command.notes {
        validate::notes(&mut checks, text);
    }
    checks.done()?;
    if !from.next().contains(&to) {
        return Err(TransitionError::InvalidTransition { from, to, allowed: from.next() });
    }

    let now = to_microsecond(given.now);
    let mut state = booking.clone();
    state.status = to;
    state.updated_at = now;
    state.version += 1;
    if command.notes.is_some() {
        state.notes.clone_from(&command.notes);
    }
    if to == BookingStatus::PendingApproval {
        state.submitted_by = Some(given.actor);
    }

    let figures = StatusChangeFigures::of(booking, to, now);
    let changed = BookingStatusChanged {
        booking_id: state.id,
        old_status: from,
        new_status: to,
        changed_by: given.actor,
        notes: command.notes,
        booking: state.clone(),
        status_transition_reason: reason(from, to).to_owned(),
    };
    let mut facts = vec![Fact::with_metadata(&changed, &figures)?];
    match to {
        BookingStatus::Approved => facts.push(Fact::new(&BookingApprovedNotificationRequired {
            booking: state.clone(),
            approved_by: given.actor,
        })?),
        BookingStatus::Completed => facts.push(Fact::new(&BookingCompletionTasksRequired {
            booking: state.clone(),
            completed_by: given.actor,
        })?),
        _ => {}
    }
    Ok(Decision { state, facts })
}

/// The sentence that tells of a step.
pub const fn reason(from: BookingStatus, to: BookingStatus) -> &'static str {
    use BookingStatus::{
        Approved, Cancelled, Completed, Confirmed, Draft, InProgress, PendingApproval,
    };
    match (from, to) {
        (Draft, PendingApproval) => "Booking submitted for approval",
        (PendingApproval, Approved) => "Booking approved by manager",
        (Approved, Confirmed) => "Booking confirmed with staff and location",
        (Confirmed, InProgress) => "Booking started",
        (InProgress, Completed) => "Booking completed successfully",
        (Draft, Cancelled) => "Booking cancelled before submission",
        (PendingApproval, Cancelled) => "Booking rejected during approval",
        (Approved, Cancelled) => "Approved booking cancelled",
        (Confirmed, Cancelled) => "Confirmed booking cancelled",
        (InProgress, Cancelled) => "Active booking cancelled",
        _ => "Status updated",
    }
}

/// What kind of step leads from `from` to `to`.
pub const fn transition_type(from: BookingStatus, to: BookingStatus) -> TransitionType {
    match (from, to) {
        (_, BookingStatus::Cancelled) => TransitionType::Cancellation,
        (_, BookingStatus::Completed) => TransitionType::Completion,
        (BookingStatus::Draft, BookingStatus::PendingApproval) => TransitionType::Submission,
        (BookingStatus::PendingApproval, BookingStatus::Approved) => TransitionType::Approval,
        _ => TransitionType::Progression,
    }
}

/// How much the step to `to` disturbs. A cancellation is high from less than 24 hours before the
/// start on, medium from less than 72, else low; a beginning is high, a completion medium, the rest
/// low.
pub fn impact_level(booking: &Booking, to: BookingStatus, now: Timestamp) -> ImpactLevel {
    match to {
        BookingStatus::Cancelled => {
            let left = booking.scheduled_start.duration_since(now);
            if left < SignedDuration::from_hours(24) {
                ImpactLevel::High
            } else if left < SignedDuration::from_hours(72) {
                ImpactLevel::Medium
            } else {
                ImpactLevel::Low
            }
        }
        BookingStatus::InProgress => ImpactLevel::High,
        BookingStatus::Completed => ImpactLevel::Medium,
        _ => ImpactLevel::Low,
    }
}

#[cfg(test)]
mod tests;
