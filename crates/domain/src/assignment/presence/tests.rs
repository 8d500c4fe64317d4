//! Coming and going: where, when, and told twice.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::super::step::tests::{assignment, given, running};
use super::*;
use crate::testing::{codes, hours_from_now, location, now, payload};
use AssignmentStatus::{CheckedIn, Completed, Confirmed, NoShow};

fn command(body: Value) -> CheckIn {
    serde_json::from_value(body).unwrap()
}

fn came(body: Value) -> Assignment {
    let (booking, location) = (running(), location());
    let stepped =
        check_in(&given(&booking, false), &assignment(Confirmed), Some(&location), &command(body));
    stepped.unwrap().unwrap().assignment
}

/// So many metres north of the place, whose geofence has 200.
fn north(meters: f64, accuracy: f64) -> Value {
    let degrees = meters / 111_195.0;
    json!({ "latitude": 40.7128 + degrees, "longitude": -74.006, "accuracyMeters": accuracy })
}

#[test]
fn the_geofence_is_judged_by_distance_and_accuracy_and_refuses_nobody() {
    let cases = [
        (north(199.0, 200.0), Some(true)),
        (north(201.0, 10.0), Some(false)),
        (north(0.0, 200.1), Some(false)),
        (json!({ "latitude": 40.7128, "longitude": -74.006 }), Some(false)),
        (json!({}), Some(false)),
    ];
    for (body, within) in cases {
        let presence = came(body.clone()).check_in.unwrap();
        assert_eq!(presence.within_geofence, within, "{body}");
    }
    let presence = came(north(150.0, 5.0)).check_in.unwrap();
    assert!((presence.distance_meters.unwrap() - 150.0).abs() < 0.5, "{presence:?}");
    let booking = running();
    let nowhere =
        check_in(&given(&booking, false), &assignment(Confirmed), None, &command(json!({})));
    assert_eq!(nowhere.unwrap().unwrap().assignment.check_in.unwrap().within_geofence, None);
}

#[test]
fn a_client_that_was_offline_keeps_its_time_beside_the_platforms() {
    let at = now() - SignedDuration::from_mins(40);
    let assignment = came(json!({ "at": at }));
    assert_eq!(assignment.checked_in_at, Some(at));
    assert_eq!(assignment.check_in.unwrap().recorded_at, now());
    assert_eq!(came(json!({})).checked_in_at, Some(now()));
}

#[test]
fn the_same_news_again_changes_nothing_and_other_news_is_refused() {
    let booking = running();
    let given = given(&booking, false);
    let before = assignment(CheckedIn);
    for body in [json!({}), json!({ "at": before.checked_in_at })] {
        assert!(check_in(&given, &before, None, &command(body)).unwrap().is_none());
    }
    let other = check_in(&given, &before, None, &command(json!({ "at": now() })));
    assert!(matches!(other, Err(StepError::InvalidTransition { .. })), "{other:?}");
    let done = assignment(Completed);
    assert!(check_in(&given, &done, None, &command(json!({}))).unwrap().is_none());
    assert!(check_out(&given, &done, None, &command(json!({ "at": now() }))).unwrap().is_none());
}

#[test]
fn leaving_completes_and_tells_the_minutes() {
    let booking = running();
    let at = hours_from_now(0) - SignedDuration::from_secs(30);
    let stepped = check_out(
        &given(&booking, false),
        &assignment(CheckedIn),
        None,
        &command(json!({ "at": at })),
    );
    let stepped = stepped.unwrap().unwrap();
    assert_eq!(
        (stepped.assignment.status, stepped.assignment.checked_out_at),
        (Completed, Some(at))
    );
    let told: StaffCheckedOut = payload(&stepped.fact);
    assert_eq!(told.worked_minutes, 59);
    // Also after the booking was completed, not after it was cancelled.
    for (status, may) in [(BookingStatus::Completed, true), (BookingStatus::Cancelled, false)] {
        let over = crate::booking::Booking { status, ..running() };
        let answer = check_out(
            &self::given(&over, false),
            &assignment(CheckedIn),
            None,
            &command(json!({})),
        );
        assert_eq!(answer.is_ok(), may, "{status}");
    }
}

#[test]
fn only_a_manager_finds_that_somebody_came_after_all() {
    let booking = running();
    let absent = assignment(NoShow);
    let own = check_in(&given(&booking, false), &absent, None, &command(json!({})));
    assert!(matches!(own, Err(StepError::ManagersOnly)), "{own:?}");
    let managed = check_in(&given(&booking, true), &absent, None, &command(json!({})));
    let told: StaffCheckedIn = payload(&managed.unwrap().unwrap().fact);
    assert_eq!(told.assignment.assignment.status, CheckedIn);
}

#[test]
fn times_and_places_that_cannot_be_are_refused() {
    let booking = running();
    let refused = |body: Value| {
        let answer = check_in(&given(&booking, true), &assignment(Confirmed), None, &command(body));
        let Err(StepError::Invalid(invalid)) = answer else { panic!("{answer:?}") };
        codes(&invalid)
    };
    let ahead = now() + SignedDuration::from_mins(5);
    assert_eq!(came(json!({ "at": ahead })).checked_in_at, Some(ahead), "clocks differ a little");
    assert_eq!(refused(json!({ "at": ahead + SignedDuration::from_secs(1) })), ["at: in_future"]);
    assert_eq!(refused(json!({ "at": hours_from_now(-25) })), ["at: too_early"]);
    assert_eq!(refused(json!({ "latitude": 91, "longitude": 0 })), ["latitude: out_of_range"]);
    assert_eq!(refused(json!({ "latitude": 1 })), ["longitude: required"]);
    assert_eq!(refused(json!({ "accuracyMeters": -1 })), ["accuracyMeters: negative"]);
    let early = json!({ "at": hours_from_now(-2) });
    let answer = check_out(&given(&booking, true), &assignment(CheckedIn), None, &command(early));
    assert!(matches!(answer, Err(StepError::Invalid(_))), "nobody leaves before coming");
}

#[test]
fn who_was_completed_with_the_booking_may_tell_later_when_they_left() {
    use crate::booking::{Booking, BookingStatus};

    let forgotten = Assignment { checked_out_at: None, ..assignment(Completed) };
    for status in [BookingStatus::Completed, BookingStatus::Cancelled] {
        let booking = Booking { status, ..running() };
        let told = check_out(&given(&booking, false), &forgotten, None, &command(json!({})));
        let told = told.unwrap().unwrap();
        assert_eq!(told.assignment.checked_out_at, Some(now()));
        assert_eq!(told.assignment.status, Completed);
        assert_eq!(told.booking.version, booking.version + 1);
        // Once; and not who never came.
        let again = check_out(&given(&booking, false), &told.assignment, None, &command(json!({})));
        assert!(again.unwrap().is_none());
        let other = command(json!({ "at": hours_from_now(0) }));
        let other = CheckIn { at: other.at.map(|at| at - SignedDuration::from_mins(1)), ..other };
        check_out(&given(&booking, false), &told.assignment, None, &other).unwrap_err();
        let never = Assignment { checked_in_at: None, ..forgotten.clone() };
        check_out(&given(&booking, false), &never, None, &command(json!({}))).unwrap_err();
    }
}
