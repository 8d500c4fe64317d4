//! Receivers that hang or drip hold up nobody else, and a server that dies owes what it owed.

use std::time::{Duration, Instant};

use super::receiver::{Manner, Receiver};
use super::{Hook, attempted, stands, world};
use crate::support::booking;

#[tokio::test]
async fn while_others_hang_and_drip_an_organization_is_told_without_delay() {
    let world = world().await;
    let slow = [Receiver::new(Manner::Hang).await, Receiver::new(Manner::Drip).await];
    let mut hooks = Vec::new();
    for receiver in &slow {
        let types = ["BOOKING_CREATED"];
        hooks.push(Hook::new(&world.manager, &world.organization, &receiver.url, &types).await);
    }
    let neighbour = world.neighbour(2).await;
    let quick = Receiver::willing().await;
    Hook::new(&world.admin, &neighbour, &quick.url, &["BOOKING_CREATED"]).await;
    for _ in 0..12 {
        world.draft().await;
    }
    for receiver in &slow {
        receiver.has("BOOKING_CREATED", 1).await;
    }
    let begun = Instant::now();
    for hour in 0..5 {
        let body = booking(&neighbour, None, hour, hour + 1);
        world.admin.post("/api/bookings", &body).await.is(201);
    }
    quick.has("BOOKING_CREATED", 5).await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    for receiver in &slow {
        let at_once = receiver.messages().len();
        assert!((1..=4).contains(&at_once), "{at_once} at once to one endpoint");
    }
    // Whoever never ends is given up on in time, and not for good.
    for (receiver, hook) in slow.iter().zip(&hooks) {
        let message = receiver.messages().remove(0);
        let waiting = hook.delivery(&world.manager, message.id(), attempted(1)).await;
        assert_eq!(waiting["lastError"], "no answer within 15 s", "{waiting}");
        assert_eq!(waiting["status"], "pending");
    }
}

#[tokio::test]
async fn what_was_on_its_way_when_the_server_died_is_sent_again() {
    let mut world = world().await;
    let receiver = Receiver::new(Manner::Hang).await;
    let types = ["BOOKING_CREATED"];
    let hook = Hook::new(&world.manager, &world.organization, &receiver.url, &types).await;
    world.draft().await;
    let first = receiver.has("BOOKING_CREATED", 1).await.remove(0);
    world.server.kill();
    receiver.becomes(Manner::Answer(200, String::new()));
    let server = world.home.serve_with(&[("RISHI_WEBHOOK_ALLOW_LOOPBACK", "on")]).await;
    world.moved_to(server);
    let done = hook.delivery(&world.manager, first.id(), stands("delivered")).await;
    assert_eq!(done["attempts"], 1, "the one that nobody could write down does not count");
    let all = receiver.messages();
    assert!(all.len() == 2 && all[1].id() == first.id(), "{all:#?}");
}
