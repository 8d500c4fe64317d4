//! The lifecycle table, every cell of it, through HTTP.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::drafts::{between, hours_from_now};
use crate::support::{Client, World};

const STATUSES: [&str; 8] = [
    "draft",
    "pending_approval",
    "approved",
    "confirmed",
    "in_progress",
    "on_hold",
    "completed",
    "cancelled",
];

/// What the table allows: from, to, reason, type, impact of a booking a month ahead.
const ALLOWED: [(&str, &str, &str, &str, &str); 14] = [
    ("draft", "pending_approval", "Booking submitted for approval", "submission", "low"),
    ("draft", "cancelled", "Booking cancelled before submission", "cancellation", "low"),
    ("pending_approval", "approved", "Booking approved by manager", "approval", "low"),
    ("pending_approval", "cancelled", "Booking rejected during approval", "cancellation", "low"),
    ("approved", "confirmed", "Booking confirmed with staff and location", "progression", "low"),
    ("approved", "cancelled", "Approved booking cancelled", "cancellation", "low"),
    ("approved", "on_hold", "Status updated", "progression", "low"),
    ("confirmed", "in_progress", "Booking started", "progression", "high"),
    ("confirmed", "cancelled", "Confirmed booking cancelled", "cancellation", "low"),
    ("confirmed", "on_hold", "Status updated", "progression", "low"),
    ("in_progress", "completed", "Booking completed successfully", "completion", "medium"),
    ("in_progress", "cancelled", "Active booking cancelled", "cancellation", "low"),
    ("on_hold", "approved", "Status updated", "progression", "low"),
    ("on_hold", "cancelled", "Status updated", "cancellation", "low"),
];

/// Where a booking may go from a status, by the table.
pub(crate) fn allowed_from(from: &str) -> Vec<&'static str> {
    ALLOWED.iter().filter(|row| row.0 == from).map(|row| row.1).collect()
}

/// Who may take this step in the life of a booking that the manager submits.
fn actor<'a>(world: &'a World, to: &str) -> &'a Client {
    if to == "pending_approval" { &world.manager } else { &world.admin }
}

#[tokio::test]
async fn i3_every_allowed_transition_happens_and_is_told() {
    let world = World::new().await;
    for (from, to, reason, kind, impact) in ALLOWED {
        let case = format!("{from} → {to}");
        let before = world.booking_in(from).await;
        let told_before = world.story(&before.id()).await.len();
        let path = format!("/api/bookings/{}/status", before.id());
        let body = json!({ "status": to, "notes": case });

        let after = actor(&world, to).post(&path, &body).await.is(200);
        assert_eq!(after.body["status"], to, "{case}");
        assert_eq!(after.body["notes"], case);
        assert_eq!(after.version(), before.version() + 1, "{case}");

        let story = world.story(&before.id()).await;
        let news = &story[told_before..];
        assert_eq!(news[0]["type"], "BOOKING_STATUS_CHANGED", "{case}");
        assert_eq!(news[0]["data"]["oldStatus"], from, "{case}");
        assert_eq!(news[0]["data"]["newStatus"], to, "{case}");
        assert_eq!(news[0]["data"]["notes"], case);
        assert_eq!(news[0]["data"]["statusTransitionReason"], reason, "{case}");
        assert_eq!(news[0]["data"]["booking"]["status"], to, "{case}");
        assert_eq!(news[0]["metadata"]["transitionType"], kind, "{case}");
        assert_eq!(news[0]["metadata"]["impactLevel"], impact, "{case}");
        assert_eq!(news[0]["data"]["changedBy"], news[0]["userId"], "{case}");
        let followers: Vec<&Value> = news[1..].iter().map(|event| &event["type"]).collect();
        let expected: &[&str] = match to {
            "approved" => &["BOOKING_APPROVED_NOTIFICATION_REQUIRED"],
            "completed" => &["BOOKING_COMPLETION_TASKS_REQUIRED"],
            _ => &[],
        };
        assert_eq!(followers, expected, "{case}");
    }
}

#[tokio::test]
async fn i3_every_other_transition_is_refused_and_changes_nothing() {
    let world = World::new().await;
    for from in STATUSES {
        let booking = world.booking_in(from).await;
        let path = format!("/api/bookings/{}", booking.id());
        let told = world.story(&booking.id()).await.len();
        let allowed = allowed_from(from);
        for to in STATUSES.iter().filter(|to| !allowed.contains(to)) {
            let refused = actor(&world, to).transition(&booking.id(), to).await;
            assert_eq!(refused.status, 409, "{from} → {to}: {refused:#?}");
            let refused = refused.refused(409, "invalid_status_transition");
            let detail = refused.body["detail"].as_str().unwrap();
            assert!(detail.contains(from) && detail.contains(to), "names both states: {detail}");
            let named: BTreeSet<&str> =
                refused.list("allowed").iter().filter_map(Value::as_str).collect();
            assert_eq!(named, allowed.iter().copied().collect(), "{from} → {to}: {refused:#?}");
        }
        let after = world.manager.get(&path).await.is(200);
        for field in ["status", "version", "updatedAt"] {
            assert_eq!(after.body[field], booking.body[field], "{from}: `{field}` stays");
        }
        assert_eq!(world.story(&booking.id()).await.len(), told, "{from}: nothing is told");
    }
}

#[test]
fn the_table_here_has_every_cell() {
    let refused: usize = STATUSES.iter().map(|from| 8 - allowed_from(from).len()).sum();
    assert_eq!(refused + ALLOWED.len(), 64);
}

#[tokio::test]
async fn the_impact_of_a_cancellation_grows_as_the_start_comes_near() {
    let world = World::new().await;
    for (hours, impact) in [(12, "high"), (48, "medium"), (100, "low")] {
        let (from, to) = (hours_from_now(hours), hours_from_now(hours + 1));
        let body = between(&world.organization, None, &from, &to);
        let booking = world.manager.post("/api/bookings", &body).await.is(201).id();
        world.manager.transition(&booking, "cancelled").await.is(200);
        let story = world.story(&booking).await;
        assert_eq!(story[1]["metadata"]["impactLevel"], impact, "{hours} h before the start");
    }
}

#[tokio::test]
async fn a_final_booking_cannot_be_edited() {
    let world = World::new().await;
    for status in ["completed", "cancelled"] {
        let booking = world.booking_in(status).await;
        let path = format!("/api/bookings/{}", booking.id());
        let title = json!({ "title": "Too late" });
        let refused = world.admin.patch(&path, booking.version(), &title).await;
        refused.problem(409);
    }
}

#[tokio::test]
async fn i2_a_booking_that_comes_back_from_hold_takes_its_place_only_when_it_is_free() {
    let world = World::new().await;
    let held = world.book(10, 12).await.is(201).id();
    world.manager.transition(&held, "pending_approval").await.is(200);
    world.admin.transition(&held, "approved").await.is(200);
    world.admin.transition(&held, "on_hold").await.is(200);
    // On hold is not cancelled: the place stays taken.
    world.book(11, 13).await.refused(409, "location_conflict");
    world.admin.transition(&held, "approved").await.is(200);
}
