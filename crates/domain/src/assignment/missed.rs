//! Finding, when the time has come, that somebody has not.

use super::step::{StepError, StepGiven, Stepped};
use super::{Assignment, AssignmentStatus};
use crate::booking::due;
use crate::event::{AssignedStaff, AssignmentStatusChanged, Fact};
use crate::time::to_microsecond;

/// Decides about an assignment whose time to check in has passed: `no_show`, with
/// `ASSIGNMENT_STATUS_CHANGED`; nothing when the person came or is off the booking, or when it does not
/// take place or has not begun.
///
/// Who never answered the offer and did not come is missing too, although for people the table has no
/// such step from `assigned`: the platform cannot ask, and the way back (`no_show` to `checked_in`) is
/// the same.
pub fn missed(given: &StepGiven, assignment: &Assignment) -> Result<Option<Stepped>, StepError> {
    let awaited = [AssignmentStatus::Assigned, AssignmentStatus::Confirmed];
    if !awaited.contains(&assignment.status)
        || !due::awaits_staff(given.booking.status)
        || given.now < given.booking.scheduled_start
    {
        return Ok(None);
    }
    let now = to_microsecond(given.now);
    let gone = assignment.moved(AssignmentStatus::NoShow, now);
    let payload = AssignmentStatusChanged {
        booking_id: given.booking.id,
        old_status: assignment.status,
        new_status: AssignmentStatus::NoShow,
        assignment: AssignedStaff::new(gone, given.staff_name.to_owned()),
        changed_by: given.actor,
        notes: None,
        booking: given.booking.touched(now),
    };
    let fact = Fact::new(&payload)?;
    let assignment = payload.assignment.assignment;
    Ok(Some(Stepped { booking: payload.booking, assignment, fact }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assignment::step::tests::{assignment, given, running};
    use crate::booking::{Booking, BookingStatus};
    use crate::testing::{hours_from_now, payload};
    use AssignmentStatus::{Assigned, CheckedIn, Completed, Confirmed, Declined, NoShow, Released};

    #[test]
    fn who_has_not_come_when_the_booking_has_begun_is_missing() {
        let booking = running();
        for from in [Assigned, Confirmed] {
            let stepped = missed(&given(&booking, false), &assignment(from)).unwrap().unwrap();
            assert_eq!(stepped.assignment.status, NoShow);
            assert_eq!(stepped.assignment.version, assignment(from).version + 1);
            assert_eq!(stepped.booking.version, booking.version + 1);
            let told: AssignmentStatusChanged = payload(&stepped.fact);
            assert_eq!((told.old_status, told.new_status), (from, NoShow));
            assert_eq!(told.booking, stepped.booking);
        }
    }

    #[test]
    fn who_came_or_is_off_the_booking_is_not() {
        for from in [Declined, Released, CheckedIn, NoShow, Completed] {
            let found = missed(&given(&running(), false), &assignment(from)).unwrap();
            assert!(found.is_none(), "{from}");
        }
    }

    #[test]
    fn nobody_is_missing_from_what_has_not_begun_or_does_not_take_place() {
        let later = Booking { scheduled_start: hours_from_now(1), ..running() };
        assert!(missed(&given(&later, false), &assignment(Confirmed)).unwrap().is_none());
        let statuses = [
            BookingStatus::Draft,
            BookingStatus::OnHold,
            BookingStatus::Cancelled,
            BookingStatus::Completed,
        ];
        for status in statuses {
            let booking = Booking { status, ..running() };
            let found = missed(&given(&booking, false), &assignment(Confirmed)).unwrap();
            assert!(found.is_none(), "{status}");
        }
    }
}
