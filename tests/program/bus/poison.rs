//! A poison event: seen, understood, its cause removed, redriven; everybody else goes on meanwhile.

use serde_json::{Value, json};

use super::pause::subscription;
use super::tamper::{Tamper, verify};
use crate::support::{World, eventually};

const NAME: &str = "booking-created";

/// Pauses a subscription by the command line, until the server knows of it.
pub(super) async fn pause(world: &World, name: &str) {
    world.home.rishi(&["subscriptions", "pause", name]).ok();
    eventually("the server has noticed", async || {
        let found = subscription(&world.admin, name).await;
        (found["live"]["paused"] == true).then_some(())
    })
    .await;
}

/// Makes bookings whose events nobody can read when their turn comes: their payloads are damaged in
/// the file while the subscription is paused. Answers their ids, when their turn is about to come.
pub(super) async fn misspelt(world: &mut World, count: usize) -> Vec<String> {
    world.settle().await;
    pause(world, NAME).await;
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(world.draft().await.id());
    }
    world.server.stop().await;
    for id in &ids {
        spell(world, id, "title", "titel");
    }
    world.home.rishi(&["subscriptions", "resume", "booking-created"]).ok();
    start(world).await;
    ids
}

/// The same, once they are dead letters.
pub(super) async fn poisoned(world: &mut World, count: usize) -> Vec<String> {
    let ids = misspelt(world, count).await;
    eventually("all have failed once", async || {
        let found = subscription(&world.admin, "booking-created").await;
        (found["retrying"] == count).then_some(())
    })
    .await;
    // Two minutes later they have failed five times. Nobody waits for that here.
    world.server.stop().await;
    let tamper = Tamper::with(&world.home.database());
    tamper.change(count, "UPDATE deliveries SET attempts = 5, due_at = 0", []);
    drop(tamper);
    start(world).await;
    eventually("all are dead letters", async || {
        let found = subscription(&world.admin, "booking-created").await;
        (found["dead"] == count).then_some(())
    })
    .await;
    ids
}

pub(super) async fn start(world: &mut World) {
    let server = world.home.serve().await;
    world.moved_to(server);
}

/// Renames a member of a booking's first event in the file.
pub(super) fn spell(world: &World, booking: &str, from: &str, to: &str) {
    let id = uuid::Uuid::parse_str(booking).unwrap();
    let sql = "UPDATE events SET data = replace(data, ?2, ?3)
        WHERE subject_id = ?1 AND type = 'BOOKING_CREATED'";
    let (from, to) = (format!("\"{from}\":"), format!("\"{to}\":"));
    Tamper::with(&world.home.database()).change(1, sql, rusqlite::params![id, from, to]);
}

/// Dead letters as the command line lists them.
fn listed(world: &World) -> Vec<Value> {
    let listed = world.home.rishi(&["dead-letters", "list", "--json"]).json();
    listed["deadLetters"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_poison_event_stops_its_own_key_only_and_is_redriven_by_the_command_line() {
    let mut world = World::on_file().await;
    let booking = poisoned(&mut world, 1).await.remove(0);

    // Others go on.
    world.settle().await;
    assert!(World::inbox_about(&world.manager, &booking).await.is_empty());

    // It is seen.
    let told = eventually("the figures of now are measured", async || {
        let health = world.admin.get("/api/system/health").await.is(200).body;
        health["components"]["eventBus"]["details"]["errors"].get(0).cloned()
    })
    .await;
    assert_eq!((&told["subscription"], &told["retryCount"]), (&json!(NAME), &json!(5)), "{told:#}");
    assert!(told["error"].as_str().unwrap().contains("missing field `title`"), "{told:#}");
    let letters = listed(&world);
    let [letter] = letters.as_slice() else { panic!("one dead letter: {letters:?}") };
    assert_eq!(letter["subject"], format!("booking/{booking}"), "{letter:#}");
    assert_eq!((letter["attempts"].as_u64(), letter["state"].as_str()), (Some(6), Some("dead")));
    let groups = world.home.rishi(&["dead-letters", "list", "--groups"]).ok().stdout;
    assert!(groups.contains("BOOKING_CREATED") && groups.contains("booking-created"), "{groups}");
    let id = letter["id"].as_str().unwrap();

    // It is understood: the error names the member, and the chain names the event.
    let shown = world.home.rishi(&["dead-letters", "show", id]).ok().stdout;
    assert!(shown.contains("missing field `title`") && shown.contains("\"titel\""), "{shown}");
    let fault = verify(&world.home, &world.home.database(), &[]);
    assert_eq!(fault["position"], letter["position"], "{fault:#}");

    // Redriven before its cause is gone, it fails again.
    let redriven = world.home.rishi(&["dead-letters", "redrive", id]).ok().stdout;
    assert_eq!(redriven.trim(), "1 dead letter redriven");
    eventually("it was tried again", async || {
        let found = subscription(&world.admin, "booking-created").await;
        (found["retrying"] == 1).then_some(())
    })
    .await;
    let refused = world.home.rishi(&["dead-letters", "redrive", id]);
    assert!(refused.stderr.contains("no dead letter"), "{refused:?}");

    // Its cause is removed beside the running server, and its next attempt succeeds.
    spell(&world, &booking, "titel", "title");
    eventually("the notification has come", async || {
        (World::inbox_about(&world.manager, &booking).await.len() == 1).then_some(())
    })
    .await;
    assert!(listed(&world).is_empty());
    assert_eq!(verify(&world.home, &world.home.database(), &[])["valid"], true);
}

#[tokio::test]
async fn dead_letters_are_decided_by_filter_and_by_name_through_the_api() {
    let mut world = World::on_file().await;
    let bookings = poisoned(&mut world, 3).await;
    let path = "/api/system/dead-letters";
    let found = world.admin.get(&format!("{path}?error=missing%20field&limit=2")).await.is(200);
    assert_eq!(
        (found.list("deadLetters").len(), found.body["pagination"]["total"].as_u64()),
        (2, Some(3))
    );
    let none = world.admin.get(&format!("{path}?error=disk%20full")).await.is(200);
    assert!(none.list("deadLetters").is_empty());
    let groups = world.admin.get(&format!("{path}/groups")).await.is(200);
    assert_eq!(
        (groups.list("groups").len(), groups.list("groups")[0]["count"].as_u64()),
        (1, Some(3))
    );

    let id = found.list("deadLetters")[0]["id"].as_str().unwrap().to_owned();
    let one = world.admin.get(&format!("{path}/{id}")).await.is(200);
    assert_eq!(one.body["event"]["position"], one.body["position"], "{one:#?}");
    let blank = json!({ "reason": " " });
    world
        .admin
        .post(&format!("{path}/{id}/discard"), &blank)
        .await
        .refused(400, "validation_failed");
    let reason = json!({ "reason": "made for a trial" });
    let discarded = world.admin.post_once(&format!("{path}/{id}/discard"), "once", &reason).await;
    assert_eq!(discarded.is(200).body, json!({ "matched": 1 }));
    // The same request again answers the same; another one finds no dead letter.
    world.admin.post_once(&format!("{path}/{id}/discard"), "once", &reason).await.is(200);
    world.admin.post(&format!("{path}/{id}/discard"), &reason).await.refused(404, "not_found");
    world.admin.get(&format!("{path}/{id}")).await.refused(404, "not_found");

    for booking in &bookings {
        spell(&world, booking, "titel", "title");
    }
    let nothing = json!({ "error": "disk full" });
    let redriven = world.admin.post(&format!("{path}/redrive"), &nothing).await.is(200);
    assert_eq!(redriven.body, json!({ "matched": 0 }));
    let some = json!({ "subscription": "booking-created", "error": "missing field" });
    let redriven = world.admin.post(&format!("{path}/redrive"), &some).await.is(200);
    assert_eq!(redriven.body, json!({ "matched": 2 }));
    eventually("the rest is handled", async || {
        let found = subscription(&world.admin, "booking-created").await;
        (found["dead"] == 0 && found["retrying"] == 0 && found["waiting"] == 0).then_some(())
    })
    .await;
    let mut told = Vec::new();
    for booking in &bookings {
        told.push(World::inbox_about(&world.manager, booking).await.len());
    }
    told.sort_unstable();
    assert_eq!(told, [0, 1, 1], "the discarded one is never handled");
    let log = world.admin.get("/api/events?type=DEAD_LETTERS_*").await.is(200);
    let types: Vec<&Value> = log.list("events").iter().map(|event| &event["type"]).collect();
    assert_eq!(types, ["DEAD_LETTERS_DISCARDED", "DEAD_LETTERS_REDRIVEN"], "{log:#?}");
    assert_eq!(log.list("events")[0]["data"]["reason"], "made for a trial");
}
