//! Asked to stop, the server finishes what it has begun and goes, with an exit code of 0.

use std::time::Duration;

use super::tail::Tail;
use crate::support::raw::{Raw, post_head, status_of};
use crate::support::{World, booking, eventually};

const SOON: Duration = Duration::from_secs(8);

#[tokio::test]
async fn a_stop_does_not_wait_for_streams_and_idle_connections() {
    let mut world = World::new().await;
    let mut stream = Tail::open(&world.manager, "", None).await;
    let _idle = Raw::connect(&world.server).await;
    world.draft().await;
    stream.take(1).await;

    world.server.ask_to_stop();
    let (status, after) = world.server.ended(SOON).await;
    assert_eq!(status.code(), Some(0), "{status}");
    while stream.next().await.is_some() {}
    println!("stopped after {after:?}");
}

#[tokio::test]
async fn i1_a_stop_finishes_the_request_that_has_begun() {
    let mut world = World::new().await;
    let mut raw = Raw::connect(&world.server).await;
    let body = booking(&world.organization, Some(&world.location), 1, 2).to_string();
    let head = post_head("/api/bookings", world.manager.token().expect("the manager has a token"));
    let length = body.len();
    raw.write(format!("{head}Expect: 100-continue\r\nContent-Length: {length}\r\n\r\n").as_bytes())
        .await;
    // From now on the server is at work on this request.
    let said = raw.heard_within(SOON).await.expect("the server asks for the body");
    assert_eq!(status_of(&said), Some(100), "{said}");

    world.server.ask_to_stop();
    eventually("the server takes no more connections", async || {
        let address = world.server.address();
        tokio::net::TcpStream::connect(address).await.is_err().then_some(())
    })
    .await;
    raw.write(body.as_bytes()).await;
    let answer = raw.rest(SOON).await;
    assert_eq!(status_of(&answer), Some(201), "{answer}");
    let (status, _) = world.server.ended(SOON).await;
    assert_eq!(status.code(), Some(0), "{status}");

    let server = world.home.serve().await;
    world.moved_to(server);
    world.book(1, 2).await.refused(409, "location_conflict");
}

#[tokio::test]
async fn what_is_there_before_a_stop_is_there_after_it() {
    let mut world = World::new().await;
    let made = world.book(1, 2).await.is(201);
    world.server.stop().await;
    let server = world.home.serve().await;
    world.moved_to(server);
    let path = format!("/api/bookings/{}", made.id());
    assert_eq!(world.manager.get(&path).await.is(200).body, made.body);
    assert_eq!(world.story(&made.id()).await.len(), 1);
}

#[tokio::test]
async fn two_servers_on_one_address_are_one_too_many() {
    let world = World::new().await;
    let address = world.server.address();
    let run = world.home.rishi_with(&[("RISHI_HTTP_ADDR", &address)], &["serve"]);
    assert_eq!(run.code, Some(1), "{run:#?}");
    assert!(run.stderr.contains(&address), "says which address is taken: {run:#?}");
}
