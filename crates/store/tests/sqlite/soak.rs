//! Many events through five subscriptions on the real engine, with failures and crashes drawn from a
//! seed: nothing is skipped, no policy takes effect twice, every key keeps its order, and the log
//! verifies.
//!
//! `RISHI_SOAK_EVENTS` asks for more than the usual 4,000; `RISHI_TEST_SEED` for another seed. The
//! figure to hold is a million, which wants an optimized build:
//! `RISHI_SOAK_EVENTS=1000000 cargo nextest run --release -p rishi-store guarantees_2_to_5 --no-capture`.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use rishi_app::Commit;
use rishi_app::ids::Ids;
use rishi_app::store::Store;
use rishi_bus::{
    Dispatcher, Effect, EffectOutcome, Envelope, HandlerError, Ledger, NewEvent, Policy,
    RetryPolicy, Subject, Subscription, SubscriptionSpec, SystemClock,
};
use rishi_domain::id::{OrganizationId, UserId};
use rishi_resilience::Backoff;
use rusqlite::Connection;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::support::{File, note};

const POLICIES: [&str; 4] = ["first", "second", "third", "fourth"];
const SUBJECTS: u128 = 257;
/// One run in so many fails, and one in so many of these panics.
const FAILURES: u64 = 29;

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
        let note = note(name, event, &shared.ids, shared.user, shared.organization);
        Ok(Some(Commit { changes: vec![note], ..Commit::default() }))
    }
}

/// Remembers what it was asked to do.
struct Outside(Arc<Shared>);

#[async_trait]
impl Effect for Outside {
    async fn run(&self, event: &Envelope, _key: &str) -> EffectOutcome {
        if let Err(error) = self.0.stumble() {
            return EffectOutcome::Retry { after: None, error: error.into() };
        }
        *self.0.effects.lock().unwrap().entry(event.position).or_default() += 1;
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

async fn dispatch(file: &File, shared: &Arc<Shared>) -> Dispatcher {
    let clock = Arc::new(SystemClock);
    let ledger = Arc::clone(&file.store);
    Dispatcher::start(ledger, subscriptions(shared), clock, Arc::new(|| 0.5)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guarantees_2_to_5_hold_under_failures_and_crashes() {
    let number =
        |name: &str, usual| std::env::var(name).map_or(usual, |text| text.parse().unwrap());
    let (count, seed) = (number("RISHI_SOAK_EVENTS", 4_000), number("RISHI_TEST_SEED", 7));
    // Panics are part of the trial; their traces are not worth a screen each.
    std::panic::set_hook(Box::new(|_| {}));
    let file = File::new().await;
    let shared = Arc::new(Shared {
        chance: Chance(AtomicU64::new(seed)),
        ids: Ids::new(Arc::new(SystemClock)),
        user: file.all.user().unwrap(),
        organization: file.house.id,
        effects: Mutex::default(),
    });

    let publishing = publish(&*file.store, &shared, count);
    let crashes = (count / 400).min(200);
    // The more there is to do, the longer the lives, so that crashes come all along the way.
    let longest = 40 + count / 500;
    let crashing = async {
        for _ in 0..crashes {
            let dispatcher = dispatch(&file, &shared).await;
            let life = Duration::from_millis(shared.chance.next() % longest);
            tokio::time::timeout(life, dispatcher.idle()).await.ok();
            drop(dispatcher); // a crash: whatever it was doing stops there
        }
    };
    futures::future::join(publishing, crashing).await;
    let last = dispatch(&file, &shared).await;
    let deadline = Duration::from_secs(60 + count / 500);
    let settled = async {
        while last.status().iter().any(|one| one.parked_keys > 0 || one.lag() > 0) {
            last.idle().await;
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(deadline, settled).await.expect("all is handled in time");
    last.shutdown(Duration::from_secs(10)).await;
    drop(std::panic::take_hook());

    let db = Connection::open(file.path("rishi.db")).unwrap();
    let published: u64 = db
        .query_row("SELECT count(*) FROM events WHERE type = 'TRIAL_HELD'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(published, count);
    for name in POLICIES {
        let (rows, events): (u64, u64) = db
            .query_row(
                "SELECT count(*), count(DISTINCT related_entity_id) FROM notifications WHERE kind = ?1",
                [name],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .unwrap();
        assert_eq!((rows, events), (count, count), "{name}, seed {seed}: each event exactly once");
        let disordered: u64 = db
            .query_row(
                "SELECT count(*) FROM (SELECT CAST(title AS INTEGER) AS position,
                    lag(CAST(title AS INTEGER)) OVER (PARTITION BY message ORDER BY id) AS before
                   FROM notifications WHERE kind = ?1) WHERE before > position",
                [name],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(disordered, 0, "{name}, seed {seed}: every key in order");
    }
    assert_eq!(
        shared.effects.lock().unwrap().len() as u64,
        count,
        "seed {seed}: no effect is missing"
    );
    let head = file.store.refresh_head().await.unwrap();
    let report = rishi_bus::verify(&*file.store, None, &mut |_| {}).await.unwrap();
    assert_eq!(report.head.position, head);
    println!("{count} events, {crashes} crashes, {head} positions verified, seed {seed}");
}
