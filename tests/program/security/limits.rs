//! Whoever asks too often is told when to come again, and nobody else is concerned.

use reqwest::Method;

use crate::support::client::demand;
use crate::support::{Answer, Client, World, booking};

/// Few enough to be spent at once, and too slow in coming back to matter here.
const FEW: &str = "4";

/// Asks until the answer is another one than before, at most a hundred times.
async fn until(status: u16, mut ask: impl AsyncFnMut(u32) -> Answer) -> Answer {
    for round in 0..100 {
        let answer = ask(round).await;
        if answer.status == status {
            return answer;
        }
    }
    panic!("nothing was answered with {status} in a hundred times");
}

#[tokio::test]
async fn i14_a_caller_who_asks_too_often_is_told_when_to_come_again() {
    let world =
        World::configured(&[("RISHI_RATE_LIMIT", "on"), ("RISHI_RATE_LIMIT_GENERAL", FEW)]).await;
    let other = world.person("client_manager", Some(&world.organization)).client;
    let first = other.get("/api/auth/me").await.is(200);
    assert_eq!(first.header("ratelimit-policy"), "\"general\";q=4;w=60");
    assert_eq!(first.header("ratelimit"), "\"general\";r=3;t=15");

    let refused = until(429, async |_| world.manager.get("/api/auth/me").await).await;
    let refused = refused.refused(429, "rate_limited");
    let seconds: u32 = refused.header("retry-after").parse().expect("Retry-After is in seconds");
    assert!((1..=15).contains(&seconds), "{refused:#?}");
    assert!(refused.header("ratelimit").starts_with("\"general\";r=0;t="), "{refused:#?}");

    other.get("/api/auth/me").await.is(200);
    let body = booking(&world.organization, None, 1, 2);
    let made = world.manager.post("/api/bookings", &body).await.is(201);
    assert_eq!(made.header("ratelimit-policy"), "\"booking-writes\";q=50;w=60", "a class apart");
}

#[tokio::test]
async fn i14_guessing_tokens_has_an_end_for_the_address_and_not_for_who_is_signed_in() {
    let world =
        World::configured(&[("RISHI_RATE_LIMIT", "on"), ("RISHI_RATE_LIMIT_GENERAL", FEW)]).await;
    let stranger = Client::new(&world.server.base);
    // Whatever is said of where it comes from: nobody there is trusted to say so.
    let guess = async |round: u32| {
        let request = stranger
            .request(Method::GET, "/api/bookings")
            .header("X-Forwarded-For", format!("198.51.100.{round}"))
            .header("Forwarded", format!("for=198.51.100.{round}"));
        demand(request.bearer_auth("rishi_pat_guess")).await
    };
    let refused = until(429, guess).await.refused(429, "rate_limited");
    assert!(!refused.header("retry-after").is_empty(), "{refused:#?}");
    world.manager.get("/api/auth/me").await.is(200);
}

#[tokio::test]
async fn behind_a_named_proxy_each_client_has_its_own_allowance() {
    let world = World::configured(&[
        ("RISHI_RATE_LIMIT", "on"),
        ("RISHI_RATE_LIMIT_GENERAL", FEW),
        ("RISHI_TRUSTED_PROXIES", "127.0.0.1"),
    ])
    .await;
    let stranger = Client::new(&world.server.base);
    let from = async |header: &str, value: &str| {
        let request = stranger.request(Method::GET, "/api/bookings").header(header, value);
        demand(request).await
    };
    for round in 0..20 {
        from("X-Forwarded-For", &format!("198.51.100.{round}")).await.is(401);
    }
    // What a client writes itself stands before what the proxy adds.
    let forged = |round| format!("203.0.113.{round}, 192.0.2.1");
    until(429, async |round| from("X-Forwarded-For", &forged(round)).await).await;
    from("Forwarded", "for=192.0.2.1").await.is(429);
    from("Forwarded", "for=192.0.2.2").await.is(401);
}

#[tokio::test]
async fn probes_have_an_allowance_of_their_own() {
    let world =
        World::configured(&[("RISHI_RATE_LIMIT", "on"), ("RISHI_RATE_LIMIT_PROBES", FEW)]).await;
    let probe = Client::new(&world.server.base);
    until(429, async |_| probe.get("/livez").await).await;
    probe.get("/api/openapi.json").await.is(200);
}

#[tokio::test]
async fn where_limits_are_off_nothing_is_counted() {
    let world = World::new().await;
    for _ in 0..150 {
        let answer = world.manager.get("/api/auth/me").await.is(200);
        assert_eq!(answer.header("ratelimit"), "");
    }
}
