//! A worker's fast lane: from the log to outcomes.
//!
//! With a backlog, the next wave is read and decided while the ledger records the one before it. That changes nothing
//! of what a policy may rely on: of one key, an event is decided after everything before it is recorded.

use std::{collections::HashSet, sync::Arc};

use super::{
    attempt::{Attempt, Verdict},
    lanes::Lanes,
    patience::patiently,
    tail::Tail,
    wave::{decide_all, key_of},
    worker::{Shared, Stale, Worker},
};
use crate::{
    Envelope, Handler, Ledger, OrderingKey, Policy, Position, Subscription, SubscriptionSpec,
};

/// Events in a wave at most and at least; in between it follows what the policy can do in
/// the time of a wave.
pub(crate) const WAVE_MAX: usize = 512;
const WAVE_MIN: usize = 64;

/// A wave that is decided and not recorded yet.
pub(crate) struct Taken<C> {
    /// The position before its first event.
    after: Position,
    /// The position of its last event.
    through: Position,
    /// How many events to take next.
    next: usize,
    /// Events for which nothing was to be done.
    idle: u64,
    attempts: Vec<Attempt<C>>,
}

impl<L: Ledger + ?Sized> Worker<L> {
    /// Takes the next events of the log. False when there was nothing to take after all.
    pub(crate) async fn take(&mut self, head: Position) -> Result<bool, Stale> {
        let ahead = self.ahead.take().filter(|taken| taken.after == self.read);
        let taken = if ahead.is_some() {
            ahead
        } else {
            let place = (self.read, head, self.wave);
            read_on(&self.shared, &self.subscription, &self.lanes, place).await
        };
        let Some(Taken { after, through, next, idle, attempts }) = taken else { return Ok(false) };
        self.wave = next;
        // A small wave means that there is little to look ahead to.
        let ahead = (through - after >= WAVE_MIN as u64 && through < head).then_some(head);
        self.settle(Some(through), attempts, ahead).await?;
        if idle > 0 {
            self.board.handled(idle, self.shared.clock.now());
        }
        Ok(true)
    }
}

/// Reads the next events and decides what follows from them.
async fn read_on<L: Ledger + ?Sized>(
    shared: &Shared<L>,
    subscription: &Subscription<L::Commit>,
    lanes: &Lanes,
    (after, head, size): (Position, Position, usize),
) -> Option<Taken<L::Commit>> {
    let ask = || shared.tail.after(after, head, size);
    let events = patiently(&shared.stop, &subscription.spec.name, "read", ask).await?;
    match &subscription.handler {
        Handler::Policy(policy) if subscription.gate.is_none() => {
            decide(&subscription.spec, policy.as_ref(), lanes, size, &events).await
        }
        _ => {
            let attempts = set_aside(&subscription.spec, &events);
            let next = (size * 2).clamp(WAVE_MIN, WAVE_MAX);
            let through = events.last()?.position;
            Some(Taken { after, through, next, idle: 0, attempts })
        }
    }
}

/// An effect has no fast lane: before the outside world is touched, the intention is on record. Nor has a policy with a
/// gate, which is asked before every single run.
fn set_aside<C>(spec: &SubscriptionSpec, events: &[Arc<Envelope>]) -> Vec<Attempt<C>> {
    let wanted = events.iter().filter(|event| spec.wants(&event.event_type));
    let aside = wanted.map(|event| Attempt {
        position: event.position,
        event: Some(Arc::clone(event)),
        key: key_of(spec.key, event),
        attempts: 0,
        conflicts: 0,
        parked: false,
        verdict: Verdict::Wait,
    });
    aside.collect()
}

/// Decides a wave of so many events at most.
async fn decide<C>(
    spec: &SubscriptionSpec,
    policy: &dyn Policy<C>,
    lanes: &Lanes,
    size: usize,
    events: &[Arc<Envelope>],
) -> Option<Taken<C>> {
    let after = events.first()?.position - 1;
    let wave = decide_all(spec, policy, lanes, events).await;
    // What is not begun in time is looked at twice, so the next wave is about as long as this one could be.
    let next = if wave.len * 2 < events.len() { wave.len } else { size * 2 };
    let through = events.get(wave.len.checked_sub(1)?)?.position;
    let next = next.clamp(WAVE_MIN, WAVE_MAX);
    Some(Taken { after, through, next, idle: wave.idle, attempts: wave.attempts })
}

/// The wave after `after`, decided while the one before it is being recorded. Nothing when that cannot be, or is not
/// worth it: an event that shares its key with one `under_way` must see what comes of that, so the wave ends before it.
pub(crate) async fn look_ahead<L: Ledger + ?Sized>(
    tail: &Tail<L>,
    subscription: &Subscription<L::Commit>,
    lanes: &Lanes,
    (after, head, size): (Position, Position, usize),
    under_way: impl Iterator<Item = &Envelope>,
) -> Option<Taken<L::Commit>> {
    let spec = &subscription.spec;
    let Handler::Policy(policy) = &subscription.handler else { return None };
    if subscription.gate.is_some() {
        return None;
    }
    // A log that cannot be read is told of when the wave is taken in its turn.
    let events = tail.after(after, head, size).await.ok()?;
    let free = match spec.key {
        OrderingKey::None => events.len(),
        OrderingKey::Subject => {
            let subjects: HashSet<_> = under_way.map(|event| &event.subject).collect();
            let bound = events.iter().position(|event| subjects.contains(&event.subject));
            bound.unwrap_or(events.len())
        }
    };
    if free * 2 < events.len() {
        return None;
    }
    decide(spec, policy.as_ref(), lanes, size, &events[..free]).await
}
