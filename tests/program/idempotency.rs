//! One idempotency key, one effect, one answer.

use futures::future::join_all;
use serde_json::json;

use crate::support::database::Database;
use crate::support::drafts::titled;
use crate::support::{Client, Home, World, booking};

#[tokio::test]
async fn i8_a_key_sent_a_hundred_times_at_once_makes_one_booking() {
    let world = World::new().await;
    let body = titled(booking(&world.organization, Some(&world.location), 5, 6), "Once");
    let sent = (0..100).map(|_| world.manager.post_once("/api/bookings", "the-key", &body));
    let answers = join_all(sent).await;

    let mut made: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert!(!made.is_empty(), "somebody made it: {:#?}", answers[0]);
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        refused.clone().refused(409, "idempotency_in_progress");
    }
    let again = world.manager.post_once("/api/bookings", "the-key", &body).await.is(201);
    made.push(&again);
    for answer in &made {
        assert_eq!(answer.text, made[0].text, "the same answer, to the letter");
        assert_eq!(answer.header("etag"), made[0].header("etag"));
        assert_eq!(answer.header("location"), made[0].header("location"));
    }
    let database = Database::of(&world.home);
    assert_eq!(database.bookings_titled("Once"), 1);
    assert_eq!(world.story(&again.id()).await.len(), 1);
}

#[tokio::test]
async fn i8_a_key_under_another_body_is_refused() {
    let world = World::new().await;
    let first = titled(booking(&world.organization, None, 5, 6), "First");
    let second = titled(first.clone(), "Second");
    world.manager.post_once("/api/bookings", "key", &first).await.is(201);
    let refused = world.manager.post_once("/api/bookings", "key", &second).await;
    refused.refused(422, "idempotency_key_reused");
    let database = Database::of(&world.home);
    assert_eq!(database.bookings_titled("Second"), 0);
}

#[tokio::test]
async fn i8_a_key_belongs_to_one_person_and_one_route() {
    let world = World::new().await;
    let colleague = world.person("client_manager", Some(&world.organization)).client;
    let body = titled(booking(&world.organization, None, 5, 6), "Mine");
    let mine = world.manager.post_once("/api/bookings", "key", &body).await.is(201);
    let theirs = colleague.post_once("/api/bookings", "key", &body).await.is(201);
    assert_ne!(mine.id(), theirs.id(), "another person's key is another key");

    let path = format!("/api/bookings/{}/status", mine.id());
    let submit = json!({ "status": "pending_approval" });
    world.manager.post_once(&path, "key", &submit).await.is(200);
    // The second time the booking is pending already; the same answer comes all the same.
    let again = world.manager.post_once(&path, "key", &submit).await.is(200);
    assert_eq!(again.version(), 2);
    assert_eq!(world.story(&mine.id()).await.len(), 2);
}

#[tokio::test]
async fn i8_a_key_is_remembered_across_kill_9() {
    let mut world = World::new().await;
    let body = titled(booking(&world.organization, None, 5, 6), "Once");
    let first = world.manager.post_once("/api/bookings", "key", &body).await.is(201);
    world.server.kill();
    let server = world.home.serve().await;
    world.moved_to(server);
    let again = world.manager.post_once("/api/bookings", "key", &body).await.is(201);
    assert_eq!(again.text, first.text);
    assert_eq!(stored(&world.home, "Once"), 1);
}

#[tokio::test]
async fn without_a_key_every_request_has_its_own_effect() {
    let world = World::new().await;
    let body = titled(booking(&world.organization, None, 5, 6), "Twice");
    let made: [&Client; 2] = [&world.manager, &world.manager];
    for client in made {
        client.post("/api/bookings", &body).await.is(201);
    }
    assert_eq!(stored(&world.home, "Twice"), 2);
}

fn stored(home: &Home, title: &str) -> usize {
    Database::of(home).bookings_titled(title)
}
