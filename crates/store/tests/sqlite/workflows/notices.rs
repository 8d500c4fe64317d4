//! Who is told of what, and how often.

use rishi_app::staffing::AssignmentStep;
use rishi_domain::booking::BookingStatus::{
    Cancelled, Completed, Confirmed, InProgress, OnHold, PendingApproval,
};
use rishi_domain::id::{BookingId, UserId};
use serde_json::json;
use uuid::Uuid;

use super::stage::{Agent, Stage};

const DAY: u64 = 24 * 60;

/// What somebody was told of a thing, oldest first.
async fn told(stage: &Stage, who: UserId, about: Uuid) -> Vec<String> {
    let inbox = stage.inbox(who).await;
    let about = inbox.into_iter().filter(|one| one.related_entity_id == about);
    about.map(|one| one.kind).collect()
}

struct Cast {
    stage: Stage,
    manager: UserId,
    ann: Agent,
}

impl Cast {
    async fn new(settings: serde_json::Value) -> Self {
        let stage = Stage::new(settings).await;
        let manager = stage.manager.principal.user_id();
        let ann = stage.agent(json!({ "defaultHourlyRate": 20 })).await;
        Self { stage, manager, ann }
    }

    async fn manager_was_told(&self, booking: BookingId) -> Vec<String> {
        told(&self.stage, self.manager, booking.0).await
    }

    async fn ann_was_told(&self, booking: BookingId) -> Vec<String> {
        told(&self.stage, self.ann.id, booking.0).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_step_is_told_once_to_whom_it_concerns() {
    let cast = Cast::new(json!({ "reminderHoursBefore": [1] })).await;
    let stage = &cast.stage;
    let booking = stage.approved(180, json!({ "count": 1 })).await;
    stage.assign(booking, &[&cast.ann]).await;
    assert_eq!(stage.status(booking).await, Confirmed);
    stage.pass(120).await;
    stage.step(booking, InProgress).await;
    stage.work(&cast.ann, booking, Some(90)).await;
    stage.step(booking, Completed).await;
    // The manager has made it and manages it, and is one person.
    let expected = [
        "booking_created",
        "booking_status_changed",
        "booking_approved",
        "booking_confirmed",
        "booking_reminder",
        "booking_status_changed",
        "completion_summary",
    ];
    assert_eq!(cast.manager_was_told(booking).await, expected);
    let mut seen = cast.ann_was_told(booking).await;
    // Two reactions to the same assignment are in no order.
    seen[..2].sort_unstable();
    let expected = [
        "booking_confirmed",
        "staff_assigned",
        "booking_reminder",
        "booking_status_changed",
        "booking_status_changed",
    ];
    assert_eq!(seen, expected);
    let summary = stage.inbox(cast.manager).await.pop().unwrap();
    assert!(summary.message.contains("1.5 hours"), "{}", summary.message);
    assert!(summary.message.contains("30 USD"), "{}", summary.message);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_cancellation_everybody_is_told_with_its_impact_and_of_nothing_after_it() {
    let cast = Cast::new(json!({ "reminderHoursBefore": [1] })).await;
    let stage = &cast.stage;
    let booking = stage.approved(180, json!({ "count": 1 })).await;
    stage.assign(booking, &[&cast.ann]).await;
    stage.step(booking, Cancelled).await;
    stage.pass(10 * DAY).await;
    for who in [cast.manager, cast.ann.id] {
        let inbox = stage.inbox(who).await;
        let last = inbox.last().unwrap();
        assert_eq!(last.kind, "booking_cancelled");
        assert!(last.message.contains("high"), "{}", last.message);
        let cancelled = inbox.iter().filter(|one| one.kind == "booking_cancelled").count();
        assert_eq!(cancelled, 1);
    }
    assert!(!cast.ann_was_told(booking).await.contains(&"staff_released".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reminder_that_fell_due_before_a_cancellation_is_not_given_after_it() {
    let cast = Cast::new(json!({ "reminderHoursBefore": [1] })).await;
    let stage = &cast.stage;
    let [held, cancelled] = [
        stage.approved(180, json!({ "count": 1 })).await,
        stage.approved(180, json!({ "count": 1 })).await,
    ];
    stage.pause("reminders").await;
    stage.pass(120).await;
    for booking in [held, cancelled] {
        assert_eq!(stage.count(booking, "BOOKING_REMINDER_DUE").await, 1);
    }
    stage.step(cancelled, Cancelled).await;
    stage.step(held, OnHold).await;
    stage.resume("reminders").await;
    for booking in [held, cancelled] {
        let told = cast.manager_was_told(booking).await;
        assert!(!told.contains(&"booking_reminder".to_owned()), "{told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_released_is_told_and_who_is_missing_is_told_of() {
    let cast = Cast::new(json!({})).await;
    let stage = &cast.stage;
    let released = stage.approved(180, json!({ "count": 1 })).await;
    stage.assign(released, &[&cast.ann]).await;
    stage.act_by(&stage.admin, &cast.ann, released, AssignmentStep::Release(None)).await;
    assert_eq!(cast.ann_was_told(released).await.pop().unwrap(), "staff_released");
    let missed = stage.approved(300, json!({ "count": 1 })).await;
    stage.assign(missed, &[&cast.ann]).await;
    // By then it has begun, and it is too late to remind anybody.
    stage.pass(330).await;
    assert_eq!(stage.count(missed, "BOOKING_REMINDER_DUE").await, 1);
    assert_eq!(cast.manager_was_told(missed).await.pop().unwrap(), "no_show");
    let seen = cast.ann_was_told(missed).await;
    let late = |kind: &String| kind == "booking_reminder" || kind == "no_show";
    assert!(!seen.iter().any(late), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn managers_are_told_when_no_team_is_found_and_when_somebody_waits_for_them() {
    let cast = Cast::new(json!({ "autoAssign": true, "approvalReminderHours": 4 })).await;
    let stage = &cast.stage;
    let short = stage.approved(3_000, json!({ "roles": [{ "role": "host", "count": 2 }] })).await;
    let last = stage.inbox(cast.manager).await.pop().unwrap();
    assert_eq!((&last.kind[..], last.related_entity_id), ("auto_assignment_failed", short.0));
    assert!(last.message.contains("host: 1 open"), "{}", last.message);
    let waits = stage.book(3_000, json!(null)).await;
    stage.step(waits, PendingApproval).await;
    stage.pass(4 * 60).await;
    assert_eq!(cast.manager_was_told(waits).await.pop().unwrap(), "approval_waiting");
    // Who approves a moment before is not told that somebody waited.
    let decided = stage.book(6_000, json!(null)).await;
    stage.step(decided, PendingApproval).await;
    stage.pause("approval-overdue").await;
    stage.pass(4 * 60).await;
    assert_eq!(stage.count(decided, "BOOKING_APPROVAL_OVERDUE").await, 1);
    stage.step(decided, Cancelled).await;
    stage.resume("approval-overdue").await;
    let told = cast.manager_was_told(decided).await;
    assert!(!told.contains(&"approval_waiting".to_owned()), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_warned_of_each_certificate_that_they_still_have() {
    let stage = Stage::new(json!({})).await;
    let paper = |skill: &str| {
        json!({ "name": skill, "level": "expert", "certification":
            { "issuer": "State", "issuedOn": "2020-01-01", "expiresOn": "2030-03-01" } })
    };
    let ann = stage.agent(json!({ "skills": [paper("forklift"), paper("pouring")] })).await;
    stage.dispatcher.idle().await;
    stage.pass(31 * DAY).await;
    let inbox = stage.inbox(ann.id).await;
    let warned: Vec<&str> = inbox.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(warned.len(), 2, "{warned:?}");
    assert!(warned[0].contains("forklift") && warned[1].contains("pouring"), "{warned:?}");
    // She gives one up when the next warning has fallen due.
    stage.pause("certification-expiry").await;
    stage.pass(25 * DAY).await;
    stage.profile(ann.id, json!({ "skills": [paper("pouring")] })).await;
    stage.resume("certification-expiry").await;
    assert_eq!(stage.inbox(ann.id).await.len(), 3);
}
