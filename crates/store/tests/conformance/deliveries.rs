//! Progress of subscriptions: cursors, delivery rows and policies' commits.

use rishi_app::Commit;
use rishi_app::events::subject;
use rishi_bus::{Failure, Ledger as _, Outcome, Parked, ParkedState, Settled, Settlement, Start};
use rishi_domain::booking::Booking;
use uuid::Uuid;

use crate::things::{at, put};
use crate::world::{Fixture, World};

const NAME: &str = "tell-managers";

/// A subscription from the beginning, over a log that begins with ten events of these tests.
async fn subscribed<F: Fixture>() -> World<F> {
    let world = World::<F>::new().await;
    for _ in 0..10 {
        let event = world.event(subject::booking(world.id()), "SOMETHING_SAID");
        world.commit(Commit { events: vec![event], ..Commit::default() }).await.unwrap();
    }
    world.store.register(NAME, Start::Beginning).await.unwrap();
    world
}

fn failure(attempts: u32) -> Failure {
    let due = at("2030-01-01T00:00:00.123456Z");
    Failure { attempts, due, error: "it rained".to_owned() }
}

fn settled(position: u64, key: &str, outcome: Outcome<Commit>) -> Settled<Commit> {
    let event_id = Uuid::nil();
    Settled { position, event_id, key: key.to_owned(), was_parked: false, outcome }
}

fn parked(position: u64, key: &str, outcome: Outcome<Commit>) -> Settled<Commit> {
    Settled { was_parked: true, ..settled(position, key, outcome) }
}

fn settlement(
    cursor: Option<u64>,
    deliveries: impl IntoIterator<Item = Settled<Commit>>,
) -> Settlement<Commit> {
    let deliveries = deliveries.into_iter().collect();
    Settlement {
        subscription: NAME.to_owned(),
        generation: 0,
        fence: 0,
        // As one who knows of everything; who does not is refused, see `fences`.
        rests_on: u64::MAX,
        cursor,
        at: at("2030-01-01T00:00:00Z"),
        deliveries,
    }
}

fn effect(commit: Commit) -> Outcome<Commit> {
    Outcome::Commit { commit, or_else: failure(1) }
}

async fn cursor<F: Fixture>(world: &World<F>) -> u64 {
    world.store.register(NAME, Start::Now).await.unwrap()
}

fn owed(heads: &[Parked]) -> Vec<(u64, ParkedState)> {
    heads.iter().map(|row| (row.position, row.state)).collect()
}

pub(crate) async fn a_subscription_starts_where_it_says_and_stays_where_it_is<F: Fixture>() {
    let world = subscribed::<F>().await;
    let head = world.log_length().await as u64;
    let store = &world.store;
    for (name, start, first) in [
        ("now", Start::Now, head),
        ("beginning", Start::Beginning, 0),
        ("after", Start::After(3), 3),
        // What is yet to come cannot be over already.
        ("far", Start::After(head + 100), head),
    ] {
        assert_eq!(store.register(name, start).await.unwrap(), first, "{name}");
        assert_eq!(store.register(name, Start::After(1)).await.unwrap(), first, "{name} again");
    }
}

pub(crate) async fn cursor_rows_and_commits_are_one_settlement<F: Fixture>() {
    let world = subscribed::<F>().await;
    let booking = world.booking(0, 1);
    let head = world.log_length().await as u64;
    let settling = settlement(
        Some(6),
        [
            settled(1, "a", Outcome::Done),
            settled(2, "b", effect(world.told(vec![put(&booking)]))),
            settled(3, "c", Outcome::Wait),
            settled(4, "d", Outcome::Failed(failure(2))),
            settled(5, "e", Outcome::Dead(failure(6))),
            settled(6, "f", Outcome::Skipped { reason: "too old".to_owned() }),
        ],
    );
    assert_eq!(world.store.settle(settling).await.unwrap(), []);
    assert_eq!(cursor(&world).await, 6);
    assert_eq!(world.stored(booking.id).await, Some(booking));
    assert_eq!(*world.store.head().borrow(), head + 1);
    let row = |position, key: &str, state, failure: Option<Failure>| Parked {
        position,
        key: key.to_owned(),
        state,
        attempts: failure.as_ref().map_or(0, |failure| failure.attempts),
        due: failure.map(|failure| failure.due),
    };
    let wanted = [
        row(3, "c", ParkedState::Waiting, None),
        row(4, "d", ParkedState::Retrying, Some(failure(2))),
        row(5, "e", ParkedState::Dead, Some(failure(6))),
    ];
    assert_eq!(world.store.parked_heads(NAME).await.unwrap(), wanted);
    assert_eq!(world.store.parked_heads("somebody else").await.unwrap(), []);
}

pub(crate) async fn a_refused_commit_leaves_a_retrying_row_and_the_others_stand<F: Fixture>() {
    let world = subscribed::<F>().await;
    let before = world.log_length().await;
    let (first, third) = (world.booking(0, 1), world.booking(2, 3));
    let bad = Booking { location_id: Some(world.id()), ..world.booking(4, 5) };
    let settling = settlement(
        Some(3),
        [
            settled(1, "a", effect(world.told(vec![put(&first)]))),
            settled(2, "b", effect(world.told(vec![put(&bad)]))),
            settled(3, "c", effect(world.told(vec![put(&third)]))),
        ],
    );
    let refused = world.store.settle(settling).await.unwrap();
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].position, 2);
    assert!(!refused[0].error.is_empty());
    assert_eq!(cursor(&world).await, 3);
    assert!(world.stored(first.id).await.is_some() && world.stored(third.id).await.is_some());
    assert_eq!(world.stored(bad.id).await, None);
    assert_eq!(world.log_length().await, before + 2);
    let heads = world.store.parked_heads(NAME).await.unwrap();
    assert_eq!(owed(&heads), [(2, ParkedState::Retrying)]);
    assert_eq!((heads[0].attempts, heads[0].due), (1, Some(failure(1).due)));
}

pub(crate) async fn settling_the_same_position_again_changes_nothing<F: Fixture>() {
    let world = subscribed::<F>().await;
    let effects = [world.booking(0, 1), world.booking(2, 3)];
    for booking in &effects {
        let commit = world.told(vec![put(booking)]);
        let rows = [settled(1, "a", effect(commit)), settled(2, "b", Outcome::Wait)];
        world.store.settle(settlement(Some(2), rows)).await.unwrap();
    }
    // A second dispatcher on the same database decided the same: it comes too late.
    assert!(world.stored(effects[0].id).await.is_some());
    assert_eq!(world.stored(effects[1].id).await, None);
    let late = [settled(1, "a", Outcome::Dead(failure(1))), settled(2, "b", Outcome::Done)];
    world.store.settle(settlement(Some(1), late)).await.unwrap();
    assert_eq!(cursor(&world).await, 2, "a cursor never goes back");
    let heads = world.store.parked_heads(NAME).await.unwrap();
    assert_eq!(owed(&heads), [(2, ParkedState::Waiting)]);
}

pub(crate) async fn a_parked_row_is_settled_once<F: Fixture>() {
    let world = subscribed::<F>().await;
    let wait = [settled(1, "a", Outcome::Wait)];
    world.store.settle(settlement(Some(1), wait)).await.unwrap();
    let effects = [world.booking(0, 1), world.booking(2, 3)];
    for booking in &effects {
        let commit = world.told(vec![put(booking)]);
        world.store.settle(settlement(None, [parked(1, "a", effect(commit))])).await.unwrap();
    }
    assert!(world.stored(effects[0].id).await.is_some());
    assert_eq!(world.stored(effects[1].id).await, None);
    assert_eq!(world.store.parked_heads(NAME).await.unwrap(), []);
    assert_eq!(cursor(&world).await, 1);
}

pub(crate) async fn heads_are_the_first_owed_row_of_each_key<F: Fixture>() {
    let world = subscribed::<F>().await;
    let skipped = || Outcome::Skipped { reason: "too old".to_owned() };
    let rows = [
        settled(1, "a", skipped()),
        settled(2, "b", Outcome::Dead(failure(6))),
        settled(3, "a", Outcome::Failed(failure(1))),
        settled(4, "b", Outcome::Wait),
        settled(5, "c", skipped()),
        settled(6, "a", Outcome::Wait),
    ];
    world.store.settle(settlement(Some(6), rows)).await.unwrap();
    let heads = world.store.parked_heads(NAME).await.unwrap();
    assert_eq!(owed(&heads), [(2, ParkedState::Dead), (3, ParkedState::Retrying)]);
    world.store.settle(settlement(None, [parked(3, "a", Outcome::Done)])).await.unwrap();
    let heads = world.store.parked_heads(NAME).await.unwrap();
    assert_eq!(owed(&heads), [(2, ParkedState::Dead), (6, ParkedState::Waiting)]);
}

pub(crate) async fn the_next_of_a_key_passes_over_the_dead_and_the_skipped<F: Fixture>() {
    let world = subscribed::<F>().await;
    let rows = [
        settled(1, "a", Outcome::Dead(failure(6))),
        settled(2, "a", Outcome::Skipped { reason: "too old".to_owned() }),
        settled(3, "b", Outcome::Wait),
        settled(4, "a", Outcome::Wait),
        settled(5, "a", Outcome::Failed(failure(2))),
    ];
    world.store.settle(settlement(Some(5), rows)).await.unwrap();
    let next = |key: &'static str| {
        let store = world.store.clone();
        async move { store.next_parked(NAME, key).await.unwrap().map(|row| row.position) }
    };
    assert_eq!((next("a").await, next("b").await, next("c").await), (Some(4), Some(3), None));
    world.store.settle(settlement(None, [parked(4, "a", Outcome::Done)])).await.unwrap();
    assert_eq!(next("a").await, Some(5));
    let dead = parked(5, "a", Outcome::Dead(failure(6)));
    world.store.settle(settlement(None, [dead])).await.unwrap();
    assert_eq!(next("a").await, None);
}

pub(crate) async fn a_settlement_of_an_unknown_subscription_fails_alone<F: Fixture>() {
    let world = subscribed::<F>().await;
    let before = world.log_length().await;
    let effects: Vec<Booking> = (0..10).map(|at| world.booking(at, at + 1)).collect();
    let mut running = tokio::task::JoinSet::new();
    for (number, booking) in effects.iter().enumerate() {
        let commit = effect(world.told(vec![put(booking)]));
        let (store, known) = (world.store.clone(), number % 2 == 0);
        let position = number as u64 + 1;
        let mut settling = settlement(
            None,
            [settled(position, "a", commit), settled(position + 1, "b", Outcome::Wait)],
        );
        if !known {
            "unknown".clone_into(&mut settling.subscription);
        }
        running.spawn(async move { (known, store.settle(settling).await) });
    }
    while let Some(done) = running.join_next().await {
        let (known, outcome) = done.unwrap();
        assert_eq!(outcome.is_ok(), known, "{outcome:?}");
    }
    for (number, booking) in effects.iter().enumerate() {
        assert_eq!(world.stored(booking.id).await.is_some(), number % 2 == 0, "effect {number}");
    }
    // Nor is anything counted twice or not at all.
    assert_eq!(crate::statistics::figures(&world).await.total_bookings, 5);
    assert_eq!(world.log_length().await, before + 5);
}
