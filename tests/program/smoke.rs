//! The newcomer's tour in one test: book, be refused, go through a booking's life, see it told.

use crate::support::client::etag;
use crate::support::{World, eventually};

#[tokio::test]
async fn a_booking_is_made_defended_and_lived_through_and_everybody_hears_of_it() {
    tour(&World::new().await).await;
}

/// A booking's whole life, told to everybody.
pub(crate) async fn tour(world: &World) {
    let made = world.book(10, 14).await.is(201);
    let id = made.id();
    assert_eq!(made.body["status"], "draft");
    assert_eq!(made.version(), 1);
    assert_eq!(made.header("etag"), etag(1));
    assert_eq!(made.header("location"), format!("/api/bookings/{id}"));

    world.book(11, 12).await.refused(409, "location_conflict");

    for (actor, status) in [
        (&world.manager, "pending_approval"),
        (&world.admin, "approved"),
        (&world.admin, "confirmed"),
        (&world.admin, "in_progress"),
        (&world.admin, "completed"),
    ] {
        let answer = actor.transition(&id, status).await.is(200);
        assert_eq!(answer.body["status"], status);
    }
    let read = world.manager.get(&format!("/api/bookings/{id}")).await.is(200);
    assert_eq!(read.body["status"], "completed");
    assert_eq!(read.version(), 6, "created once and moved five times");

    let story = world.story(&id).await;
    let kinds: Vec<&str> = story.iter().filter_map(|event| event["type"].as_str()).collect();
    assert_eq!(
        kinds,
        [
            "BOOKING_CREATED",
            "BOOKING_STATUS_CHANGED",
            "BOOKING_STATUS_CHANGED",
            "BOOKING_APPROVED_NOTIFICATION_REQUIRED",
            "BOOKING_STATUS_CHANGED",
            "BOOKING_STATUS_CHANGED",
            "BOOKING_STATUS_CHANGED",
            "BOOKING_COMPLETION_TASKS_REQUIRED",
        ]
    );
    for (index, event) in story.iter().enumerate() {
        assert_eq!(event["version"], index + 1, "{event}");
        assert_eq!(event["subject"], format!("booking/{id}"), "{event}");
        assert_eq!(event["correlationId"], id, "one query tells the whole story: {event}");
        assert_eq!(event["organizationId"], world.organization, "{event}");
        assert!(event["data"].is_object(), "{event}");
    }

    let rows = eventually("the manager is told of the booking, to its end", async || {
        let rows = World::inbox_about(&world.manager, &id).await;
        rows.iter().any(|row| row["type"] == "completion_summary").then_some(rows)
    })
    .await;
    let of_its_creation = rows.iter().filter(|row| row["title"] == "New Booking Created");
    assert_eq!(of_its_creation.count(), 1, "told once: {rows:?}");
}

#[tokio::test]
async fn a_new_booking_carries_what_the_seed_promised_about_it() {
    let world = World::new().await;
    let mut body = crate::support::booking(&world.organization, Some(&world.location), 0, 9);
    body["title"] = "Label launch with lab testing".into();
    body["budget"] = serde_json::from_str("1200.50").unwrap();
    body["staffRequirements"] = serde_json::json!({ "specialSkills": ["budtending"] });
    let made = world.manager.post("/api/bookings", &body).await.is(201);
    assert_eq!(made.body["operationType"], "testing", "suggested by a whole word of the title");

    let story = world.story(&made.id()).await;
    let (data, metadata) = (&story[0]["data"], &story[0]["metadata"]);
    assert_eq!(data["booking"]["id"], made.id());
    assert_eq!(data["cannabisOperationType"], "testing");
    assert_eq!(data["requiredStaffSkills"], serde_json::json!(["budtending"]));
    assert_eq!(data["locationRequirements"]["type"], "dispensary");
    // 1, and 2 for the staff, 1 for the budget over 1,000, 1 for more than eight hours.
    let expected = [("estimatedDuration", 9.0), ("bookingValue", 1200.5), ("complexityScore", 5.0)];
    for (field, value) in expected {
        assert_eq!(metadata[field].as_f64(), Some(value), "{field}: {metadata}");
    }
}

#[tokio::test]
async fn the_probes_need_no_sign_in() {
    let world = World::new().await;
    let stranger = crate::support::Client::new(&world.server.base);
    stranger.get("/livez").await.is(200);
    stranger.get("/readyz").await.is(200);
}
