//! Taking assignments back.

use super::settle::{Ended, Ending};
use super::step::{StepError, StepGiven, Stepped, step_to};
use super::{Assignment, AssignmentStatus};
use crate::event::{AssignedStaff, Fact, StaffReleasedFromBooking, Unwritable};
use crate::time::to_microsecond;

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

/// Decides about taking back, at once, every assignment of `staff` that is live and that nobody has
/// come for, because the booking does not take place: one `STAFF_RELEASED_FROM_BOOKING`. Nothing when
/// there is none.
pub fn release_all(
    given: &Ending,
    staff: &[AssignedStaff],
    reason: &str,
) -> Result<Option<Ended>, Unwritable> {
    let now = to_microsecond(given.now);
    let waits =
        |one: &&AssignedStaff| one.assignment.status.next().contains(&AssignmentStatus::Released);
    let release = |one: &AssignedStaff| AssignedStaff {
        assignment: one.assignment.moved(AssignmentStatus::Released, now),
        staff: one.staff.clone(),
    };
    let assignments: Vec<_> = staff.iter().filter(waits).map(release).collect();
    if assignments.is_empty() {
        return Ok(None);
    }
    let payload = StaffReleasedFromBooking {
        booking_id: given.booking.id,
        assignments,
        released_by: given.actor,
        reason: Some(reason.to_owned()),
        booking: given.booking.touched(now),
    };
    let fact = Fact::new(&payload)?;
    Ok(Some(Ended::new(payload.booking, payload.assignments, fact)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assignment::settle::tests::{cancelled, everybody, given};
    use crate::testing::payload;
    use AssignmentStatus::{Assigned, CheckedIn, Completed, Confirmed, Declined, NoShow, Released};

    #[test]
    fn a_cancelled_booking_lets_go_of_whoever_has_not_come() {
        let booking = cancelled();
        let staff = everybody(&[Assigned, CheckedIn, Confirmed, Declined, NoShow, Completed]);
        let ended = release_all(&given(&booking), &staff, "The booking was cancelled.").unwrap();
        let ended = ended.unwrap();
        assert_eq!(ended.booking.version, booking.version + 1);
        let who: Vec<_> = ended.assignments.iter().map(|one| (one.id, one.status)).collect();
        let [one, _, two, ..] = &staff[..] else { panic!("six") };
        assert_eq!(who, [(one.assignment.id, Released), (two.assignment.id, Released)]);
        let told: StaffReleasedFromBooking = payload(&ended.fact);
        assert_eq!(told.booking, ended.booking);
        assert_eq!(told.reason.as_deref(), Some("The booking was cancelled."));
    }

    #[test]
    fn where_nobody_waits_nothing_is_told() {
        let staff = everybody(&[CheckedIn, Declined, NoShow, Released, Completed]);
        assert!(release_all(&given(&cancelled()), &staff, "why").unwrap().is_none());
    }
}
