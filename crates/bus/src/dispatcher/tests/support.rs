//! What the dispatcher's tests share.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use futures::{FutureExt as _, future::BoxFuture};
use jiff::Timestamp;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::{
    Dispatcher, Effect, EffectOutcome, Envelope, HandlerError, NewEvent, Policy, Subject,
    Subscription, SubscriptionSpec,
    testing::{MemoryCommit, MemoryLedger, Row, RowState, TestClock},
};

pub(super) type Decision = Result<Option<MemoryCommit>, HandlerError>;

/// A policy made of a function.
pub(super) struct Decide<F>(pub(super) F);

#[async_trait]
impl<F: Fn(Envelope) -> BoxFuture<'static, Decision> + Send + Sync> Policy<MemoryCommit>
    for Decide<F>
{
    async fn decide(&self, event: &Envelope) -> Decision {
        (self.0)(event.clone()).await
    }
}

/// An effect made of a function of the event and its key.
pub(super) struct Run<F>(pub(super) F);

#[async_trait]
impl<F: Fn(Envelope, String) -> BoxFuture<'static, EffectOutcome> + Send + Sync> Effect for Run<F> {
    async fn run(&self, event: &Envelope, key: &str) -> EffectOutcome {
        (self.0)(event.clone(), key.to_owned()).await
    }
}

/// A policy that answers at once.
pub(super) fn policy(
    spec: SubscriptionSpec,
    decide: impl Fn(&Envelope) -> Decision + Send + Sync + 'static,
) -> Subscription<MemoryCommit> {
    Subscription::policy(
        spec,
        Decide(move |event: Envelope| std::future::ready(decide(&event)).boxed()),
    )
}

/// An effect that answers at once.
pub(super) fn effect(
    spec: SubscriptionSpec,
    run: impl Fn(&Envelope, &str) -> EffectOutcome + Send + Sync + 'static,
) -> Subscription<MemoryCommit> {
    Subscription::effect(
        spec,
        Run(move |event: Envelope, key: String| std::future::ready(run(&event, &key)).boxed()),
    )
}

pub(super) fn any(name: &'static str) -> SubscriptionSpec {
    SubscriptionSpec::new(name).on_any()
}

/// The commit that a well-behaved policy asks for.
#[expect(clippy::unnecessary_wraps, reason = "it has the shape of a decision")]
pub(super) fn commit(event: &Envelope) -> Decision {
    Ok(Some(MemoryCommit::labelled(label(event))))
}

/// `subject.version`, such as `2.1`.
pub(super) fn label(event: &Envelope) -> String {
    format!("{}.{}", event.subject.id().as_u128(), event.version)
}

pub(super) fn fail() -> Decision {
    Err(HandlerError::failed("out of tea"))
}

pub(super) fn event(subject: u128) -> NewEvent {
    typed("KETTLE_BOILED", subject)
}

pub(super) fn typed(event_type: &str, subject: u128) -> NewEvent {
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
    let id = Uuid::from_u64_pair(7, NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    let subject = Subject::new("kettle", Uuid::from_u128(subject));
    let data = RawValue::from_string("{}".to_owned()).unwrap();
    NewEvent::new(id, event_type, "kitchen", subject, Timestamp::UNIX_EPOCH, data)
}

/// A ledger and a clock, and what stands in them.
#[derive(Clone, Default)]
pub(super) struct World {
    pub(super) ledger: Arc<MemoryLedger>,
    pub(super) clock: Arc<TestClock>,
}

impl World {
    pub(super) async fn start(
        &self,
        subscriptions: impl Into<Vec<Subscription<MemoryCommit>>>,
    ) -> Dispatcher {
        self.try_start(subscriptions).await.unwrap()
    }

    pub(super) async fn try_start(
        &self,
        subscriptions: impl Into<Vec<Subscription<MemoryCommit>>>,
    ) -> Result<Dispatcher, crate::StartError> {
        let (ledger, clock) = (Arc::clone(&self.ledger), Arc::clone(&self.clock));
        Dispatcher::start(ledger, subscriptions.into(), clock, Arc::new(|| 1.0)).await
    }

    /// Publishes one event for each of these subjects.
    pub(super) fn publish(&self, subjects: impl IntoIterator<Item = u128>) {
        self.ledger.publish(subjects.into_iter().map(event)).unwrap();
    }

    pub(super) fn labels(&self) -> Vec<String> {
        self.ledger.applied().into_iter().map(|applied| applied.label).collect()
    }

    /// The labels of one subject.
    pub(super) fn labels_of(&self, subject: u128) -> Vec<String> {
        let prefix = format!("{subject}.");
        self.labels().into_iter().filter(|label| label.starts_with(&prefix)).collect()
    }

    pub(super) fn rows_in(&self, name: &str, state: RowState) -> Vec<Row> {
        self.ledger.rows(name).into_iter().filter(|row| row.state == state).collect()
    }
}

/// Counts by name; shared with handlers.
#[derive(Clone, Debug, Default)]
pub(super) struct Counts(Arc<Mutex<HashMap<String, u32>>>);

impl Counts {
    /// Counts one more and returns how many that makes.
    pub(super) fn add(&self, name: impl Into<String>) -> u32 {
        let mut counts = self.0.lock().unwrap();
        let count = counts.entry(name.into()).or_default();
        *count += 1;
        *count
    }

    pub(super) fn of(&self, name: &str) -> u32 {
        self.0.lock().unwrap().get(name).copied().unwrap_or_default()
    }

    pub(super) fn all(&self) -> HashMap<String, u32> {
        self.0.lock().unwrap().clone()
    }
}
