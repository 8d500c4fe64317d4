//! Who wants which events, in what order, and what happens when handling fails.

use std::{borrow::Cow, sync::Arc, time::Duration};

use rishi_resilience::Backoff;

use crate::{Effect, Gate, Handler, Pattern, Policy, Position};

/// Where a subscription begins when it is registered for the first time. Afterwards its durable cursor counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With the first event committed after the registration.
    Now,
    /// With the first event of the log.
    Beginning,
    /// With the first event after this position.
    After(Position),
}

/// Which events wait for one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderingKey {
    /// Events of one subject are handled in their order; subjects do not wait for each other.
    Subject,
    /// No event waits for another.
    None,
}

/// What a dead letter means for later events of its key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnDead {
    /// They wait until an operator has decided.
    #[default]
    Block,
    /// They pass.
    Release,
}

/// How often and when a failed event is attempted again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryPolicy(pub Backoff);

impl RetryPolicy {
    /// For policies: 6 attempts within some two minutes. What they need is near, so it is soon back or not at all.
    pub const fn policy() -> Self {
        Self(Backoff {
            first: Duration::from_secs(1),
            factor: 3.0,
            max: Duration::from_mins(2),
            attempts: 6,
        })
    }

    /// For effects: 10 attempts within 75 hours, so that a receiver may be down over a weekend.
    pub const fn effect() -> Self {
        Self(Backoff {
            first: Duration::from_secs(30),
            factor: 3.5,
            max: Duration::from_hours(24),
            attempts: 10,
        })
    }
}

/// All that is to be said about a subscription but its handler. Made with [`SubscriptionSpec::new`] and the methods
/// that follow it.
#[derive(Clone, Debug)]
pub struct SubscriptionSpec {
    /// The stable name: its progress is kept under it, so a renamed subscription is another one.
    pub name: Cow<'static, str>,
    /// The types it wants; any match is enough, none means no event.
    pub patterns: Vec<Pattern>,
    /// Where it begins the first time.
    pub start: Start,
    /// Which of its events wait for one another.
    pub key: OrderingKey,
    /// How long one run may take before it is cancelled and counts as failed; 30 s unless set.
    pub timeout: Duration,
    /// How failures are retried; by default the preset of the kind of handler it is joined with.
    pub retry: Option<RetryPolicy>,
    /// What a dead letter means for its followers.
    pub on_dead: OnDead,
    /// How many handlers may run at once beside the fast lane; 16 unless set, at least 1.
    pub concurrency: usize,
}

impl SubscriptionSpec {
    /// A subscription that wants nothing yet: from the beginning, ordered by subject, 30 s, blocking on dead letters.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name: name.into(),
            patterns: Vec::new(),
            start: Start::Beginning,
            key: OrderingKey::Subject,
            timeout: Duration::from_secs(30),
            retry: None,
            on_dead: OnDead::Block,
            concurrency: 16,
        }
    }

    /// Wants these types too.
    #[must_use]
    pub fn on(mut self, patterns: impl IntoIterator<Item = Pattern>) -> Self {
        self.patterns.extend(patterns);
        self
    }

    /// Wants exactly this type too. Nothing matches a type that no event can have.
    #[must_use]
    pub fn on_type(self, event_type: impl Into<String>) -> Self {
        self.on([Pattern::Exact(event_type.into())])
    }

    /// Wants every type that starts with this prefix too.
    #[must_use]
    pub fn on_prefix(self, prefix: impl Into<String>) -> Self {
        self.on([Pattern::Prefix(prefix.into())])
    }

    /// Wants every event.
    #[must_use]
    pub fn on_any(self) -> Self {
        self.on([Pattern::Any])
    }

    /// Begins elsewhere.
    #[must_use]
    pub fn starting(mut self, start: Start) -> Self {
        self.start = start;
        self
    }

    /// Orders its events by another key.
    #[must_use]
    pub fn ordered_by(mut self, key: OrderingKey) -> Self {
        self.key = key;
        self
    }

    /// Cancels a run after another time.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Retries otherwise.
    #[must_use]
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = Some(retry);
        self
    }

    /// Treats followers of a dead letter otherwise.
    #[must_use]
    pub fn on_dead(mut self, on_dead: OnDead) -> Self {
        self.on_dead = on_dead;
        self
    }

    /// Runs another number of handlers at once.
    #[must_use]
    pub fn concurrency(mut self, concurrency: usize) -> Self {
        self.concurrency = concurrency;
        self
    }

    /// Whether it wants events of this type.
    pub fn wants(&self, event_type: &str) -> bool {
        self.patterns.iter().any(|pattern| pattern.matches(event_type))
    }
}

/// A subscription with its handler, ready to be dispatched to.
#[derive(Clone, Debug)]
pub struct Subscription<C> {
    /// What it wants and how.
    pub spec: SubscriptionSpec,
    /// What it does.
    pub handler: Handler<C>,
    /// What is asked before every run of the handler, if anything.
    pub gate: Option<Arc<dyn Gate>>,
}

impl<C> Subscription<C> {
    /// Joins a specification with a policy.
    pub fn policy(spec: SubscriptionSpec, policy: impl Policy<C> + 'static) -> Self {
        Self { spec, handler: Handler::Policy(Arc::new(policy)), gate: None }
    }

    /// Joins a specification with an effect.
    pub fn effect(spec: SubscriptionSpec, effect: impl Effect + 'static) -> Self {
        Self { spec, handler: Handler::Effect(Arc::new(effect)), gate: None }
    }

    /// Runs the handler only while this gate is open. A policy with a gate has no fast lane: each of its events is set
    /// aside first, since the gate is asked for every single one.
    #[must_use]
    pub fn behind(mut self, gate: impl Gate) -> Self {
        self.gate = Some(Arc::new(gate));
        self
    }

    /// How its failures are retried: as it says, or else by the preset of its kind.
    pub fn retry(&self) -> RetryPolicy {
        self.spec.retry.unwrap_or_else(|| match self.handler {
            Handler::Policy(_) => RetryPolicy::policy(),
            Handler::Effect(_) => RetryPolicy::effect(),
        })
    }
}

#[cfg(test)]
mod tests;
