//! One process after another, and two at once.

use std::sync::Arc;

use rishi_app::commit::{Change, CommitError, Guard};
use rishi_app::{App, Commit, Store as _};
use rishi_bus::testing::TestClock;
use rishi_bus::{Failure, Ledger as _, Outcome, ParkedState, Settled, Settlement, Start};
use rishi_domain::booking::Booking;
use rishi_domain::location::Location;
use uuid::Uuid;

use crate::things::{at, free, put};
use crate::world::{ALL, Fixture, World};

pub(crate) async fn everything_is_there_after_opening_again<F: Fixture>() {
    let world = World::<F>::new().await;
    let booking = world.booking_there(0, 1);
    world.put([put(&booking)]).await;
    world.store.register("a", Start::Beginning).await.unwrap();
    let failure = Failure { attempts: 3, due: at("2031-01-01T00:00:00Z"), error: "no".to_owned() };
    let settled = Settled {
        position: 2,
        event_id: Uuid::nil(),
        key: "k".to_owned(),
        was_parked: false,
        outcome: Outcome::Failed(failure),
    };
    let settling = Settlement {
        subscription: "a".to_owned(),
        generation: 0,
        fence: 0,
        rests_on: 0,
        cursor: Some(3),
        at: at("2030-01-01T00:00:00Z"),
        deliveries: vec![settled],
    };
    world.store.settle(settling).await.unwrap();
    let (all, log, parked) =
        (world.all(), world.log().await, world.store.parked_heads("a").await.unwrap());
    let World { fixture, store, app, place, .. } = world;
    drop(app);
    F::close(store).await;

    let again = fixture.open().await;
    assert_eq!(*again.head().borrow(), log.len() as u64);
    let read = again.read(0, 1_000).await.unwrap();
    assert_eq!(read.len(), log.len());
    for (before, after) in log.iter().zip(&read) {
        let [before, after] = [before, after].map(|event| serde_json::to_value(&**event).unwrap());
        assert_eq!(before, after);
    }
    assert_eq!(again.booking_row(&all, booking.id).await.unwrap(), Some(booking.clone()));
    assert_eq!(again.register("a", Start::Now).await.unwrap(), 3);
    assert_eq!(again.parked_heads("a").await.unwrap(), parked);
    assert_eq!(parked[0].state, ParkedState::Retrying);
    let listed = again.locations(&all, None, None, ALL).await.unwrap();
    assert_eq!(listed.items, [place]);
    let overlapping = Commit {
        guards: vec![free(&Booking { id: Uuid::nil().into(), ..booking })],
        ..Commit::default()
    };
    assert!(matches!(again.commit(overlapping).await, Err(CommitError::LocationTaken(_))));
}

pub(crate) async fn the_head_moves_with_each_commit<F: Fixture>() {
    let world = World::<F>::new().await;
    let mut head = world.store.head();
    let before = *head.borrow_and_update();
    assert_eq!(before, world.log_length().await as u64);
    world.put([put(&world.booking(0, 1))]).await;
    // By the time the commit is answered, the head has moved.
    assert!(head.has_changed().unwrap());
    assert_eq!(*head.borrow_and_update(), before + 1);
    let bad = Booking { created_by: world.id(), ..world.booking(0, 1) };
    world.commit(world.told(vec![put(&bad)])).await.unwrap_err();
    assert!(!head.has_changed().unwrap());
    assert_eq!(world.store.refresh_head().await.unwrap(), before + 1);
    assert!(!head.has_changed().unwrap());
}

pub(crate) async fn another_processs_writes_are_found_by_refreshing<F: Fixture>() {
    let world = World::<F>::new().await;
    let other = world.fixture.open().await;
    let mut head = other.head();
    let before = *head.borrow_and_update();
    assert_eq!(before, world.log_length().await as u64);
    let booking = world.booking(0, 1);
    world.put([put(&booking)]).await;
    assert_eq!(other.booking_row(&world.all(), booking.id).await.unwrap(), Some(booking));
    assert_eq!(other.refresh_head().await.unwrap(), before + 1);
    assert!(head.has_changed().unwrap());
    assert_eq!(*head.borrow_and_update(), before + 1);
    assert_eq!(other.read(before, 10).await.unwrap().len(), 1);
}

pub(crate) async fn two_processes_interleave_without_losing_a_position<F: Fixture>() {
    let world = World::<F>::new().await;
    let other = world.fixture.open().await;
    let before = world.log_length().await;
    let mut running = tokio::task::JoinSet::new();
    for number in 0..100 {
        let booking = world.booking(number, number + 1);
        let commit = world.told(vec![put(&booking)]);
        let store = if number % 2 == 0 { world.store.clone() } else { other.clone() };
        running.spawn(async move { store.commit(commit).await });
    }
    for outcome in running.join_all().await {
        outcome.unwrap();
    }
    for store in [&world.store, &other] {
        assert_eq!(store.refresh_head().await.unwrap(), before as u64 + 100);
        let log = store.read(0, 1_000).await.unwrap();
        let positions: Vec<u64> = log.iter().map(|event| event.position).collect();
        assert_eq!(positions, (1..=before as u64 + 100).collect::<Vec<_>>());
    }
    let figures = rishi_app::bookings::StatisticsQuery {
        organization: world.client.id,
        from: None,
        to: None,
    };
    let counted = other.statistics(&world.all(), &figures).await.unwrap();
    assert_eq!(counted.total_bookings, 100);
}

pub(crate) async fn i2_two_processes_cannot_take_one_slot<F: Fixture>() {
    let world = World::<F>::new().await;
    let other = world.fixture.open().await;
    let mut running = tokio::task::JoinSet::new();
    for number in 0..32 {
        let booking = world.booking_there(10 - number % 3, 12 + number % 5);
        let guards: Vec<Guard> = vec![free(&booking)];
        let commit = Commit { guards, ..world.told(vec![put(&booking)]) };
        let store = if number % 2 == 0 { world.store.clone() } else { other.clone() };
        running.spawn(async move { store.commit(commit).await });
    }
    let won = running.join_all().await.into_iter().flatten().count();
    assert_eq!(won, 1);
}

pub(crate) async fn events_written_by_another_are_read_in_order<F: Fixture>() {
    let world = World::<F>::new().await;
    let other = world.fixture.open().await;
    let mut reached = other.refresh_head().await.unwrap();
    for round in 0..6 {
        let stores = if round % 2 == 0 { [&world.store, &other] } else { [&other, &world.store] };
        for store in stores {
            let place = Location { id: world.id(), ..world.place.clone() };
            let commit = world.told(vec![Change::Location(Box::new(place))]);
            store.commit(commit).await.unwrap();
        }
        // As a dispatcher does: from where it is to the head, in steps of any size.
        let head = other.refresh_head().await.unwrap();
        while reached < head {
            let events = other.read(reached, 1 + round).await.unwrap();
            assert!(!events.is_empty(), "the log ends at {reached}, before its head {head}");
            for event in events {
                assert_eq!(event.position, reached + 1);
                reached = event.position;
            }
        }
    }
}

pub(crate) async fn two_processes_on_a_new_database_make_one_internal_organization<F: Fixture>() {
    for _ in 0..5 {
        let fresh = F::fresh().await;
        let [one, other] = [fresh.open().await, fresh.open().await];
        let app = |engine: &Arc<F::Engine>| {
            App::new(engine.clone(), engine.clone(), Arc::new(TestClock::default()))
        };
        let (first, second) = (app(&one), app(&other));
        let made = tokio::join!(
            first.ensure_internal_organization("One"),
            second.ensure_internal_organization("Other"),
        );
        assert_eq!(made.0.unwrap().id, made.1.unwrap().id);
        let head = one.refresh_head().await.unwrap();
        assert_eq!(head, 1, "one organization, one event");
    }
}
