//! Many sign-ins at once: others do not wait for them, and memory does not grow with them.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;
use tokio::task::JoinSet;

use crate::support::client::demand;
use crate::support::{Client, World};

const PASSWORD: &str = "correct horse battery staple";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i14_parallel_sign_ins_wait_in_a_bounded_queue_and_nobody_else_does() {
    let world = World::new().await;
    let organization = Some(world.organization.as_str());
    world.home.add_user_with("storm@example.com", PASSWORD, "client_manager", organization);
    let before = memory(&world).await;
    let visitor = Client::new(&world.server.base);
    let mut storm = JoinSet::new();
    for _ in 0..400 {
        let visitor = visitor.clone();
        storm.spawn(async move {
            let body = json!({ "email": "storm@example.com", "password": PASSWORD });
            demand(visitor.request(Method::POST, "/api/auth/login").json(&body)).await
        });
    }
    let mut times = Vec::new();
    let mut most = 0;
    let mut statuses = std::collections::BTreeMap::new();
    while !storm.is_empty() {
        let started = Instant::now();
        world.manager.get("/api/bookings").await.is(200);
        times.push(started.elapsed());
        most = most.max(memory(&world).await);
        while let Some(answer) = storm.try_join_next() {
            let answer = answer.expect("a sign-in is answered");
            assert!(answer.is_one_of(&[200, 429, 503]), "{answer:#?}");
            if answer.status != 200 {
                assert!(!answer.header("retry-after").is_empty(), "{answer:#?}");
            }
            *statuses.entry(answer.status).or_insert(0_u32) += 1;
        }
    }
    times.sort_unstable();
    let p99 = times[times.len() * 99 / 100];
    eprintln!(
        "{statuses:?}, {} others, p99 {p99:?}, {before} MiB before, {most} at most",
        times.len()
    );
    assert!(p99 < Duration::from_secs(1), "others wait for sign-ins: {p99:?}");
    assert!(statuses[&200] > 0, "{statuses:?}");
    assert!(statuses.contains_key(&503), "beyond the queue it is said at once: {statuses:?}");
    assert!(times.len() > 50, "others were answered meanwhile: {}", times.len());
    // Two hashes at a time are 94 MiB; a hundred would be 4.7 GiB.
    assert!(most < before + 400, "{before} MiB before, {most} at most");
}

/// MiB that the server holds.
async fn memory(world: &World) -> u64 {
    let text = Client::new(&world.server.base).get("/metrics").await.is(200).text;
    let line = text.lines().find(|line| line.starts_with("rishi_memory_resident_bytes "));
    let value: f64 = line.and_then(|line| line.rsplit_once(' ')).unwrap().1.parse().unwrap();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "MiB are few")]
    let mib = (value / 1_048_576.0) as u64;
    mib
}
