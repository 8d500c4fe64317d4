//! What follows from what, through the real binary and by the real clock.
//!
//! Nothing here waits for hours: a reminder that is due one hour before the start is due in a few seconds
//! when the booking starts in an hour and a few seconds.

use serde_json::json;

use crate::staffing::cast::{agent, settings};
use crate::support::database::Database;
use crate::support::{World, booking, eventually};

pub(crate) mod story;

/// One of everything that the platform does by itself.
pub(crate) async fn everything_happens(world: &World) {
    settings(world, json!({ "unknownAvailability": "allow" })).await;
    agent(world).await;
    let mut body = booking(&world.organization, None, 100, 102);
    body["staffRequirements"] = json!({ "count": 1, "autoAssign": true });
    let made = world.manager.post("/api/bookings", &body).await.is(201).id();
    world.booking_in("pending_approval").await;
    world.manager.transition(&made, "pending_approval").await.is(200);
    world.admin.transition(&made, "approved").await.is(200);
    let path = format!("/api/bookings/{made}");
    eventually("it is confirmed", async || {
        let seen = world.admin.get(&path).await.is(200);
        (seen.body["status"] == "confirmed").then_some(())
    })
    .await;
    // Set by what has happened, and due at once.
    world.settle().await;
    Database::hurry(&world.home);
    for due in [
        "BOOKING_REMINDER_DUE",
        "ASSIGNMENT_NO_SHOW_DUE",
        "BOOKING_APPROVAL_OVERDUE",
        "CERTIFICATION_EXPIRY_DUE",
    ] {
        eventually(due, async || {
            let told = world.admin.get(&format!("/api/events?type={due}")).await.is(200);
            (!told.list("events").is_empty()).then_some(())
        })
        .await;
    }
    for step in ["in_progress", "completed"] {
        world.admin.transition(&made, step).await.is(200);
    }
    eventually("it is settled", async || {
        let story = world.story(&made).await;
        story.iter().any(|event| event["type"] == "BOOKING_SETTLED").then_some(())
    })
    .await;
}
