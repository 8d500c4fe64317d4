//! Two nodes on PostgreSQL: they wake each other, and one of them relays.

use std::time::{Duration, Instant};

use async_nats::HeaderMap;

use super::{assert_relayed, figure};
use crate::nats_fixture::Nats;
use crate::support::{Home, World, eventually};

async fn migrated() -> Home {
    let home = Home::on_postgres().await;
    home.rishi(&["migrate"]).ok();
    home
}

#[tokio::test]
async fn postgres_a_node_hears_of_the_others_events_at_once_and_takes_over_the_relay() {
    let nats = Nats::start().await;
    let url = nats.url();
    let environment = [("RISHI_NATS_URL", url.as_str())];
    let mut world = World::in_home(migrated().await).await;
    let plain = world.home.serve_with(&environment).await;
    world.server.kill();
    world.moved_to(plain);
    let beside = world.home.serve_with(&environment).await;
    let there = world.admin.moved_to(&beside.base);
    assert_relayed(&nats, &world.admin).await;
    let mut waits = Vec::new();
    for number in 0..12 {
        world.book(number * 10, number * 10 + 2).await.is(201);
        let head = figure(&world.admin, "rishi_log_head").await;
        let begun = Instant::now();
        eventually("the other node knows it", async || {
            (figure(&there, "rishi_log_head").await >= head).then_some(())
        })
        .await;
        waits.push(begun.elapsed());
    }
    waits.sort();
    eprintln!("the other node knew after {waits:?}");
    // By looking alone it would be half a second.
    assert!(waits[6] < Duration::from_millis(250), "{waits:?}");
    let woken = figure(&there, "rishi_nats_wakeups_total").await
        + figure(&world.admin, "rishi_nats_wakeups_total").await;
    assert!(woken > 0);
    assert_relayed(&nats, &world.admin).await;

    // Whichever relays is killed.
    let mut beside = beside;
    let first = figure(&world.admin, "rishi_relay_active").await == 1;
    if first {
        std::mem::swap(&mut world.server, &mut beside);
        world.admin = there;
        world.manager = world.manager.moved_to(&world.server.base);
    }
    beside.kill();
    for number in 20..24 {
        world.book(number * 10, number * 10 + 2).await.is(201);
    }
    assert_relayed(&nats, &world.admin).await;
}

#[tokio::test]
async fn postgres_i13_forged_messages_move_nobodys_head_and_no_reaction_is_missed() {
    let nats = Nats::start().await;
    let url = nats.url();
    let world = World::in_home(migrated().await).await;
    let beside = world.home.serve_with(&[("RISHI_NATS_URL", &url)]).await;
    let there = world.admin.moved_to(&beside.base);
    let client = nats.client().await;
    let forge = async |position: &str, previous: &str| {
        let mut headers = HeaderMap::new();
        headers.insert("Rishi-Position", position);
        headers.insert("Rishi-Previous-Position", previous);
        let body = r#"{"specversion":"1.0","type":"BOOKING_CREATED"}"#;
        let name = format!("rishi.events.{}.BOOKING_CREATED", world.organization);
        client.publish_with_headers(name, headers, body.into()).await.unwrap();
    };
    for number in 0..500_u64 {
        forge(&(u64::MAX - number).to_string(), "0").await;
        forge("1", "99999").await;
        forge("x", "-1").await;
    }
    client.flush().await.unwrap();
    // Made on the node that knows no broker; the other one reacts as well.
    let booking = world.book(0, 2).await.is(201).id();
    world.settle().await;
    let rows = World::inbox_about(&world.manager.moved_to(&beside.base), &booking).await;
    let told = rows.iter().filter(|row| row["title"] == "New Booking Created").count();
    assert_eq!(told, 1, "{rows:?}");
    let head = figure(&there, "rishi_log_head").await;
    let all = u64::try_from(super::log(&world.admin).await.len()).unwrap();
    assert!(head <= all, "{head} of {all}");
    drop(beside);
    let found = world.home.rishi(&["events", "verify", "--json"]).json();
    assert_eq!(found["valid"], true, "{found}");
}
