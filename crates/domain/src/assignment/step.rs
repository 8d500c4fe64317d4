//! Accepting an assignment, declining it, and finding that nobody came.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Assignment, AssignmentStatus};
use crate::booking::{Booking, BookingStatus};
use crate::error::{Checks, Invalid};
use crate::event::{AssignedStaff, AssignmentStatusChanged, Fact, Unwritable};
use crate::id::UserId;
use crate::time::to_microsecond;

/// Longest remark, in characters.
pub const NOTES_MAX: usize = 1_000;

/// A remark on a step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct StepNotes {
    /// Why.
    #[schemars(length(max = NOTES_MAX))]
    pub notes: Option<String>,
}

/// What a step needs to know beside the assignment.
#[derive(Debug, Clone, Copy)]
pub struct StepGiven<'a> {
    /// The present instant.
    pub now: Timestamp,
    /// Who takes it.
    pub actor: UserId,
    /// Whether the actor may act in others' stead.
    pub manages: bool,
    /// The booking.
    pub booking: &'a Booking,
    /// The name of the person assigned.
    pub staff_name: &'a str,
}

/// Why a step is not taken.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The table has no such step.
    #[error("an assignment that is {from} cannot become {to}")]
    InvalidTransition {
        /// Where it stands.
        from: AssignmentStatus,
        /// Where it was to go.
        to: AssignmentStatus,
        /// Where it could go.
        allowed: &'static [AssignmentStatus],
    },
    /// The booking is over.
    #[error("the booking is {0}")]
    BookingClosed(BookingStatus),
    /// Nobody has failed to come before it begins.
    #[error("the booking has not begun")]
    NotBegun,
    /// Only somebody who may act in others' stead takes this step.
    #[error("this step is taken by somebody who manages staff")]
    ManagersOnly,
    /// The input breaks rules.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// A fact could not be written down.
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
    /// A payload was made without its assignment, which no decision does.
    #[error("the assignment was lost")]
    Lost,
}

/// A step that was agreed to.
#[derive(Debug, Clone)]
pub struct Stepped {
    /// The booking at its next version.
    pub booking: Booking,
    /// The assignment in its new state.
    pub assignment: Assignment,
    /// What tells of it.
    pub fact: Fact,
}

/// Decides about accepting (`confirmed`), declining (`declined`) or `no_show`, with
/// `ASSIGNMENT_STATUS_CHANGED`.
pub fn change_status(
    given: &StepGiven,
    assignment: &Assignment,
    to: AssignmentStatus,
    notes: Option<String>,
) -> Result<Stepped, StepError> {
    check_notes("notes", notes.as_deref())?;
    if given.booking.status.is_final() {
        return Err(StepError::BookingClosed(given.booking.status));
    }
    let old_status = assignment.status;
    let (booking, assignment) = step_to(given, assignment, to)?;
    if to == AssignmentStatus::NoShow {
        if !given.manages {
            return Err(StepError::ManagersOnly);
        }
        if given.now < booking.scheduled_start {
            return Err(StepError::NotBegun);
        }
    }
    let payload = AssignmentStatusChanged {
        booking_id: booking.id,
        old_status,
        new_status: to,
        assignment: AssignedStaff::new(assignment, given.staff_name.to_owned()),
        changed_by: given.actor,
        notes,
        booking,
    };
    let fact = Fact::new(&payload)?;
    Ok(Stepped { booking: payload.booking, assignment: payload.assignment.assignment, fact })
}

/// The booking and the assignment after the step, if the table has it.
pub(super) fn step_to(
    given: &StepGiven,
    assignment: &Assignment,
    to: AssignmentStatus,
) -> Result<(Booking, Assignment), StepError> {
    let from = assignment.status;
    if !from.next().contains(&to) {
        return Err(StepError::InvalidTransition { from, to, allowed: from.next() });
    }
    let now = to_microsecond(given.now);
    Ok((given.booking.touched(now), assignment.moved(to, now)))
}

pub(super) fn check_notes(field: &str, notes: Option<&str>) -> Result<(), Invalid> {
    let mut checks = Checks::new();
    if let Some(notes) = notes {
        checks.longest(field, notes, NOTES_MAX);
    }
    checks.done()
}

#[cfg(test)]
pub(super) mod tests;
