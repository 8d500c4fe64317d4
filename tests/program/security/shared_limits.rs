//! Nodes that count requests together, in Redis, and by themselves while it is away.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::redis_fixture::RedisServer;
use crate::support::client::send;
use crate::support::wait::within;
use crate::support::{Client, Home, World, eventually};

/// What is left in an answer: `"general";r=3;t=15`.
fn left(answer: &crate::support::Answer) -> u32 {
    let standing = answer.header("ratelimit").to_owned();
    let rest = standing.split(";r=").nth(1).and_then(|rest| rest.split(';').next());
    rest.unwrap_or_else(|| panic!("{standing:?} says what is left")).parse().unwrap()
}

/// What health says of Redis.
async fn standing(admin: &Client) -> Value {
    let health = admin.get("/api/system/health").await.body;
    let all = health["components"]["external"]["details"]["dependencies"].clone();
    let found = all.as_array().unwrap().iter().find(|one| one["name"] == "redis");
    found.unwrap_or_else(|| panic!("health lists redis: {health}")).clone()
}

async fn circuit(admin: &Client) -> String {
    let circuits = admin.get("/api/system/circuits").await.is(200);
    let found = circuits.list("circuits").iter().find(|one| one["name"] == "redis").cloned();
    found.expect("there is a circuit")["state"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn postgres_two_nodes_share_an_allowance_and_go_on_by_themselves_while_redis_is_away() {
    let mut redis = RedisServer::start().await;
    let url = redis.url();
    let environment = [
        ("RISHI_RATE_LIMIT", "on"),
        ("RISHI_RATE_LIMIT_GENERAL", "1000"),
        ("RISHI_RATE_LIMIT_STAFF", "6"),
        ("RISHI_REDIS_URL", url.as_str()),
    ];
    let home = Home::on_postgres().await;
    home.rishi(&["migrate"]).ok();
    let world = World::in_home_with(home, &environment).await;
    let beside = world.home.serve_with(&environment).await;
    let booking = world.book(0, 2).await.is(201).id();
    let path = format!("/api/bookings/{booking}/candidates");
    let (here, there) = (&world.admin, world.admin.moved_to(&beside.base));
    // Six in a minute, whichever node is asked.
    for (number, node) in [here, &there, here, &there, here, &there].into_iter().enumerate() {
        let answer = node.get(&path).await.is(200);
        assert_eq!(answer.header("ratelimit-policy"), "\"staff\";q=6;w=60");
        assert!(left(&answer) <= 6, "{number}: {answer:#?}");
    }
    let refused = there.get(&path).await.refused(429, "rate_limited");
    assert!((1..=10).contains(&refused.header("retry-after").parse().unwrap()), "{refused:#?}");
    here.get(&path).await.refused(429, "rate_limited");
    assert_eq!(standing(&world.admin).await["status"], "healthy");

    redis.kill();
    let killed = Instant::now();
    // Answers go on, of one node as of the other, each with an allowance of its own.
    for node in [here, &there] {
        for number in 0..6 {
            let begun = Instant::now();
            let answer = node.get(&path).await.is(200);
            assert_eq!(left(&answer), 5 - number, "{answer:#?}");
            assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        }
        node.get(&path).await.refused(429, "rate_limited");
    }
    let told = eventually("health says that it is away", async || {
        let standing = standing(&world.admin).await;
        (standing["status"] == "degraded").then_some(standing)
    })
    .await;
    world.admin.get("/readyz").await.is(200);
    eventually("the circuit is open", async || {
        (circuit(&world.admin).await == "open").then_some(())
    })
    .await;
    let metrics = world.admin.get("/metrics").await.is(200).text;
    let missed = "rishi_limits_shared_total{outcome=\"missed\"} ";
    let missed = metrics.lines().find_map(|line| line.strip_prefix(missed)).unwrap();
    assert!(missed.parse::<u64>().unwrap() >= 7, "{missed}; {told}");

    redis.up().await;
    let back = Instant::now();
    within(Duration::from_secs(10), "the nodes count together again", async || {
        let answer = send(world.admin.request(reqwest::Method::GET, "/api/auth/me")).await.ok()?;
        assert!(answer.status < 500, "{answer:#?}");
        (circuit(&world.admin).await == "closed").then_some(())
    })
    .await;
    eprintln!(
        "away for {:.1} s, used again {:.1} s after it was back",
        back.duration_since(killed).as_secs_f64(),
        back.elapsed().as_secs_f64()
    );
    let answer = here.get(&path).await.is(200);
    assert_eq!(left(&answer), 5, "what was counted before is forgotten with it: {answer:#?}");
    eventually("health says that it is back", async || {
        (standing(&world.admin).await["status"] == "healthy").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_redis_that_stands_still_holds_no_request_up_for_longer_than_a_moment() {
    let redis = RedisServer::start().await;
    let url = redis.url();
    let environment = [
        ("RISHI_RATE_LIMIT", "on"),
        ("RISHI_RATE_LIMIT_GENERAL", "100000"),
        ("RISHI_REDIS_URL", url.as_str()),
    ];
    let world = World::configured(&environment).await;
    world.admin.get("/api/auth/me").await.is(200);
    redis.freeze();
    let mut slowest = Duration::ZERO;
    for _ in 0..30 {
        let begun = Instant::now();
        let answer = world.admin.get("/api/auth/me").await.is(200);
        assert!(!answer.header("ratelimit").is_empty(), "{answer:#?}");
        slowest = slowest.max(begun.elapsed());
    }
    eprintln!("the slowest of 30 took {slowest:?}");
    // 200 ms is the circuit's time; a busy machine takes more.
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    let found = circuit(&world.admin).await;
    assert_eq!(found, "open");
    redis.thaw();
    within(Duration::from_secs(10), "it is asked again", async || {
        world.admin.get("/api/auth/me").await.is(200);
        (circuit(&world.admin).await == "closed").then_some(())
    })
    .await;
}
