//! Everything that is dead is tried again at once, and each booking's events still come in their order.

use rusqlite::params;
use serde_json::{Value, json};

use super::pause::subscription;
use super::poison::{pause, start};
use super::tamper::{Tamper, verify};
use crate::support::{World, eventually};

const NAME: &str = "booking-status-changed";

/// Renames a member of the event of a booking's first step in the file.
fn spell(world: &World, booking: &str, from: &str, to: &str) {
    let id = uuid::Uuid::parse_str(booking).unwrap();
    let sql = "UPDATE events SET data = replace(data, ?2, ?3)
        WHERE subject_id = ?1 AND type = 'BOOKING_STATUS_CHANGED' AND version = 2";
    let (from, to) = (format!("\"{from}\":"), format!("\"{to}\":"));
    Tamper::with(&world.home.database()).change(1, sql, params![id, from, to]);
}

async fn until(world: &World, what: &str, counts: [u64; 3]) -> Value {
    eventually(what, async || {
        let found = subscription(&world.admin, NAME).await;
        let names = ["dead", "retrying", "waiting"];
        (names.map(|name| found[name].as_u64().unwrap()) == counts).then_some(found)
    })
    .await
}

/// What the manager was told of a booking's steps, the first first.
async fn told(world: &World, booking: &str) -> Vec<String> {
    let mut inbox = World::inbox_about(&world.manager, booking).await;
    inbox.reverse();
    let of = |one: &Value| one["type"].as_str().unwrap().to_owned();
    let ours = ["booking_status_changed", "booking_confirmed"];
    inbox.iter().map(of).filter(|kind| ours.contains(&kind.as_str())).collect()
}

#[tokio::test]
async fn redriving_all_that_is_dead_keeps_the_order_of_each_key() {
    let mut world = World::new().await;
    world.settle().await;
    pause(&world, NAME).await;
    let mut bookings = Vec::new();
    for _ in 0..2 {
        bookings.push(world.booking_in("in_progress").await.id());
    }
    world.settle().await;
    world.server.stop().await;
    for booking in &bookings {
        spell(&world, booking, "newStatus", "newStatos");
    }
    world.home.rishi(&["subscriptions", "resume", NAME]).ok();
    start(&mut world).await;
    // Of each the first step fails, and the three after it wait.
    until(&world, "both have failed once", [0, 2, 6]).await;
    world.server.stop().await;
    let due = "UPDATE deliveries SET attempts = 5, due_at = 0 WHERE state = 'retrying'";
    Tamper::with(&world.home.database()).change(2, due, []);
    start(&mut world).await;
    until(&world, "both are dead letters", [2, 0, 6]).await;
    let other = world.booking_in("in_progress").await.id();
    let expected = ["booking_status_changed", "booking_confirmed", "booking_status_changed"];
    eventually("others go on", async || (told(&world, &other).await == expected).then_some(()))
        .await;
    for booking in &bookings {
        assert!(told(&world, booking).await.is_empty(), "nothing of it passes what is dead");
        spell(&world, booking, "newStatos", "newStatus");
    }

    let path = "/api/system/dead-letters/redrive";
    let redriven = world.admin.post(path, &json!({})).await.is(200);
    assert_eq!(redriven.body, json!({ "matched": 2 }));
    until(&world, "all are handled", [0, 0, 0]).await;
    for booking in &bookings {
        assert_eq!(told(&world, booking).await, expected);
    }
    assert_eq!(world.admin.post(path, &json!({})).await.is(200).body, json!({ "matched": 0 }));
    assert_eq!(verify(&world.home, &world.home.database(), &[])["valid"], true);
}
