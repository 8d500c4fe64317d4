//! Taking an assignment back.

use super::step::{StepError, StepGiven, Stepped, step_to};
use super::{Assignment, AssignmentStatus};
use crate::event::{AssignedStaff, Fact, StaffReleasedFromBooking};

/// Decides about taking an assignment back: `released`, and `STAFF_RELEASED_FROM_BOOKING`. Who has
/// come already is not released but checked out.
pub fn release(
    given: &StepGiven,
    assignment: &Assignment,
    reason: Option<String>,
) -> Result<Stepped, StepError> {
    super::step::check_notes("reason", reason.as_deref())?;
    let (booking, assignment) = step_to(given, assignment, AssignmentStatus::Released)?;
    let payload = StaffReleasedFromBooking {
        booking_id: booking.id,
        assignments: vec![AssignedStaff::new(assignment, given.staff_name.to_owned())],
        released_by: given.actor,
        reason,
        booking,
    };
    let fact = Fact::new(&payload)?;
    let assignment = payload.assignments.into_iter().map(|one| one.assignment).next();
    assignment
        .map(|assignment| Stepped { booking: payload.booking, assignment, fact })
        .ok_or(StepError::Lost)
}
