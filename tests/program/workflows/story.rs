//! One booking from the request to its completion, a second that is cancelled, and one nobody comes to.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::staffing::cast::{Worker, agent, path_of, put, settings};
use crate::support::drafts::between;
use crate::support::{Answer, Client, World, eventually};

/// A booking for one that starts so much later than now.
pub(crate) async fn request(world: &World, start: Timestamp) -> String {
    let end = start + SignedDuration::from_hours(2);
    let mut body = between(&world.organization, None, &start.to_string(), &end.to_string());
    body["staffRequirements"] = json!({ "count": 1 });
    let made = world.manager.post("/api/bookings", &body).await.is(201).id();
    world.manager.transition(&made, "pending_approval").await.is(200);
    made
}

pub(crate) async fn seen(world: &World, booking: &str) -> Answer {
    world.admin.get(&format!("/api/bookings/{booking}")).await.is(200)
}

/// Waits until something of this type has happened to a booking.
pub(crate) async fn told(world: &World, booking: &str, event_type: &str) {
    eventually(event_type, async || {
        types(world, booking).await.contains(&event_type.to_owned()).then_some(())
    })
    .await;
}

pub(crate) async fn status(world: &World, booking: &str, wanted: &str) {
    eventually(wanted, async || {
        (seen(world, booking).await.body["status"] == wanted).then_some(())
    })
    .await;
}

/// What happened to a booking, in order.
async fn types(world: &World, booking: &str) -> Vec<String> {
    let story = world.story(booking).await;
    story.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
}

/// What somebody was told of a booking, oldest first.
async fn told_of(reader: &Client, booking: &str) -> Vec<String> {
    let mut inbox = World::inbox_about(reader, booking).await;
    inbox.reverse();
    inbox.iter().map(|one| one["type"].as_str().unwrap().to_owned()).collect()
}

/// Who of these is on a booking.
pub(crate) async fn on_it<'a>(world: &World, booking: &str, people: &[&'a Worker]) -> &'a Worker {
    let seen = seen(world, booking).await;
    let who = &seen.list("staffAssignments")[0]["staff"]["id"];
    people.iter().find(|one| *who == one.id.as_str()).unwrap()
}

#[tokio::test]
async fn a_booking_from_request_to_completion_and_one_that_is_cancelled() {
    let world = World::new().await;
    let people = [agent(&world).await, agent(&world).await];
    for one in &people {
        let paid = json!({ "defaultHourlyRate": 20 });
        put(&world.admin, &world, &one.id, paid).await.is(200);
    }
    settings(
        &world,
        json!({
            "unknownAvailability": "allow",
            "autoAssign": true,
            "autoConfirm": "when_staff_confirmed",
            "reminderHoursBefore": [1],
        }),
    )
    .await;
    // The reminders are due in some seconds, that of the one to be cancelled first.
    let soon = Timestamp::now() + SignedDuration::from_hours(1) + SignedDuration::from_secs(12);
    let cancelled = request(&world, soon).await;
    let kept = request(&world, soon + SignedDuration::from_millis(500)).await;
    let people = [&people[0], &people[1]];
    for booking in [&cancelled, &kept] {
        world.admin.transition(booking, "approved").await.is(200);
        told(&world, booking, "STAFF_ASSIGNED_TO_BOOKING").await;
    }
    for booking in [&cancelled, &kept] {
        let agent = on_it(&world, booking, &people).await;
        let path = path_of(&seen(&world, booking).await, agent);
        agent.client.post(&format!("{path}/confirm"), &json!({})).await.is(200);
        status(&world, booking, "confirmed").await;
    }
    world.manager.transition(&cancelled, "cancelled").await.is(200);
    assert!(Timestamp::now() + SignedDuration::from_hours(1) < soon, "this machine is too slow");

    told(&world, &kept, "BOOKING_REMINDER_DUE").await;
    let agent = on_it(&world, &kept, &people).await;
    let path = path_of(&seen(&world, &kept).await, agent);
    agent.client.post(&format!("{path}/check-in"), &json!({})).await.is(200);
    for step in ["in_progress", "completed"] {
        world.admin.transition(&kept, step).await.is(200);
    }
    told(&world, &kept, "BOOKING_SETTLED").await;
    world.settle().await;

    let expected = [
        "BOOKING_CREATED",
        "BOOKING_STATUS_CHANGED",
        "BOOKING_STATUS_CHANGED",
        "BOOKING_APPROVED_NOTIFICATION_REQUIRED",
        "AUTO_STAFF_ASSIGNMENT_REQUIRED",
        "STAFF_ASSIGNED_TO_BOOKING",
        "ASSIGNMENT_STATUS_CHANGED",
        "BOOKING_AUTO_CONFIRMATION_REQUIRED",
        "BOOKING_STATUS_CHANGED",
        "BOOKING_REMINDER_DUE",
        "STAFF_CHECKED_IN",
        "BOOKING_STATUS_CHANGED",
        "BOOKING_STATUS_CHANGED",
        "BOOKING_COMPLETION_TASKS_REQUIRED",
        "BOOKING_SETTLED",
    ];
    assert_eq!(types(&world, &kept).await, expected);
    let story = world.story(&kept).await;
    let steps: Vec<&Value> = story
        .iter()
        .filter(|event| event["type"] == "BOOKING_STATUS_CHANGED")
        .map(|event| &event["data"]["newStatus"])
        .collect();
    assert_eq!(steps, ["pending_approval", "approved", "confirmed", "in_progress", "completed"]);
    // Two hours at 20: nobody checked out.
    assert_eq!(seen(&world, &kept).await.body["actualCost"], 40);

    let expected = [&expected[..9], &["BOOKING_STATUS_CHANGED", "STAFF_RELEASED_FROM_BOOKING"]];
    assert_eq!(types(&world, &cancelled).await, expected.concat(), "no reminder");
    let over = seen(&world, &cancelled).await;
    assert_eq!((&over.body["staffCount"], &over.body["status"]), (&json!(0), &json!("cancelled")));

    // What each was told of both, once and in order; of the cancelled one nothing after that.
    assert_eq!(
        told_of(&world.manager, &kept).await,
        [
            "booking_created",
            "booking_status_changed",
            "booking_approved",
            "booking_confirmed",
            "booking_reminder",
            "booking_status_changed",
            "completion_summary",
        ]
    );
    let expected =
        ["booking_created", "booking_status_changed", "booking_approved", "booking_confirmed"];
    let expected = [&expected[..], &["booking_cancelled"]].concat();
    assert_eq!(told_of(&world.manager, &cancelled).await, expected);
    for (booking, expected) in [
        (
            &kept,
            &[
                "staff_assigned",
                "booking_confirmed",
                "booking_reminder",
                "booking_status_changed",
                "booking_status_changed",
            ][..],
        ),
        (&cancelled, &["staff_assigned", "booking_confirmed", "booking_cancelled"][..]),
    ] {
        let told = told_of(&on_it(&world, booking, &people).await.client, booking).await;
        // Who was chosen just before the approval was told of is told of that as well.
        let told: Vec<_> = told.into_iter().filter(|kind| kind != "booking_approved").collect();
        assert_eq!(told, expected);
    }

    let verified = world.home.rishi(&["events", "verify", "--json"]).json();
    assert_eq!(verified["valid"], true, "{verified:#}");
}

#[tokio::test]
async fn who_does_not_come_is_missing_when_the_grace_is_over() {
    let world = World::new().await;
    let lazy = agent(&world).await;
    let settings_now = json!({ "unknownAvailability": "allow", "noShowGraceMinutes": 0 });
    settings(&world, settings_now).await;
    let soon = Timestamp::now() + SignedDuration::from_secs(6);
    let booking = request(&world, soon).await;
    world.admin.transition(&booking, "approved").await.is(200);
    let order = json!({ "assignments": [{ "staffId": lazy.id, "role": "host" }] });
    world.admin.post(&format!("/api/bookings/{booking}/staff"), &order).await.is(201);
    status(&world, &booking, "confirmed").await;
    assert!(Timestamp::now() < soon, "this machine is too slow");
    told(&world, &booking, "ASSIGNMENT_NO_SHOW_DUE").await;
    eventually("the assignment is a no-show", async || {
        let seen = seen(&world, &booking).await;
        (seen.list("staffAssignments")[0]["status"] == "no_show").then_some(())
    })
    .await;
    let last = world.story(&booking).await.pop().unwrap();
    assert_eq!(last["type"], "ASSIGNMENT_STATUS_CHANGED");
    assert_eq!(last["source"], "rishi/workflows");
    // A manager knows better.
    let path = path_of(&seen(&world, &booking).await, &lazy);
    lazy.client.post(&format!("{path}/check-in"), &json!({})).await.refused(403, "forbidden");
    world.admin.post(&format!("{path}/check-in"), &json!({})).await.is(200);
}
