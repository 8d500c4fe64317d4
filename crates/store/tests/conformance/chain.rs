//! The hash chain over the log.

use rishi_app::Commit;
use rishi_app::events::subject;
use rishi_bus::{Checkpoint, Desk as _, chain};
use rishi_domain::booking::Booking;

use crate::operated::{say, verified};
use crate::things::put;
use crate::world::{Fixture, World};

pub(crate) async fn every_event_is_linked_to_the_one_before<F: Fixture>() {
    let world = World::<F>::new().await;
    let booking = subject::booking(world.id());
    let events = (0..5).map(|_| world.event(booking.clone(), "SOMETHING_SAID")).collect();
    world.commit(Commit { events, ..Commit::default() }).await.unwrap();
    assert_eq!(world.store.anchor().await.unwrap(), Checkpoint::GENESIS);
    let (mut last, mut seen) = (Checkpoint::GENESIS, 0);
    loop {
        let page = world.store.chain(last.position, 3).await.unwrap();
        assert!(page.len() <= 3);
        if page.is_empty() {
            break;
        }
        for (event, hash) in page {
            assert_eq!(event.position, last.position + 1);
            assert_eq!(hash, chain::link(&last.hash, &event), "at {}", event.position);
            last = Checkpoint { position: event.position, hash };
            seen += 1;
        }
    }
    assert_eq!(seen, world.log_length().await);
}

pub(crate) async fn the_chain_goes_on_after_opening_again<F: Fixture>() {
    let world = World::<F>::new().await;
    let before = verified::<F>(&world.store).await.head;
    let told = world.event(subject::booking(world.id()), "SOMETHING_SAID");
    let World { fixture, store, app, .. } = world;
    drop(app);
    F::close(store).await;
    let again = fixture.open().await;
    let commit = Commit { events: vec![told], ..Commit::default() };
    rishi_app::Store::commit(&*again, commit).await.unwrap();
    let after = rishi_bus::verify(&*again, Some(before), &mut |_| {}).await.unwrap();
    assert!(after.compared);
    assert_eq!(after.head.position, before.position + 1);
}

pub(crate) async fn two_processes_interleave_on_one_chain<F: Fixture>() {
    let world = World::<F>::new().await;
    let other = world.fixture.open().await;
    let before = world.log_length().await as u64;
    let mut running = tokio::task::JoinSet::new();
    for number in 0..100 {
        let commit = world.told(vec![put(&world.booking(number, number + 1))]);
        let store = if number % 2 == 0 { world.store.clone() } else { other.clone() };
        running.spawn(async move { rishi_app::Store::commit(&*store, commit).await });
    }
    for outcome in running.join_all().await {
        outcome.unwrap();
    }
    for store in [&world.store, &other] {
        assert_eq!(verified::<F>(store).await.events, before + 100);
    }
}

pub(crate) async fn what_is_refused_leaves_no_link<F: Fixture>() {
    let world = World::<F>::new().await;
    let before = world.log_length().await as u64;
    let mut running = tokio::task::JoinSet::new();
    for number in 0..60 {
        let mut booking = world.booking(number, number + 1);
        if number % 3 == 0 {
            booking = Booking { location_id: Some(world.id()), ..booking };
        }
        let (store, commit) = (world.store.clone(), world.told(vec![put(&booking)]));
        running.spawn(async move { rishi_app::Store::commit(&*store, commit).await });
    }
    let made = running.join_all().await.into_iter().flatten().count() as u64;
    assert_eq!(made, 40);
    say(&world, subject::booking(world.id())).await;
    assert_eq!(verified::<F>(&world.store).await.events, before + made + 1);
}
