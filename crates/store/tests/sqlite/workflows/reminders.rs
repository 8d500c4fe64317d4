//! Reminders, and approvals that wait.

use std::time::Duration;

use jiff::SignedDuration;
use rishi_domain::booking::BookingStatus::{Approved, Cancelled, OnHold, PendingApproval};
use rishi_domain::booking::transition::ChangeStatus;
use serde_json::json;

use super::stage::{Stage, data, named, timers};

const DUE: &str = "BOOKING_REMINDER_DUE";

/// Minutes.
const DAY: i64 = 24 * 60;

#[tokio::test(flavor = "multi_thread")]
async fn reminders_come_at_their_times_once_each() {
    let stage = Stage::new(json!({ "reminderHoursBefore": [24, 2] })).await;
    let booking = stage.approved(2 * DAY, json!(null)).await;
    stage.pass(24 * 60 - 1).await;
    assert_eq!(stage.count(booking, DUE).await, 0);
    stage.pass(1).await;
    assert_eq!(stage.count(booking, DUE).await, 1);
    stage.pass(22 * 60).await;
    assert_eq!(stage.count(booking, DUE).await, 2);
    stage.pass(10 * 24 * 60).await;
    let told: Vec<_> =
        stage.story(booking.0).await.into_iter().filter(|one| *one.event_type == *DUE).collect();
    let hours: Vec<_> = told.iter().map(|event| data(event)["hoursBefore"].clone()).collect();
    assert_eq!(hours, [json!(24), json!(2)]);
    assert_eq!(told[0].source, "rishi/workflows");
    assert_eq!(told[0].organization_id, Some(stage.organization.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_that_has_passed_when_the_booking_is_approved_is_not_caught_up_with() {
    let stage = Stage::new(json!({ "reminderHoursBefore": [24, 2] })).await;
    let booking = stage.approved(10 * 60, json!(null)).await;
    stage.pass(9 * 60).await;
    let story = stage.story(booking.0).await;
    assert_eq!(data(story.last().unwrap())["hoursBefore"], 2);
    assert_eq!(stage.count(booking, DUE).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_reminded_of_what_was_cancelled_or_is_on_hold() {
    let stage = Stage::new(json!({ "reminderHoursBefore": [24, 2] })).await;
    let cancelled = stage.approved(2 * DAY, json!(null)).await;
    let held = stage.approved(2 * DAY, json!(null)).await;
    let draft = stage.book(2 * DAY, json!(null)).await;
    stage.pass(24 * 60).await;
    stage.step(cancelled, Cancelled).await;
    stage.step(held, OnHold).await;
    stage.pass(23 * 60).await;
    assert_eq!(stage.count(cancelled, DUE).await, 1, "none after the cancellation");
    assert_eq!(stage.count(held, DUE).await, 1);
    assert_eq!(stage.count(draft, DUE).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_timers_of_a_cancelled_booking_go_in_the_same_transaction() {
    let stage = Stage::new(json!({ "reminderHoursBefore": [24, 2] })).await;
    let booking = stage.approved(2 * DAY, json!(null)).await;
    assert_eq!(stage.timers(booking), 2);
    // Nothing reacts any more.
    let Stage { dispatcher, app, admin, folder, .. } = stage;
    dispatcher.shutdown(Duration::from_secs(5)).await;
    let command = ChangeStatus { status: Cancelled, notes: None };
    let done =
        app.change_booking_status(&admin, booking, None, command, |one| named(one.booking.id));
    done.await.unwrap();
    assert_eq!(timers(folder.path(), booking), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn reminders_move_with_the_booking() {
    let stage = Stage::new(json!({ "reminderHoursBefore": [24, 2] })).await;
    let booking = stage.approved(2 * DAY, json!(null)).await;
    let at = |minutes| stage.now() + SignedDuration::from_mins(minutes);
    let to = |minutes| json!({ "scheduledStart": at(minutes), "scheduledEnd": at(minutes + 60) });
    stage.edit(booking, to(5 * DAY)).await;
    stage.pass(46 * 60).await;
    assert_eq!(stage.count(booking, DUE).await, 0, "not at the old times");
    stage.pass(50 * 60).await;
    assert_eq!(stage.count(booking, DUE).await, 1, "a day before the new start");
    // To where the first reminder would have been earlier, and the second is yet to come.
    stage.edit(booking, to(3 * 60)).await;
    stage.pass(60).await;
    let story = stage.story(booking.0).await;
    let last = data(story.last().unwrap());
    assert_eq!((&last["hoursBefore"], stage.count(booking, DUE).await), (&json!(2), 2));
    stage.pass(48 * 60).await;
    assert_eq!(stage.count(booking, DUE).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_that_waits_too_long_is_told_of_once_and_a_decision_ends_the_wait() {
    let stage = Stage::new(json!({ "approvalReminderHours": 24 })).await;
    let overdue = "BOOKING_APPROVAL_OVERDUE";
    let [far, near, decided] = [10 * DAY, 10 * 60, 10 * DAY];
    let [far, near, decided] = [
        stage.book(far, json!(null)).await,
        stage.book(near, json!(null)).await,
        stage.book(decided, json!(null)).await,
    ];
    for booking in [far, near, decided] {
        stage.step(booking, PendingApproval).await;
    }
    stage.step(decided, Approved).await;
    // Half way to the start of the one that begins soon.
    stage.pass(5 * 60).await;
    assert_eq!(stage.count(near, overdue).await, 1);
    assert_eq!(stage.count(far, overdue).await, 0);
    stage.pass(19 * 60).await;
    assert_eq!(stage.count(far, overdue).await, 1);
    stage.pass(48 * 60).await;
    assert_eq!(stage.count(far, overdue).await, 1);
    assert_eq!(stage.count(decided, overdue).await, 0);
}
