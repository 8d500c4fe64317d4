//! One node on SQLite, with NATS as an outlet.

use serde_json::json;

use super::{assert_relayed, figure, standing};
use crate::nats_fixture::Nats;
use crate::support::{World, eventually};

#[tokio::test]
async fn every_event_is_published_in_order_by_organization_and_type() {
    let nats = Nats::start().await;
    let world = World::configured(&[("RISHI_NATS_URL", &nats.url())]).await;
    let booking = world.book(0, 2).await.is(201).id();
    world.settle().await;
    assert_relayed(&nats, &world.admin).await;
    let all = nats.stored().await;
    assert!(all.iter().zip(1..).all(|(one, expected)| one.position == expected));
    let name = format!("rishi.events.{}.BOOKING_CREATED", world.organization);
    let created = all.iter().find(|one| one.subject == name).expect("the booking is told of");
    assert_eq!(created.event["subject"], format!("booking/{booking}"));
    assert_eq!(created.event["specversion"], "1.0");
    assert_eq!(created.event["organizationid"], world.organization.as_str());
    assert_eq!(standing(&world).await["status"], "healthy");
    let head = figure(&world.admin, "rishi_log_head").await;
    eventually("the figures follow", async || {
        let position = figure(&world.admin, "rishi_relay_position").await;
        (position >= head).then_some(())
    })
    .await;
    assert_eq!(figure(&world.admin, "rishi_relay_active").await, 1);
}

#[tokio::test]
async fn i13_bookings_go_on_without_the_broker_and_it_gets_everything_afterwards() {
    let mut nats = Nats::start().await;
    let mut world = World::configured(&[("RISHI_NATS_URL", &nats.url())]).await;
    world.book(0, 2).await.is(201);
    assert_relayed(&nats, &world.admin).await;
    nats.kill();
    for number in 1..8 {
        world.book(number * 10, number * 10 + 2).await.is(201);
    }
    world.settle().await;
    let why = eventually("health says that it is down", async || {
        let standing = standing(&world).await;
        (standing["status"] == "degraded").then_some(standing)
    })
    .await;
    assert!(why.to_string().contains("NATS"), "{why}");
    world.admin.get("/readyz").await.is(200);
    // The server is killed as well: the cursor is in the database.
    world.server.kill();
    let again = world.home.serve_with(&[("RISHI_NATS_URL", &nats.url())]).await;
    world.moved_to(again);
    world.book(100, 102).await.is(201);
    nats.up().await;
    assert_relayed(&nats, &world.admin).await;
    eventually("it is well again", async || {
        (standing(&world).await["status"] == "healthy").then_some(())
    })
    .await;
    let circuits = world.admin.get("/api/system/circuits").await.is(200);
    assert!(circuits.list("circuits").iter().any(|one| one["name"] == "nats"), "{circuits:?}");
}

#[tokio::test]
async fn i13_an_erased_stream_costs_nothing_but_what_it_held() {
    let nats = Nats::start().await;
    let world = World::configured(&[("RISHI_NATS_URL", &nats.url())]).await;
    world.settle().await;
    assert_relayed(&nats, &world.admin).await;
    let before = nats.stored().await.last().unwrap().position;
    nats.jetstream().await.delete_stream("RISHI").await.unwrap();
    let booking = world.book(0, 2).await.is(201).id();
    world.settle().await;
    eventually("the stream is there again with what is new", async || {
        nats.jetstream().await.get_stream("RISHI").await.ok()?;
        let all = nats.stored().await;
        let found =
            all.iter().any(|one| one.event["subject"] == json!(format!("booking/{booking}")));
        (found && all[0].position == before + 1).then_some(())
    })
    .await;
}
