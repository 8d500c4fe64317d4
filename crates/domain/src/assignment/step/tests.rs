//! The table of an assignment's life, against a model, and what each step says.

use proptest::prelude::*;

use super::*;
use crate::assignment::{CheckIn, check_in, check_out, release};
use crate::event::StaffReleasedFromBooking;
use crate::testing::{actor, booking, hours_from_now, id, now, payload};
use AssignmentStatus::{Assigned, CheckedIn, Completed, Confirmed, Declined, NoShow, Released};

/// An assignment of yesterday in `status`.
pub(crate) fn assignment(status: AssignmentStatus) -> Assignment {
    let came = matches!(status, CheckedIn | Completed).then(|| hours_from_now(-1));
    Assignment {
        id: id(300),
        booking_id: id(30),
        staff_id: id(50),
        role: "host".to_owned(),
        hourly_rate: None,
        special_requirements: Vec::new(),
        status,
        checked_in_at: came,
        checked_out_at: (status == Completed).then(now),
        check_in: None,
        check_out: None,
        created_at: hours_from_now(-24),
        updated_at: hours_from_now(-24),
        version: 4,
    }
}

/// A booking that began an hour ago.
pub(crate) fn running() -> Booking {
    Booking {
        scheduled_start: hours_from_now(-1),
        scheduled_end: hours_from_now(7),
        ..booking(BookingStatus::InProgress)
    }
}

pub(crate) fn given(booking: &Booking, manages: bool) -> StepGiven<'_> {
    StepGiven { now: now(), actor: actor(), manages, booking, staff_name: "Ada" }
}

/// Everything that can be done to an assignment.
const DEEDS: [&str; 6] = ["confirm", "decline", "release", "check in", "check out", "no show"];

fn try_to(deed: &str, manages: bool, at: &Assignment) -> Result<Option<Stepped>, StepError> {
    let booking = running();
    let given = given(&booking, manages);
    let command = CheckIn { at: Some(now()), ..CheckIn::default() };
    match deed {
        "confirm" => change_status(&given, at, Confirmed, None).map(Some),
        "decline" => change_status(&given, at, Declined, None).map(Some),
        "release" => release(&given, at, None).map(Some),
        "check in" => check_in(&given, at, None, &command),
        "check out" => check_out(&given, at, None, &command),
        _ => change_status(&given, at, NoShow, None).map(Some),
    }
}

/// The agreed table, written once more: where a deed leads from a status, and who may.
fn leads(from: AssignmentStatus, deed: &str, manages: bool) -> Option<AssignmentStatus> {
    match (from, deed) {
        (Assigned, "confirm") => Some(Confirmed),
        (Assigned, "decline") => Some(Declined),
        (Assigned | Confirmed, "release") => Some(Released),
        (Confirmed, "check in") => Some(CheckedIn),
        (CheckedIn, "check out") => Some(Completed),
        (Confirmed, "no show") | (NoShow, "check in") if manages => {
            Some(if deed == "no show" { NoShow } else { CheckedIn })
        }
        _ => None,
    }
}

proptest! {
    #[test]
    fn any_history_follows_the_table(
        deeds in prop::collection::vec((0..DEEDS.len(), any::<bool>()), 1..12),
    ) {
        let mut state = assignment(Assigned);
        for (deed, manages) in deeds {
            let deed = DEEDS[deed];
            let expected = leads(state.status, deed, manages);
            match (try_to(deed, manages, &state), expected) {
                (Ok(Some(stepped)), Some(status)) => {
                    prop_assert_eq!(stepped.assignment.status, status);
                    prop_assert_eq!(stepped.assignment.version, state.version + 1);
                    prop_assert_eq!(stepped.booking.version, running().version + 1);
                    state = stepped.assignment;
                }
                // The same news again.
                (Ok(None), None) => prop_assert!(deed == "check in" || deed == "check out"),
                (Err(_), None) => {}
                (got, expected) => prop_assert!(false, "{} from {}: {:?}, {:?}", deed, state.status, got, expected),
            }
        }
    }
}

#[test]
fn every_pair_of_states_is_in_the_table_or_is_refused_with_what_is_allowed() {
    for from in AssignmentStatus::ALL {
        for to in [Confirmed, Declined, NoShow] {
            let booking = running();
            let answer = change_status(&given(&booking, true), &assignment(from), to, None);
            match answer {
                Ok(stepped) => {
                    assert!(from.next().contains(&to) && stepped.assignment.status == to);
                }
                Err(StepError::InvalidTransition { from: told, to: wanted, allowed }) => {
                    assert_eq!((told, wanted, allowed), (from, to, from.next()));
                    assert!(!allowed.contains(&to), "{from} → {to}");
                }
                Err(error) => panic!("{from} → {to}: {error}"),
            }
        }
    }
}

#[test]
fn a_step_tells_both_states_and_who_took_it() {
    let booking = running();
    let notes = Some("gladly".to_owned());
    let stepped =
        change_status(&given(&booking, false), &assignment(Assigned), Confirmed, notes).unwrap();
    let told: AssignmentStatusChanged = payload(&stepped.fact);
    assert_eq!((told.old_status, told.new_status), (Assigned, Confirmed));
    assert_eq!((told.changed_by, told.notes.as_deref()), (actor(), Some("gladly")));
    assert_eq!(told.assignment.staff.display_name, "Ada");
    assert_eq!((told.assignment.assignment, told.booking), (stepped.assignment, stepped.booking));
    let stepped = release(&given(&booking, true), &assignment(Confirmed), None).unwrap();
    let told: StaffReleasedFromBooking = payload(&stepped.fact);
    assert_eq!(told.assignments[0].assignment, stepped.assignment);
}

#[test]
fn nobody_has_failed_to_come_before_the_booking_begins() {
    let mut later = running();
    later.scheduled_start = hours_from_now(0) + jiff::SignedDuration::from_micros(1);
    let early = change_status(&given(&later, true), &assignment(Confirmed), NoShow, None);
    assert!(matches!(early, Err(StepError::NotBegun)), "{early:?}");
    later.scheduled_start = hours_from_now(0);
    assert!(change_status(&given(&later, true), &assignment(Confirmed), NoShow, None).is_ok());
    let own = change_status(&given(&later, false), &assignment(Confirmed), NoShow, None);
    assert!(matches!(own, Err(StepError::ManagersOnly)), "{own:?}");
}

#[test]
fn a_booking_that_is_over_takes_no_word_but_lets_go() {
    for status in [BookingStatus::Completed, BookingStatus::Cancelled] {
        let over = Booking { status, ..running() };
        let given = given(&over, true);
        let answer = change_status(&given, &assignment(Assigned), Confirmed, None);
        assert!(matches!(answer, Err(StepError::BookingClosed(told)) if told == status));
        assert!(release(&given, &assignment(Assigned), None).is_ok());
    }
}

#[test]
fn a_remark_has_a_limit() {
    let booking = running();
    let long = Some("x".repeat(NOTES_MAX + 1));
    let answer = change_status(&given(&booking, true), &assignment(Assigned), Confirmed, long);
    assert!(matches!(answer, Err(StepError::Invalid(_))));
}
