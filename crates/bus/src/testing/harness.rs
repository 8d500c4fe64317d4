//! A bus to try policies and effects on.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{Applied, MemoryCommit, MemoryLedger, TestClock};
use crate::{
    Clock, DeadLetter, Desk, Dispatcher, Effect, EffectOutcome, Envelope, Handler, Ledger,
    LedgerError, LetterFilter, NewEvent, Position, StartError, Subject, Subscription,
    SubscriptionStatus,
};

/// Subscriptions on a ledger and a clock set by hand: publish, [`run`](Harness::run) until nothing is left to do,
/// [`advance`](Harness::advance) to the next retry or timer, and look.
///
/// On the ledger in memory it needs nothing else; [`Harness::on`] takes any other ledger, to try the same subscriptions
/// on a database.
///
/// ```
/// use std::{sync::Arc, time::Duration};
/// use rishi_bus::testing::{Harness, MemoryCommit};
/// use rishi_bus::{Effect, EffectOutcome, Envelope, HandlerError, Policy, Subscription, SubscriptionSpec};
///
/// struct MakeTea;
/// #[async_trait::async_trait]
/// impl Policy<MemoryCommit> for MakeTea {
///     async fn decide(&self, event: &Envelope) -> Result<Option<MemoryCommit>, HandlerError> {
///         if event.version == 2 {
///             return Err(HandlerError::failed("out of tea"));
///         }
///         Ok(Some(MemoryCommit::labelled("tea")))
///     }
/// }
///
/// struct Ring;
/// #[async_trait::async_trait]
/// impl Effect for Ring {
///     async fn run(&self, _: &Envelope, _: &str) -> EffectOutcome {
///         EffectOutcome::Done
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let tea = Subscription::policy(SubscriptionSpec::new("tea").on_any(), MakeTea);
/// let bell = Subscription::effect(SubscriptionSpec::new("bell").on_type("KETTLE_BOILED"), Ring);
/// let harness = Harness::start([tea, bell]).await;
///
/// harness.publish([harness.event("KETTLE_BOILED", 1), harness.event("KETTLE_BOILED", 1)]);
/// harness.run().await;
/// assert_eq!(harness.commits().len(), 1);
/// assert_eq!(harness.effects().iter().filter(|run| run.done).count(), 2);
///
/// // The second one fails until it is given up.
/// for _ in 0..6 {
///     harness.advance(Duration::from_secs(120)).await;
/// }
/// let letters = harness.dead_letters("tea").await;
/// assert_eq!((letters[0].position, letters[0].attempts), (2, 6));
/// assert_eq!(letters[0].error, "out of tea");
/// # }
/// ```
#[derive(Debug)]
pub struct Harness<L = MemoryLedger> {
    /// What it works on.
    pub ledger: Arc<L>,
    /// What time it is.
    pub clock: Arc<TestClock>,
    /// What works.
    pub dispatcher: Dispatcher,
    effects: Runs,
}

type Runs = Arc<Mutex<Vec<EffectRun>>>;

/// One run of an effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectRun {
    /// The key that it was handed: `subscription:eventId`.
    pub key: String,
    /// The event's position.
    pub position: Position,
    /// Whether it was done; otherwise it is repeated or given up.
    pub done: bool,
    /// What it answered, as `Debug` prints it.
    pub outcome: String,
}

impl Harness {
    /// Starts subscriptions on an empty ledger in memory.
    ///
    /// # Panics
    ///
    /// When two of them have one name.
    #[allow(clippy::expect_used, reason = "a test has no use for the error")]
    pub async fn start(subscriptions: impl Into<Vec<Subscription<MemoryCommit>>>) -> Self {
        let (ledger, clock) = (Arc::new(MemoryLedger::default()), Arc::new(TestClock::default()));
        Self::on(ledger, clock, subscriptions).await.expect("subscriptions of different names")
    }

    /// Publishes events; nothing happens before [`run`](Self::run).
    ///
    /// # Panics
    ///
    /// When one of them cannot enter the log.
    #[allow(clippy::expect_used, reason = "a test has no use for the error")]
    pub fn publish(&self, events: impl IntoIterator<Item = NewEvent>) {
        self.ledger.publish(events).expect("events that can enter the log");
    }

    /// The commits that policies made, in order.
    pub fn commits(&self) -> Vec<Applied> {
        self.ledger.applied()
    }
}

impl<L: Ledger> Harness<L> {
    /// Starts subscriptions on a ledger and a clock, which may have a past.
    pub async fn on(
        ledger: Arc<L>,
        clock: Arc<TestClock>,
        subscriptions: impl Into<Vec<Subscription<L::Commit>>>,
    ) -> Result<Self, StartError> {
        let effects = Runs::default();
        let mut subscriptions = subscriptions.into();
        for subscription in &mut subscriptions {
            if let Handler::Effect(effect) = &mut subscription.handler {
                *effect =
                    Arc::new(Watched { effect: Arc::clone(effect), runs: Arc::clone(&effects) });
            }
        }
        let jitter = Arc::new(|| 1.0);
        let dispatcher =
            Dispatcher::start(Arc::clone(&ledger), subscriptions, clock.clone(), jitter).await?;
        Ok(Self { ledger, clock, dispatcher, effects })
    }

    /// An event without data, of a type and about a subject, at the clock's present time.
    #[allow(clippy::expect_used, clippy::missing_panics_doc, reason = "it never panics")]
    pub fn event(&self, event_type: &str, subject: u128) -> NewEvent {
        static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
        let now = self.clock.now();
        let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
        let count = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let mut random = [0; 10];
        random[2..].copy_from_slice(&count.to_be_bytes());
        let id = uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
        let subject = Subject::new("thing", Uuid::from_u128(subject));
        NewEvent::new(
            id,
            event_type,
            "test",
            subject,
            now,
            RawValue::from_string("{}".to_owned()).expect("JSON"),
        )
    }

    /// Runs until nothing is left to do at the present time.
    pub async fn run(&self) {
        self.dispatcher.idle().await;
    }

    /// Sets the clock forwards and runs: retries and timers that are due by then happen.
    pub async fn advance(&self, by: Duration) {
        self.clock.advance(by);
        self.run().await;
    }

    /// The runs of effects, in order.
    pub fn effects(&self) -> Vec<EffectRun> {
        self.effects.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How the subscriptions are.
    pub fn status(&self) -> Vec<SubscriptionStatus> {
        self.dispatcher.status()
    }
}

impl<L: Ledger + Desk> Harness<L> {
    /// The dead letters of a subscription.
    ///
    /// # Panics
    ///
    /// When the ledger cannot tell.
    #[allow(clippy::expect_used, reason = "a test has no use for the error")]
    pub async fn dead_letters(&self, subscription: &str) -> Vec<DeadLetter> {
        let subscription = Some(subscription.to_owned());
        let filter = LetterFilter { subscription, ..LetterFilter::default() };
        self.try_letters(&filter).await.expect("a ledger that answers")
    }

    async fn try_letters(&self, filter: &LetterFilter) -> Result<Vec<DeadLetter>, LedgerError> {
        Ok(self.ledger.letters(filter, u32::MAX, 0).await?.0)
    }
}

/// An effect whose runs are written down.
struct Watched {
    effect: Arc<dyn Effect>,
    runs: Runs,
}

#[async_trait]
impl Effect for Watched {
    async fn run(&self, event: &Envelope, key: &str) -> EffectOutcome {
        let outcome = self.effect.run(event, key).await;
        self.runs.lock().unwrap_or_else(PoisonError::into_inner).push(EffectRun {
            key: key.to_owned(),
            position: event.position,
            done: matches!(outcome, EffectOutcome::Done),
            outcome: format!("{outcome:?}"),
        });
        outcome
    }
}
