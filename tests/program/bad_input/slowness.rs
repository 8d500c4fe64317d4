//! Those who take their time are shown out.

use std::time::{Duration, Instant};

use super::Witness;
use crate::support::raw::{Raw, post_head, status_of};
use crate::support::{World, booking};

/// Sends a byte now and then until the server has had enough; answers when that was, and what it
/// said.
async fn trickle(raw: &mut Raw, patience: Duration) -> (Duration, String) {
    let started = Instant::now();
    while started.elapsed() < patience {
        if let Some(said) = raw.heard_within(Duration::from_millis(500)).await {
            return (started.elapsed(), said);
        }
        if !raw.write(b"a").await {
            return (started.elapsed(), String::new());
        }
    }
    panic!("after {patience:?} the server still waits");
}

#[tokio::test]
async fn headers_must_be_there_within_ten_seconds() {
    let world = World::new().await;
    let witness = Witness::of(&world).await;
    let mut silent = Raw::connect(&world.server).await;
    let mut slow = Raw::connect(&world.server).await;
    slow.write(b"GET /api/bookings HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ").await;
    let patience = Duration::from_secs(14);
    let (slowly, silently) = tokio::join!(trickle(&mut slow, patience), silent.rest(patience));
    assert!(slowly.0 > Duration::from_secs(5), "who is only a little slow is served: {slowly:?}");
    for said in [slowly.1, silently] {
        assert!(matches!(status_of(&said), None | Some(408)), "408 or hung up: {said}");
    }
    witness.saw_nothing("slow headers");
}

#[tokio::test]
async fn a_body_must_be_there_within_fifteen_seconds() {
    let world = World::new().await;
    let witness = Witness::of(&world).await;
    let mut raw = Raw::connect(&world.server).await;
    let body = booking(&world.organization, Some(&world.location), 1, 2).to_string();
    let head = post_head("/api/bookings", world.manager.token().expect("the manager has a token"));
    let length = body.len() + 1_000;
    raw.write(format!("{head}Content-Length: {length}\r\n\r\n{body}").as_bytes()).await;
    let (after, said) = trickle(&mut raw, Duration::from_secs(20)).await;
    assert!(after > Duration::from_secs(5), "who is only a little slow is served: {after:?}");
    assert!(matches!(status_of(&said), None | Some(408)), "408 or hung up: {said}");
    witness.saw_nothing("a slow body");
}
