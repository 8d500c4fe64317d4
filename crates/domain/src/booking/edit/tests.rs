//! Given, when, then.

use serde_json::json;

use super::*;
use crate::location::{Location, LocationStatus};
use crate::testing::{
    actor, booking, codes, given, hours_from_now, id, location, organization, payload,
};

fn parse(body: Value) -> EditBooking {
    serde_json::from_value(body).unwrap()
}

fn decide(booking: &Booking, body: Value) -> Result<Option<Decision<Booking>>, EditError> {
    let (organization, location) = (organization(), location());
    edit(&given(&organization, Some(&location)), booking, parse(body))
}

fn refused(booking: &Booking, body: Value) -> Vec<String> {
    match decide(booking, body) {
        Err(EditError::Invalid(invalid)) => codes(&invalid),
        other => panic!("expected broken rules, got {other:?}"),
    }
}

#[test]
fn what_changes_is_named_and_counts_as_one_version() {
    let before = booking(BookingStatus::Approved);
    let body = json!({"title": "Grand tasting", "priority": "medium", "notes": "bring ice"});
    let decision = decide(&before, body).unwrap().unwrap();
    assert_eq!(decision.state.version, 2);
    assert_eq!(decision.state.title, "Grand tasting");
    assert_eq!(decision.state.status, BookingStatus::Approved);
    let told: BookingUpdated = payload(&decision.facts[0]);
    assert_eq!(told.changed, ["title", "notes"]);
    assert_eq!((told.booking_id, told.changed_by), (before.id, actor()));
    assert_eq!(told.booking, decision.state);
}

#[test]
fn nothing_new_is_no_change() {
    let before = booking(BookingStatus::Draft);
    let body =
        json!({"title": before.title, "scheduledStart": before.scheduled_start, "notes": null});
    assert!(decide(&before, body).unwrap().is_none());
    assert!(decide(&before, json!({})).unwrap().is_none());
}

#[test]
fn null_clears_what_may_be_empty_and_is_refused_elsewhere() {
    let before = Booking {
        budget: Some(Money::from_minor(500)),
        notes: Some("old".into()),
        ..booking(BookingStatus::Draft)
    };
    let decision = decide(&before, json!({"budget": null})).unwrap().unwrap();
    assert_eq!(decision.state.budget, None);
    assert_eq!(decision.state.notes.as_deref(), Some("old"));
    for field in ["title", "operationType", "priority", "scheduledStart", "timezone"] {
        let error = serde_json::from_value::<EditBooking>(json!({field: null})).unwrap_err();
        assert!(error.to_string().contains("null"), "{field}: {error}");
    }
}

#[test]
fn a_booking_that_is_over_is_closed() {
    for status in [BookingStatus::Completed, BookingStatus::Cancelled] {
        let answer = decide(&booking(status), json!({"title": "Late"}));
        assert!(matches!(answer, Err(EditError::Closed(closed)) if closed == status));
    }
}

#[test]
fn every_other_status_may_be_edited() {
    for status in BookingStatus::ALL.into_iter().filter(|status| !status.is_final()) {
        assert!(decide(&booking(status), json!({"title": "New"})).unwrap().is_some(), "{status}");
    }
}

#[test]
fn fields_keep_the_rules_of_creation() {
    let before = booking(BookingStatus::Draft);
    let body = json!({
        "title": "", "timezone": "+02:00", "budget": 0, "actualCost": -0.01,
        "scheduledEnd": before.scheduled_start
    });
    let expected = [
        "title: required",
        "timezone: unknown_timezone",
        "budget: not_positive",
        "actualCost: negative",
        "scheduledEnd: end_not_after_start",
    ];
    assert_eq!(refused(&before, body), expected);
    assert!(decide(&before, json!({"actualCost": 0})).unwrap().is_some());
    let month = json!({"scheduledEnd": hours_from_now(24 + 31 * 24 + 1)});
    assert_eq!(refused(&before, month), ["scheduledEnd: too_long"]);
}

#[test]
fn a_start_does_not_move_into_the_past() {
    let before = booking(BookingStatus::Confirmed);
    let body = json!({"scheduledStart": hours_from_now(-1)});
    assert_eq!(refused(&before, body), ["scheduledStart: in_past"]);
    assert!(decide(&before, json!({"scheduledStart": hours_from_now(0)})).unwrap().is_some());
}

#[test]
fn a_booking_that_runs_late_may_be_extended_but_not_replanned_backwards() {
    let late = Booking {
        scheduled_start: hours_from_now(-3),
        scheduled_end: hours_from_now(1),
        ..booking(BookingStatus::Confirmed)
    };
    assert!(decide(&late, json!({"scheduledEnd": hours_from_now(2)})).unwrap().is_some());
    assert!(decide(&late, json!({"title": "Still on"})).unwrap().is_some());
    let body = json!({"scheduledStart": hours_from_now(-2)});
    assert_eq!(refused(&late, body), ["scheduledStart: in_past"]);
}

#[test]
fn a_running_booking_may_have_its_times_corrected() {
    let running = Booking {
        scheduled_start: hours_from_now(-3),
        scheduled_end: hours_from_now(1),
        ..booking(BookingStatus::InProgress)
    };
    assert!(decide(&running, json!({"scheduledStart": hours_from_now(-2)})).unwrap().is_some());
}

#[test]
fn a_new_slot_needs_an_open_location_and_a_new_title_does_not() {
    let organization = organization();
    let closed = Location { status: LocationStatus::Inactive, ..location() };
    let there = Booking { location_id: Some(closed.id), ..booking(BookingStatus::Approved) };
    let elsewhere = booking(BookingStatus::Approved);
    let ask =
        |booking: &Booking, body| edit(&given(&organization, Some(&closed)), booking, parse(body));
    assert!(ask(&there, json!({"title": "New"})).unwrap().is_some());
    let later = json!({"scheduledEnd": hours_from_now(30)});
    assert!(matches!(ask(&there, later), Err(EditError::LocationInactive)));
    let moved = json!({"locationId": closed.id});
    assert!(matches!(ask(&elsewhere, moved), Err(EditError::LocationInactive)));
    let gone = json!({"locationId": id::<LocationId>(404)});
    assert!(matches!(ask(&elsewhere, gone), Err(EditError::UnknownLocation)));
    assert!(ask(&there, json!({"locationId": null})).unwrap().is_some());
}

#[test]
fn nothing_follows_silently() {
    let before = booking(BookingStatus::Draft);
    let body = json!({"title": "Lab day", "locationId": location().id});
    let state = decide(&before, body).unwrap().unwrap().state;
    assert_eq!(state.operation_type, before.operation_type);
    assert_eq!(state.timezone, before.timezone);
}

#[test]
fn a_suspended_organization_changes_nothing() {
    let mut suspended = organization();
    suspended.status = OrganizationStatus::Suspended;
    let before = booking(BookingStatus::Draft);
    let answer = edit(&given(&suspended, None), &before, parse(json!({"title": "New"})));
    assert!(matches!(answer, Err(EditError::OrganizationSuspended)));
}

#[test]
fn status_and_owner_are_no_fields_of_an_edit() {
    for field in ["status", "organizationId", "createdBy", "version"] {
        assert!(serde_json::from_value::<EditBooking>(json!({field: "x"})).is_err(), "{field}");
    }
}

#[test]
fn the_published_schema_tells_what_may_be_null() {
    let schema = serde_json::to_value(schemars::schema_for!(EditBooking)).unwrap();
    let kind = |field: &str| schema["properties"][field]["type"].clone();
    assert_eq!(kind("title"), "string");
    assert_eq!(schema["properties"]["title"]["maxLength"], 200);
    assert_eq!(kind("notes"), json!(["string", "null"]));
    assert_eq!(schema["properties"]["notes"]["maxLength"], 5_000);
    assert!(schema.get("required").is_none());
}
