//! The log answers who was refused what, when and from where, and cannot be flooded with it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::demand;
use crate::support::database::Database;
use crate::support::{Client, World, eventually};

/// The denials that a reader of the log sees, oldest first, once there are so many.
async fn denials(reader: &Client, count: usize) -> Vec<Value> {
    eventually("the log tells of the denials", async || {
        let answer = reader.get("/api/events?type=ACCESS_DENIED&limit=200").await.is(200);
        let events = answer.list("events").clone();
        (events.len() >= count).then_some(events)
    })
    .await
}

async fn metric(world: &World, name: &str) -> u64 {
    let text = Client::new(&world.server.base).get("/metrics").await.is(200).text;
    let line = text.lines().find(|line| line.starts_with(name));
    let value = line.and_then(|line| line.rsplit_once(' ')).map(|(_, value)| value.parse());
    value.unwrap_or_else(|| panic!("no {name} in {text}")).expect("a number")
}

#[tokio::test]
async fn i15_who_was_refused_what_and_from_where_is_told_to_those_who_answer_for_it() {
    let world = World::configured(&[("RISHI_TRUSTED_PROXIES", "127.0.0.1")]).await;
    let user = world.person("client_user", Some(&world.organization));
    let path = format!("/api/organizations/{}", world.organization);
    let request = user.client.request(Method::PATCH, &path).header("If-Match", "*");
    let request = request.header("X-Forwarded-For", "198.51.100.9");
    demand(request.json(&json!({ "tier": 3 }))).await.problem(403);

    let told = denials(&world.manager, 1).await;
    assert_eq!(told.len(), 1, "{told:#?}");
    let event = &told[0];
    assert_eq!(event["userId"], user.id);
    assert_eq!(event["organizationId"], world.organization);
    assert_eq!(event["subject"], format!("user/{}", user.id));
    assert_eq!(event["data"]["reason"], "forbidden");
    assert_eq!(event["data"]["route"], "PATCH /api/organizations/{id}");
    assert_eq!(event["data"]["count"], 1);
    assert_eq!(event["metadata"]["address"], "198.51.100.9");
    assert_eq!(metric(&world, "rishi_denied_requests_total{reason=\"forbidden\"}").await, 1);

    // Nobody else reads it: not the one who was refused, not another organization.
    let neighbour = world.neighbour(2).await;
    let stranger = world.person("client_manager", Some(&neighbour)).client;
    let seen = stranger.get("/api/events?type=ACCESS_DENIED").await.is(200);
    assert!(seen.list("events").is_empty(), "{seen:#?}");
    user.client.get("/api/events?type=ACCESS_DENIED").await.problem(403);
}

#[tokio::test]
async fn i15_a_bad_token_is_told_and_no_token_is_not() {
    let world = World::new().await;
    let stranger = Client::new(&world.server.base);
    stranger.get("/api/bookings").await.problem(401);
    let guess = stranger.request(Method::GET, "/api/users").bearer_auth("rishi_pat_guess");
    demand(guess).await.problem(401);
    let told = denials(&world.admin, 1).await;
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(told[0]["data"]["reason"], "unauthenticated");
    assert_eq!(told[0]["data"]["route"], "GET /api/users");
    assert_eq!(told[0]["metadata"]["address"], "127.0.0.1");
    assert!(told[0].get("userId").is_none(), "{told:#?}");
    // It belongs to no organization, so its manager does not see it.
    let seen = world.manager.get("/api/events?type=ACCESS_DENIED").await.is(200);
    assert!(seen.list("events").is_empty(), "{seen:#?}");
}

#[tokio::test]
async fn i14_a_flood_of_refusals_is_a_few_events_and_none_of_them_is_lost() {
    const FLOOD: u64 = 500;
    let mut world = World::new().await;
    let user = world.person("client_user", Some(&world.organization)).client;
    let stranger = Client::new(&world.server.base);
    for _ in 0..FLOOD {
        user.get("/api/users").await.is(403);
    }
    for _ in 0..FLOOD {
        let guess = stranger.request(Method::GET, "/api/users").bearer_auth("rishi_pat_guess");
        demand(guess).await.is(401);
    }
    assert_eq!(metric(&world, "rishi_denied_requests_total{reason=\"forbidden\"}").await, FLOOD);
    denials(&world.admin, 2).await;
    // What was not told yet is told at the end.
    world.server.stop().await;
    let told = Database::of(&world.home).payloads("ACCESS_DENIED");
    let count = |reason: &str| -> u64 {
        let of = told.iter().filter(|data| data["reason"] == reason);
        of.map(|data| data["count"].as_u64().unwrap()).sum()
    };
    assert_eq!((count("forbidden"), count("unauthenticated")), (FLOOD, FLOOD));
    assert!(told.len() <= 20, "{} events", told.len());
}
