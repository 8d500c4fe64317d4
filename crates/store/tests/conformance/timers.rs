//! Events with a due time.

use jiff::Timestamp;
use rishi_app::Commit;
use rishi_app::commit::CommitError;
use rishi_app::events::subject;
use rishi_bus::{Envelope, Ledger as _, NewEvent, Timer, TimerChange};
use rishi_domain::booking::Booking;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::operated::verified;
use crate::things::{hour, put};
use crate::world::{Fixture, World};

fn timer<F: Fixture>(world: &World<F>, key: &str, due: Timestamp) -> Timer {
    let event = world.event(subject::booking(world.id()), "BOOKING_REMINDER_DUE");
    Timer { key: key.to_owned(), due, event }
}

fn set(timer: Timer) -> TimerChange {
    TimerChange::Set(Box::new(timer))
}

fn cancel(key: &str) -> TimerChange {
    TimerChange::Cancel { key: key.to_owned() }
}

fn timers(timers: Vec<TimerChange>) -> Commit {
    Commit { timers, ..Commit::default() }
}

pub(crate) async fn a_timer_fires_once_with_the_time_of_firing<F: Fixture>() {
    let world = World::<F>::new().await;
    let raw = |text: &str| RawValue::from_string(text.to_owned()).unwrap();
    let about = subject::booking(world.id());
    let event =
        NewEvent::new(world.id(), "SOON", "rishi/ü", about, hour(0), raw("{ \"a\" : 1.10 }"))
            .with_schema_version(3)
            .with_correlation(world.id::<Uuid>())
            .with_causation(world.id::<Uuid>())
            .with_user(world.id::<Uuid>())
            .with_organization(world.id::<Uuid>())
            .with_metadata(raw("{\"m\":[]}"))
            .with_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned());
    let due = Timer { key: "reminder/1".to_owned(), due: hour(1), event: event.clone() };
    world.commit(timers(vec![set(due)])).await.unwrap();
    let store = &world.store;
    assert_eq!(store.next_timer().await.unwrap(), Some(hour(1)));
    assert_eq!(store.fire_timers(hour(0), 10).await.unwrap(), 0);
    // The clock jumps a day ahead, and back.
    assert_eq!(store.fire_timers(hour(24), 10).await.unwrap(), 1);
    assert_eq!(store.fire_timers(hour(0), 10).await.unwrap(), 0);
    assert_eq!(store.fire_timers(hour(24), 10).await.unwrap(), 0);
    assert_eq!(store.next_timer().await.unwrap(), None);
    let log = world.log().await;
    let fired = log.last().unwrap();
    assert_eq!(*store.head().borrow(), fired.position);
    let wanted = Envelope { timestamp: hour(24), ..event.into_envelope(fired.position, 1) };
    let as_json = |event: &Envelope| serde_json::to_string(event).unwrap();
    assert_eq!(as_json(fired), as_json(&wanted));
    verified::<F>(store).await;
}

pub(crate) async fn a_timer_is_replaced_and_cancelled_by_its_key<F: Fixture>() {
    let world = World::<F>::new().await;
    let before = world.log_length().await;
    let [early, late, other] =
        [("a", 1), ("a", 3), ("b", 2)].map(|(key, due)| timer(&world, key, hour(due)));
    let kept = late.event.id;
    world.commit(timers(vec![set(early), set(other)])).await.unwrap();
    world.commit(timers(vec![set(late), cancel("b"), cancel("never set")])).await.unwrap();
    assert_eq!(world.store.next_timer().await.unwrap(), Some(hour(3)));
    assert_eq!(world.store.fire_timers(hour(9), 10).await.unwrap(), 1);
    let log = world.log().await;
    assert_eq!(log.len(), before + 1);
    assert_eq!(log.last().unwrap().id, kept);
}

pub(crate) async fn a_refused_commit_leaves_the_timers_as_they_are<F: Fixture>() {
    let world = World::<F>::new().await;
    world.commit(timers(vec![set(timer(&world, "a", hour(5)))])).await.unwrap();
    let mut changes = world.store.timer_changes();
    changes.borrow_and_update();
    let bad = Booking { created_by: world.id(), ..world.booking(0, 1) };
    let refused = vec![cancel("a"), set(timer(&world, "b", hour(1)))];
    let commit = Commit { timers: refused, ..world.told(vec![put(&bad)]) };
    world.commit(commit).await.unwrap_err();
    assert_eq!(world.store.next_timer().await.unwrap(), Some(hour(5)));
    assert!(!changes.has_changed().unwrap());
}

pub(crate) async fn timers_fire_by_due_time_and_key_within_the_limit<F: Fixture>() {
    let world = World::<F>::new().await;
    let before = world.log_length().await;
    let wanted = [("z", 1), ("b", 2), ("c", 2), ("a", 3), ("d", 4)];
    let made = wanted.map(|(key, due)| timer(&world, key, hour(due)));
    let ids = made.clone().map(|timer| timer.event.id);
    world.commit(timers(made.into_iter().rev().map(set).collect())).await.unwrap();
    assert_eq!(world.store.fire_timers(hour(3), 2).await.unwrap(), 2);
    assert_eq!(world.store.next_timer().await.unwrap(), Some(hour(2)));
    assert_eq!(world.store.fire_timers(hour(3), 100).await.unwrap(), 2);
    assert_eq!(world.store.fire_timers(hour(4), 100).await.unwrap(), 1);
    let fired: Vec<Uuid> = world.log().await[before..].iter().map(|event| event.id).collect();
    assert_eq!(fired, ids);
}

pub(crate) async fn a_timer_that_could_not_fire_is_malformed<F: Fixture>() {
    let world = World::<F>::new().await;
    let sound = || timer(&world, "a", hour(1));
    let untyped = NewEvent { event_type: "".into(), ..sound().event };
    let longest = Timer { key: "k".repeat(256), ..sound() };
    for bad in [
        Timer { event: untyped, ..sound() },
        Timer { key: String::new(), ..sound() },
        Timer { key: "k".repeat(257), ..sound() },
    ] {
        let refused = world.commit(timers(vec![set(bad)])).await.unwrap_err();
        assert!(matches!(refused, CommitError::Malformed(_)), "{refused}");
    }
    assert_eq!(world.store.next_timer().await.unwrap(), None);
    world.commit(timers(vec![set(longest)])).await.unwrap();
}

pub(crate) async fn a_timer_is_told_of_and_survives_the_process<F: Fixture>() {
    let world = World::<F>::new().await;
    let mut changes = world.store.timer_changes();
    changes.borrow_and_update();
    world.commit(timers(vec![set(timer(&world, "a", hour(1)))])).await.unwrap();
    // By the time the commit is answered, whoever waits has been told.
    assert!(changes.has_changed().unwrap());
    let World { fixture, store, app, .. } = world;
    drop(app);
    F::close(store).await;
    let again = fixture.open().await;
    assert_eq!(again.next_timer().await.unwrap(), Some(hour(1)));
    assert_eq!(again.fire_timers(hour(1), 10).await.unwrap(), 1);
}

pub(crate) async fn a_timer_whose_event_is_in_the_log_is_in_nobodys_way<F: Fixture>() {
    let world = World::<F>::new().await;
    let (double, other) = (timer(&world, "a", hour(1)), timer(&world, "b", hour(2)));
    let (said, waits) = (double.event.clone(), other.event.id);
    world.commit(timers(vec![set(double), set(other)])).await.unwrap();
    world.commit(Commit { events: vec![said], ..Commit::default() }).await.unwrap();
    let before = world.log_length().await;
    assert_eq!(world.store.fire_timers(hour(9), 10).await.unwrap(), 2);
    let log = world.log().await;
    assert_eq!((log.len(), log.last().unwrap().id), (before + 1, waits));
    assert_eq!(world.store.next_timer().await.unwrap(), None);
}

pub(crate) async fn two_processes_fire_each_timer_once<F: Fixture>() {
    let world = World::<F>::new().await;
    let other = world.fixture.open().await;
    let before = world.log_length().await;
    let all = (0..40).map(|n| set(timer(&world, &format!("t{n}"), hour(n % 7)))).collect();
    world.commit(timers(all)).await.unwrap();
    let mut running = tokio::task::JoinSet::new();
    for number in 0..20 {
        let store = if number % 2 == 0 { world.store.clone() } else { other.clone() };
        running.spawn(async move { store.fire_timers(hour(9), 3).await.unwrap() });
    }
    assert_eq!(running.join_all().await.iter().sum::<usize>(), 40);
    assert_eq!(world.store.refresh_head().await.unwrap(), before as u64 + 40);
    verified::<F>(&world.store).await;
}
