//! What is left when a booking is over, as given, when, then.

use super::*;
use crate::assignment::step::tests::{assignment, running};
use crate::money::Money;
use crate::testing::{actor, hours_from_now, id, now, payload};
use AssignmentStatus::{Assigned, CheckedIn, Completed, Confirmed, Declined, NoShow, Released};

pub(crate) fn given(booking: &Booking) -> Ending<'_> {
    Ending { now: now(), actor: actor(), booking }
}

/// Eight hours from an hour ago, and over.
fn completed() -> Booking {
    Booking { status: BookingStatus::Completed, ..running() }
}

pub(crate) fn cancelled() -> Booking {
    Booking { status: BookingStatus::Cancelled, ..running() }
}

/// Somebody in each of these, at 20.00 an hour.
pub(crate) fn everybody(statuses: &[AssignmentStatus]) -> Vec<AssignedStaff> {
    let one = |(n, status): (usize, &AssignmentStatus)| {
        let one = Assignment {
            id: id(400 + n as u128),
            hourly_rate: Some(Money::from_minor(2_000)),
            ..assignment(*status)
        };
        AssignedStaff::new(one, format!("Person {n}"))
    };
    statuses.iter().enumerate().map(one).collect()
}

fn settled(booking: &Booking, staff: &[AssignedStaff]) -> (Ended, BookingSettled) {
    let ended = settle(&given(booking), staff).unwrap().unwrap();
    let told: BookingSettled = payload(&ended.fact);
    assert_eq!(told.booking, ended.booking);
    assert_eq!(ended.booking.version, booking.version + 1);
    (ended, told)
}

#[test]
fn whoever_is_still_on_a_completed_booking_has_done_the_work() {
    let staff = everybody(&[Assigned, Confirmed, CheckedIn, Declined, Released, NoShow, Completed]);
    let (ended, told) = settled(&completed(), &staff);
    let ids: Vec<_> = ended.assignments.iter().map(|one| one.id).collect();
    let expected: Vec<_> = staff[..3].iter().map(|one| one.assignment.id).collect();
    assert_eq!(ids, expected);
    assert!(ended.assignments.iter().all(|one| one.status == Completed));
    assert_eq!((told.settled_for, told.assignments.len()), (actor(), 3));
}

#[test]
fn the_cost_is_by_presence_where_it_is_known_and_else_by_the_schedule() {
    // Eight hours at 20.00 each.
    let (ended, _) = settled(&completed(), &everybody(&[Assigned, Confirmed]));
    assert_eq!(ended.booking.actual_cost, Some(Money::from_minor(32_000)));
    // Who has checked out was there for one hour only.
    let (ended, told) = settled(&completed(), &everybody(&[CheckedIn, Completed]));
    assert_eq!(ended.booking.actual_cost, Some(Money::from_minor(18_000)));
    assert!(!told.cost_is_partial);
    // Nobody is left on it, and still it has cost something.
    let (ended, _) = settled(&completed(), &everybody(&[Completed]));
    assert_eq!(ended.booking.actual_cost, Some(Money::from_minor(2_000)));
    assert!(ended.assignments.is_empty());
}

#[test]
fn what_somebody_stated_stays() {
    let stated = Some(Money::from_minor(1));
    let booking = Booking { actual_cost: stated, ..completed() };
    let (ended, _) = settled(&booking, &everybody(&[CheckedIn]));
    assert_eq!(ended.booking.actual_cost, stated);
    assert!(settle(&given(&booking), &everybody(&[Completed])).unwrap().is_none());
}

#[test]
fn a_sum_that_lacks_a_rate_is_not_taken_for_the_cost() {
    let mut staff = everybody(&[CheckedIn, Confirmed]);
    staff[1].assignment.hourly_rate = None;
    let (ended, told) = settled(&completed(), &staff);
    assert_eq!(ended.booking.actual_cost, None);
    assert!(told.cost_is_partial);
}

#[test]
fn a_booking_without_staff_has_nothing_to_settle() {
    for staff in [vec![], everybody(&[Declined, Released, NoShow])] {
        assert!(settle(&given(&completed()), &staff).unwrap().is_none());
    }
}

#[test]
fn of_a_cancelled_booking_those_who_came_have_done_the_work_and_nothing_is_reckoned() {
    let staff = everybody(&[Assigned, CheckedIn, Completed]);
    let (ended, told) = settled(&cancelled(), &staff);
    assert_eq!(ended.assignments.len(), 1);
    assert_eq!(ended.assignments[0].id, staff[1].assignment.id);
    assert_eq!(ended.assignments[0].checked_in_at, Some(hours_from_now(-1)));
    assert_eq!((ended.booking.actual_cost, told.cost_is_partial), (None, false));
    assert!(settle(&given(&cancelled()), &everybody(&[Assigned])).unwrap().is_none());
}

#[test]
fn what_was_worked_is_summed_up_over_those_who_did() {
    let staff = everybody(&[Completed, NoShow, CheckedIn, Completed]);
    let mut staff: Vec<Assignment> = staff.into_iter().map(|one| one.assignment).collect();
    // One came and went within an hour, of the other nothing was recorded in eight.
    staff[3].checked_out_at = None;
    let done = work_done(&completed(), &staff);
    assert_eq!(done, WorkDone { people: 2, minutes: 9 * 60 });
    assert_eq!(work_done(&completed(), &[]), WorkDone { people: 0, minutes: 0 });
}
