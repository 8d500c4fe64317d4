//! The live tail: everything once, in order, also after an interruption.

use std::time::Duration;

use serde_json::json;

use super::tail::{Message, Tail};
use crate::support::raw::Raw;
use crate::support::wait::within;
use crate::support::{Client, World, booking};

/// Bookings made for a reader that does not read.
const MANY: usize = 400;

fn subjects(messages: &[Message]) -> Vec<String> {
    let id =
        |message: &Message| message.data["correlationId"].as_str().unwrap_or_default().to_owned();
    messages.iter().map(id).collect()
}

async fn make(world: &World, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(world.draft().await.id());
    }
    ids
}

#[tokio::test]
async fn a_stream_that_was_cut_off_resumes_with_exactly_what_was_missed() {
    let mut world = World::new().await;
    let query = format!("?type=BOOKING_CREATED&organizationId={}", world.organization);

    let mut stream = Tail::open(&world.manager, &query, None).await;
    let live = make(&world, 3).await;
    let heard = stream.take(3).await;
    assert_eq!(subjects(&heard), live, "what happens is shown as it happens");
    drop(stream);

    let mut missed = make(&world, 2).await;
    // Neither a kill nor a restart makes a hole.
    world.server.kill();
    let server = world.home.serve().await;
    world.moved_to(server);
    missed.extend(make(&world, 3).await);

    let mut stream = Tail::open(&world.manager, &query, Some(&heard[2].id)).await;
    assert_eq!(subjects(&stream.take(5).await), missed);
    let live = make(&world, 2).await;
    assert_eq!(subjects(&stream.take(2).await), live, "then it goes on live, without a seam");

    let mut stream = Tail::open(&world.manager, &query, Some(&heard[0].id)).await;
    let again = stream.take(2).await;
    assert_eq!(subjects(&again), subjects(&heard[1..]), "resumed in the middle");
    for (message, first) in again.iter().zip(&heard[1..]) {
        assert_eq!(message.data, first.data, "an event never changes");
        assert_eq!(message.id, first.id);
    }
}

#[tokio::test]
async fn i9_a_stream_shows_nothing_of_others() {
    let world = World::new().await;
    let neighbour = world.neighbour(2).await;
    let stranger = world.person("client_manager", Some(&neighbour)).client;
    let mut stream = Tail::open(&stranger, "", Some("0")).await;
    make(&world, 3).await;
    let own = crate::support::booking(&neighbour, None, 1, 2);
    let own = stranger.post("/api/bookings", &own).await.is(201).id();
    loop {
        let message = stream.next().await.expect("the stream goes on");
        assert_eq!(message.data["organizationId"], neighbour, "{message:?}");
        if message.data["correlationId"] == own {
            break;
        }
    }
}

#[tokio::test]
async fn i5_positions_in_a_stream_only_grow() {
    let world = World::new().await;
    make(&world, 5).await;
    let mut stream = Tail::open(&world.admin, "", Some("0")).await;
    let mut last = 0;
    for message in stream.take(8).await {
        let position = message.data["position"].as_u64().expect("an event has a position");
        assert_eq!(position, last + 1, "an admin sees the whole log, without a hole: {message:?}");
        last = position;
    }
}

#[tokio::test]
async fn i10_a_stream_of_a_session_ends_with_it() {
    let world = World::new().await;
    let (email, password) = ("kim@example.com", "a fine long passphrase");
    world.home.add_user_with(email, password, "client_manager", Some(&world.organization));
    let kim = world.admin.sign_in(email, password).await;
    let mut stream = Tail::open(&kim, "?type=BOOKING_CREATED", None).await;
    let live = make(&world, 1).await;
    assert_eq!(subjects(&stream.take(1).await), live);
    kim.post("/api/auth/logout", &serde_json::json!({})).await.is(204);
    assert!(stream.next().await.is_none(), "nothing more is told");
}

#[tokio::test]
async fn i14_a_reader_that_does_not_read_is_dropped_and_can_resume() {
    let world = World::new().await;
    let mut body = booking(&world.organization, None, 1, 2);
    // Altogether more than the sockets between the two hold.
    body["description"] = json!("x".repeat(10_000));
    for field in ["requirements", "equipmentRequirements"] {
        body[field] = json!({ "text": "x".repeat(16_000) });
    }
    for _ in 0..MANY {
        world.manager.post("/api/bookings", &body).await.is(201);
    }
    let token = world.manager.token().expect("the manager has a token");
    let mut idle = Raw::connect(&world.server).await;
    let request = format!(
        "GET /api/events/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nLast-Event-ID: 0\r\n\
         Authorization: Bearer {token}\r\n\r\n"
    );
    idle.write(request.as_bytes()).await;
    let streams = async || Client::new(&world.server.base).get("/metrics").await.is(200).text;
    within(Duration::from_mins(1), "the stream is open", async || {
        streams().await.contains("\nrishi_event_streams 1\n").then_some(())
    })
    .await;
    within(Duration::from_mins(1), "the stream is ended", async || {
        streams().await.contains("\nrishi_event_streams 0\n").then_some(())
    })
    .await;
    // And with it the connection: what lay in it already is heard, and no more.
    let heard = idle.rest(Duration::from_secs(40)).await;
    assert!(heard.len() < MANY * 42_000, "{} bytes", heard.len());
    // What it did not hear is in the log still, and others hear as ever.
    let mut stream = Tail::open(&world.manager, "?type=BOOKING_CREATED", Some("0")).await;
    assert_eq!(stream.take(MANY).await.len(), MANY);
    drop(idle);
}
