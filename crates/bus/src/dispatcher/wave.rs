//! The fast lane: many events decided at once.
//!
//! A wave is a stretch of the log right after the cursor. Keys are decided beside each other, events of one key after
//! each other. While a policy answers "nothing to do", no state has changed and its key goes on. Once a key has a
//! commit, its next event must see that commit. Late in the wave, or in a small one, the wave ends there ("the cut") and
//! decisions behind the cut are thrown away: policies only read. Early in a large one that would mean a transaction for
//! every few events, so the key's later events are set aside instead and run from the parked lane.
//!
//! What is not decided when the soft deadline passes is cancelled and set aside too, to be run with its full timeout, so
//! one slow decision cannot hold the others up.
//!
//! Guarantee: the verdicts cover `events[..len]` without a gap, so the cursor may move past all of them at once.

use std::{
    collections::{HashMap, VecDeque},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use futures::{StreamExt as _, poll, stream::FuturesUnordered};

use super::{
    attempt::{Attempt, Verdict, decide},
    lanes::Lanes,
};
use crate::{Envelope, OrderingKey, Policy, SubscriptionSpec};

/// How long a wave may take before what is still running is set aside.
const SOFT_DEADLINE: Duration = Duration::from_millis(250);
/// Decisions that may be waiting for something at once.
const IN_FLIGHT: usize = 32;
/// Decisions begun between two looks at the deadline.
const STRIDE: usize = 64;

/// Waves up to this many events are cut rather than leave rows: it is a quiet hour, a transaction more costs nothing.
const SMALL: usize = 16;

/// What came of a wave.
pub(crate) struct Wave<C> {
    /// How many events it covers; at least one.
    pub(crate) len: usize,
    /// Events for which nothing was to be done.
    pub(crate) idle: u64,
    /// The others that the subscription wants, in position order.
    pub(crate) attempts: Vec<Attempt<C>>,
}

/// What is known of an event of the wave.
enum Slot<C> {
    Unwanted,
    /// Its key has rows; it waits behind them.
    Behind,
    Open,
    Running,
    Decided(Verdict<C>),
}

/// The ordering key of an event, as kept in the rows.
pub(crate) fn key_of(order: OrderingKey, event: &Envelope) -> String {
    match order {
        OrderingKey::Subject => event.subject.to_string(),
        OrderingKey::None => event.id.to_string(),
    }
}

/// Decides a stretch of events, which must not be empty.
pub(crate) async fn decide_all<C>(
    spec: &SubscriptionSpec,
    policy: &dyn Policy<C>,
    lanes: &Lanes,
    events: &[Arc<Envelope>],
) -> Wave<C> {
    let mut wave = Deciding::new(spec, lanes, events);
    wave.run(policy, events, spec.timeout.min(SOFT_DEADLINE)).await;
    wave.finish(spec, events)
}

struct Deciding<C> {
    slots: Vec<Slot<C>>,
    /// The next event of the same key, if the wave has one.
    next: Vec<Option<usize>>,
    /// Events whose turn it is.
    queue: VecDeque<usize>,
    /// The wave ends before this event.
    cut: usize,
}

impl<C> Deciding<C> {
    fn new(spec: &SubscriptionSpec, lanes: &Lanes, events: &[Arc<Envelope>]) -> Self {
        let mut slots = Vec::with_capacity(events.len());
        let mut next = vec![None; events.len()];
        let mut queue = VecDeque::with_capacity(events.len());
        let mut last = HashMap::new();
        for (index, event) in events.iter().enumerate() {
            slots.push(if !spec.wants(&event.event_type) {
                Slot::Unwanted
            } else if lanes.len() > 0 && lanes.contains(&key_of(spec.key, event)) {
                Slot::Behind
            } else {
                let before = match spec.key {
                    OrderingKey::Subject => last.insert(&event.subject, index),
                    OrderingKey::None => None,
                };
                match before {
                    Some(before) => next[before] = Some(index),
                    None => queue.push_back(index),
                }
                Slot::Open
            });
        }
        Self { slots, next, queue, cut: events.len() }
    }

    async fn run(&mut self, policy: &dyn Policy<C>, events: &[Arc<Envelope>], limit: Duration) {
        let mut deadline = pin!(tokio::time::sleep(limit));
        let mut flight = FuturesUnordered::new();
        loop {
            let mut begun = 0;
            while flight.len() < IN_FLIGHT && begun < STRIDE {
                let Some(index) = self.queue.pop_front() else { break };
                if index >= self.cut {
                    continue;
                }
                begun += 1;
                let mut decision = Box::pin(decide(policy, &events[index]));
                // Most policies answer without waiting; those need no place among the waiting ones.
                if let std::task::Poll::Ready(verdict) = poll!(&mut decision) {
                    self.decided(index, verdict);
                } else {
                    self.slots[index] = Slot::Running;
                    flight.push(async move { (index, decision.await) });
                }
            }
            if (flight.is_empty() && self.queue.is_empty()) || poll!(&mut deadline).is_ready() {
                return;
            }
            if !self.queue.is_empty() && flight.len() < IN_FLIGHT {
                continue;
            }
            tokio::select! {
                () = &mut deadline => return,
                Some((index, verdict)) = flight.next() => self.decided(index, verdict),
            }
        }
    }

    fn decided(&mut self, index: usize, verdict: Verdict<C>) {
        if let Some(next) = self.next[index] {
            match verdict {
                Verdict::Done => self.queue.push_front(next),
                Verdict::Commit(_) if self.slots.len() <= SMALL || next >= self.slots.len() / 2 => {
                    self.cut = self.cut.min(next);
                }
                // Its commit or its row will stand before them.
                _ => self.set_behind(index),
            }
        }
        self.slots[index] = Slot::Decided(verdict);
    }

    fn set_behind(&mut self, mut index: usize) {
        while let Some(next) = self.next[index] {
            self.slots[next] = Slot::Behind;
            index = next;
        }
    }

    fn finish(mut self, spec: &SubscriptionSpec, events: &[Arc<Envelope>]) -> Wave<C> {
        for index in 0..self.slots.len() {
            if matches!(self.slots[index], Slot::Running) {
                self.set_behind(index);
            }
        }
        // Time ran out before these were begun: they are left to the next wave.
        let open = self
            .slots
            .iter()
            .position(|slot| matches!(slot, Slot::Open))
            .unwrap_or(self.slots.len());
        let len = self.cut.min(open);
        let mut wave = Wave { len, idle: 0, attempts: Vec::new() };
        for (slot, event) in self.slots.into_iter().zip(events).take(len) {
            let verdict = match slot {
                Slot::Unwanted | Slot::Open => continue,
                Slot::Decided(Verdict::Done) => {
                    wave.idle += 1;
                    continue;
                }
                Slot::Behind | Slot::Running => Verdict::Wait,
                Slot::Decided(verdict) => verdict,
            };
            wave.attempts.push(Attempt {
                position: event.position,
                event: Some(Arc::clone(event)),
                key: key_of(spec.key, event),
                attempts: 0,
                conflicts: 0,
                parked: false,
                verdict,
            });
        }
        wave
    }
}
