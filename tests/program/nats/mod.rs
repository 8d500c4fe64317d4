//! NATS JetStream beside the real binary: what arrives there, what is taken from there, and that nothing rests on it.

use serde_json::Value;

use crate::nats_fixture::Nats;
use crate::support::{Client, World, eventually};

mod configured;
mod examples;
mod ingress;
mod nodes;
mod outlet;

/// The ids of all events in the log, in its order.
pub(crate) async fn log(admin: &Client) -> Vec<String> {
    let mut ids = Vec::new();
    let mut after = 0;
    loop {
        let page = admin.get(&format!("/api/events?after={after}&limit=100")).await.is(200);
        let events = page.list("events");
        ids.extend(events.iter().map(|event| event["id"].as_str().unwrap().to_owned()));
        match events.last() {
            Some(last) => after = last["position"].as_u64().unwrap(),
            None => return ids,
        }
    }
}

/// Waits until the stream holds every event of the log, each once and in order.
pub(crate) async fn assert_relayed(nats: &Nats, admin: &Client) {
    eventually("every event is in the stream", async || {
        // The log is read last: what is in the stream is in it.
        let there = nats.stored().await;
        let all = log(admin).await;
        let ids: Vec<&str> = there.iter().map(|one| one.event["id"].as_str().unwrap()).collect();
        assert!(ids.len() <= all.len(), "each event once");
        assert_eq!(ids, all[..ids.len()], "in the order of the log");
        (ids.len() == all.len()).then_some(())
    })
    .await;
}

/// What a whole figure of `/metrics` is, by its name and labels.
pub(crate) async fn figure(client: &Client, name: &str) -> u64 {
    let text = client.get("/metrics").await.is(200).text;
    let line = text.lines().find(|line| line.split(' ').next() == Some(name));
    line.map_or(0, |line| line.rsplit(' ').next().unwrap().parse().unwrap())
}

/// What health says of NATS.
pub(crate) async fn standing(world: &World) -> Value {
    let health = world.admin.get("/api/system/health").await.body;
    let all = health["components"]["external"]["details"]["dependencies"].clone();
    let found = all.as_array().unwrap().iter().find(|one| one["name"] == "nats");
    found.unwrap_or_else(|| panic!("health lists nats: {health}")).clone()
}
