//! Many events through five subscriptions, with failures and crashes drawn from a
//! seed: nothing is skipped, no policy takes effect twice, every key keeps its order, and the log
//! verifies. Every fourth of those who die has an engine of its own on the database, as another process has; what dies on
//! the way is redriven in the end.
//!
//! `RISHI_SOAK_EVENTS` asks for more than is usual; `RISHI_TEST_SEED` for another seed. The
//! figure to hold is a million, which wants an optimized build:
//! `RISHI_SOAK_EVENTS=1000000 cargo nextest run --release -p rishi-store guarantees_2_to_5 --no-capture`.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use rishi_app::commit::Change;
use rishi_app::ids::Ids;
use rishi_app::{Commit, Store};
use rishi_bus::{
    Desk as _, Dispatcher, Effect, EffectOutcome, Envelope, HandlerError, Ledger as _,
    LetterFilter, NewEvent, Order, Policy, RetryPolicy, Subject, Subscription, SubscriptionSpec,
    SystemClock,
};
use rishi_domain::id::{OrganizationId, UserId};
use rishi_domain::notification::Notification;
use rishi_resilience::Backoff;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::world::{Fixture, World};

const POLICIES: [&str; 4] = ["first", "second", "third", "fourth"];
const SUBJECTS: u128 = 257;
/// One run in so many fails, and one in so many of these panics.
const FAILURES: u64 = 29;
/// One position in so many is rejected at first.
const REJECTED: u64 = 397;

/// Numbers from a seed, the same in every run (`SplitMix64`, Steele et al. 2014).
struct Chance(AtomicU64);

impl Chance {
    fn next(&self) -> u64 {
        let mut z = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn once_in(&self, many: u64) -> bool {
        self.next().is_multiple_of(many)
    }
}

struct Shared {
    chance: Chance,
    ids: Ids,
    user: UserId,
    organization: OrganizationId,
    effects: Mutex<HashMap<u64, u32>>,
    /// Of each subject the last event that the effect has done.
    done: Mutex<HashMap<Uuid, u64>>,
    /// What the effect was asked out of turn, or under another key than its own.
    odd: Mutex<Vec<String>>,
    /// Whether what the effect rejects has been mended.
    mended: AtomicBool,
}

impl Shared {
    fn stumble(&self) -> Result<(), &'static str> {
        if self.chance.once_in(FAILURES) {
            assert!(!self.chance.once_in(FAILURES), "a handler that panics");
            return Err("a handler that fails");
        }
        Ok(())
    }
}

/// Writes a row that tells who handled which event.
struct Note(&'static str, Arc<Shared>);

#[async_trait]
impl Policy<Commit> for Note {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let Self(name, shared) = self;
        shared.stumble().map_err(HandlerError::failed)?;
        let note = Change::Notification(Box::new(Notification {
            id: shared.ids.next(),
            user_id: shared.user,
            organization_id: shared.organization,
            kind: (*name).to_owned(),
            title: event.position.to_string(),
            message: event.subject.to_string(),
            related_entity_type: "trial".to_owned(),
            related_entity_id: event.id,
            read_at: None,
            created_at: event.timestamp,
        }));
        Ok(Some(Commit { changes: vec![note], ..Commit::default() }))
    }
}

/// Remembers what it was asked to do, and rejects one in some hundreds until that is mended.
struct Outside(Arc<Shared>);

#[async_trait]
impl Effect for Outside {
    async fn run(&self, event: &Envelope, key: &str) -> EffectOutcome {
        let shared = &self.0;
        if let Err(error) = shared.stumble() {
            return EffectOutcome::Retry { after: None, error: error.into() };
        }
        let is_bad = event.position.is_multiple_of(REJECTED);
        if is_bad && !shared.mended.load(Ordering::Relaxed) {
            return EffectOutcome::Reject { reason: "not mended yet".to_owned() };
        }
        let mut done = shared.done.lock().unwrap();
        let last = done.entry(event.subject.id()).or_default();
        // What was done and not recorded when a process died is done again; nothing before it is.
        if event.position < *last || key != format!("outside:{}", event.id) {
            shared.odd.lock().unwrap().push(format!("{key} at {} after {last}", event.position));
        }
        *last = event.position;
        *shared.effects.lock().unwrap().entry(event.position).or_default() += 1;
        EffectOutcome::Done
    }
}

fn subscriptions(shared: &Arc<Shared>) -> Vec<Subscription<Commit>> {
    let soon = Duration::from_millis(2);
    let retry = RetryPolicy(Backoff { first: soon, factor: 1.0, max: soon, attempts: 1_000 });
    let spec = |name| SubscriptionSpec::new(name).on_type("TRIAL_HELD").retry(retry);
    let policy = |name| Subscription::policy(spec(name), Note(name, Arc::clone(shared)));
    let effect = Subscription::effect(spec("outside"), Outside(Arc::clone(shared)));
    POLICIES.into_iter().map(policy).chain([effect]).collect()
}

/// Publishes `count` events over the subjects, fifty to a commit, or five hundred when there are many.
async fn publish(store: &dyn Store, shared: &Shared, count: u64) {
    let batch = if count > 100_000 { 500 } else { 50 };
    for first in (0..count).step_by(batch) {
        let events = (first..count.min(first + batch as u64)).map(|number| {
            let subject =
                Subject::new("trial", Uuid::from_u128(u128::from(shared.chance.next()) % SUBJECTS));
            let data = RawValue::from_string(format!("{{\"number\":{number}}}")).unwrap();
            let now = rishi_bus::Clock::now(&SystemClock);
            NewEvent::new(shared.ids.next(), "TRIAL_HELD", "test", subject, now, data)
        });
        store.commit(Commit { events: events.collect(), ..Commit::default() }).await.unwrap();
    }
}

async fn dispatch<F: Fixture>(ledger: &Arc<F::Engine>, shared: &Arc<Shared>) -> Dispatcher {
    let clock = Arc::new(SystemClock);
    let ledger = Arc::clone(ledger);
    Dispatcher::start(ledger, subscriptions(shared), clock, Arc::new(|| 0.5)).await.unwrap()
}

/// Has all dead letters tried again; answers how many there were.
async fn redrive<F: Fixture>(world: &World<F>, shared: &Shared) -> u64 {
    shared.mended.store(true, Ordering::Relaxed);
    let letters = LetterFilter::default();
    let dead = world.store.letters(&letters, 1, 0).await.unwrap().1;
    if dead == 0 {
        return 0;
    }
    let event = {
        let (about, now) =
            (Subject::new("system", Uuid::nil()), rishi_bus::Clock::now(&SystemClock));
        let data = RawValue::from_string("{}".to_owned()).unwrap();
        NewEvent::new(shared.ids.next(), "ORDER_GIVEN", "test", about, now, data)
    };
    let orders = vec![Order::Redrive(letters)];
    world.store.commit(Commit { events: vec![event], orders, ..Commit::default() }).await.unwrap();
    dead
}

pub(crate) async fn guarantees_2_to_5_hold_under_failures_and_crashes<F: Fixture>() {
    let number =
        |name: &str, usual| std::env::var(name).map_or(usual, |text| text.parse().unwrap());
    let (count, seed) = (number("RISHI_SOAK_EVENTS", F::SOAK), number("RISHI_TEST_SEED", 7));
    // Panics are part of the trial; their traces are not worth a screen each.
    std::panic::set_hook(Box::new(|_| {}));
    let world = World::<F>::new().await;
    let shared = Arc::new(Shared {
        chance: Chance(AtomicU64::new(seed)),
        ids: Ids::new(Arc::new(SystemClock)),
        user: world.author.id,
        organization: world.house.id,
        effects: Mutex::default(),
        done: Mutex::default(),
        odd: Mutex::default(),
        mended: AtomicBool::new(false),
    });

    let publishing = publish(&*world.store, &shared, count);
    let crashes = (count / 400).clamp(4, 200);
    // The more there is to do, the longer the lives, so that crashes come all along the way.
    let longest = 40 + count / 500;
    let crashing = async {
        for number in 0..crashes {
            let apart = number % 4 == 3;
            let engine = if apart { world.fixture.open().await } else { Arc::clone(&world.store) };
            let dispatcher = dispatch::<F>(&engine, &shared).await;
            let life = Duration::from_millis(shared.chance.next() % longest);
            tokio::time::timeout(life, dispatcher.idle()).await.ok();
            drop(dispatcher); // a crash: whatever it was doing stops there
            if apart {
                F::close(engine).await;
            }
        }
    };
    futures::future::join(publishing, crashing).await;
    let last = dispatch::<F>(&world.store, &shared).await;
    let deadline = Duration::from_secs(60 + count / 500);
    let mut redriven = 0;
    let settled = async {
        // What is dead, and what waits behind it, is all that is left.
        while last.status().iter().any(|one| one.lag() > 0) {
            last.idle().await;
            tokio::task::yield_now().await;
        }
        while last.status().iter().any(|one| one.parked_keys > 0 || one.lag() > 0) {
            redriven += redrive(&world, &shared).await;
            last.idle().await;
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(deadline, settled).await.unwrap();
    last.shutdown(Duration::from_secs(10)).await;
    drop(std::panic::take_hook());

    let numbers = async |sql: String| -> Vec<u64> {
        world.fixture.texts(&sql).await.iter().map(|text| text.parse().unwrap()).collect()
    };
    let published = numbers("SELECT count(*) FROM events WHERE type = 'TRIAL_HELD'".to_owned());
    assert_eq!(published.await, [count]);
    for name in POLICIES {
        let found = numbers(format!(
            "SELECT count(*), count(DISTINCT related_entity_id) FROM notifications WHERE kind = '{name}'"
        ));
        assert_eq!(found.await, [count, count], "{name}, seed {seed}: each event exactly once");
        let disordered = numbers(format!(
            "SELECT count(*) FROM (SELECT CAST(title AS INTEGER) AS position,
                    lag(CAST(title AS INTEGER)) OVER (PARTITION BY message ORDER BY id) AS earlier
               FROM notifications WHERE kind = '{name}') AS ordered WHERE earlier > position"
        ));
        assert_eq!(disordered.await, [0], "{name}, seed {seed}: every key in order");
    }
    assert_eq!(
        shared.effects.lock().unwrap().len() as u64,
        count,
        "seed {seed}: no effect is missing"
    );
    assert!(redriven > 0, "seed {seed}: some have died");
    let odd = std::mem::take(&mut *shared.odd.lock().unwrap());
    assert!(odd.is_empty(), "seed {seed}: {} out of turn: {:?}", odd.len(), odd.first());
    let head = world.store.refresh_head().await.unwrap();
    let report = rishi_bus::verify(&*world.store, None, &mut |_| {}).await.unwrap();
    assert_eq!(report.head.position, head);
    println!(
        "{count} events, {crashes} crashes, {redriven} redriven, {head} positions verified, seed {seed}"
    );
}
