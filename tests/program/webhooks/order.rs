//! An ordered endpoint: events of a subject wait for one another, subjects do not.

use serde_json::json;

use super::receiver::{Manner, Receiver};
use super::{Hook, attempted, stands, world};
use crate::support::cli::text;
use crate::support::database::Database;
use crate::support::eventually;

#[tokio::test]
async fn a_later_event_of_a_subject_waits_for_the_earlier_one_and_other_subjects_go_on() {
    let world = world().await;
    let receiver = Receiver::new(Manner::Answer(500, String::new())).await;
    let like = json!({ "eventTypes": ["BOOKING_CREATED", "BOOKING_UPDATED"], "ordered": true });
    let hook = Hook::like(&world.manager, &world.organization, &receiver.url, like).await;
    let booking = world.draft().await;
    let first = receiver.has("BOOKING_CREATED", 1).await.remove(0);
    hook.delivery(&world.manager, first.id(), attempted(1)).await;
    receiver.becomes(Manner::Answer(200, String::new()));
    let path = format!("/api/bookings/{}", booking.id());
    let title = json!({ "title": "Harvest month" });
    world.manager.patch(&path, booking.version(), &title).await.is(200);
    let other = world.draft().await.id();
    let ahead = receiver.has("BOOKING_CREATED", 2).await.remove(1);
    assert_eq!(ahead.event()["data"]["booking"]["id"], other, "another subject waits for nobody");
    let waiting = eventually("both wait", async || {
        let pending = hook.deliveries(&world.manager, "status=pending").await;
        Some(pending).filter(|pending| pending.len() == 2)
    })
    .await;
    assert_eq!(text(&waiting[0], "eventType"), "BOOKING_UPDATED");
    assert_eq!(waiting[0]["attempts"], 0);
    assert!(receiver.of_type("BOOKING_UPDATED").is_empty());

    Database::hurry_webhooks(&world.home);
    hook.delivery(&world.manager, first.id(), stands("delivered")).await;
    receiver.has("BOOKING_UPDATED", 1).await;
    let of_it = receiver.messages().into_iter().map(|message| message.event());
    let of_it: Vec<String> = of_it
        .filter(|event| event["subject"] == format!("booking/{}", booking.id()))
        .map(|event| text(&event, "type"))
        .collect();
    assert_eq!(of_it, ["BOOKING_CREATED", "BOOKING_CREATED", "BOOKING_UPDATED"]);
}
