//! The live tail: everything once, in order, also after an interruption.

use super::tail::{Message, Tail};
use crate::support::World;

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
