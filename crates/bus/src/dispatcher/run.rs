//! A worker's parked lane: heads of keys, each in a task of its own.

use std::sync::Arc;

use super::{
    attempt::{Attempt, Verdict, decide_within, run_within},
    lanes::{Passed, Started},
    patience::patiently,
    worker::{Shared, Stale, Worker},
};
use crate::{Handler, Ledger, Subscription, lease::Grant};

/// Attempts recorded in one transaction, more or less.
const BATCH: usize = 64;

impl<L: Ledger + ?Sized> Worker<L> {
    /// Starts heads of the parked lane that may run: as many as may run at once, while the gate lets them.
    pub(crate) fn start(&mut self) {
        self.lanes.wake(self.shared.clock.now());
        self.shut = None;
        // The lease may have run out while the machine stood still.
        if self.paused || !self.grant.is_live() {
            return;
        }
        while self.running.len() < self.subscription.spec.concurrency.max(1)
            && self.lanes.ready() > 0
        {
            self.shut = self.subscription.gate.as_ref().and_then(|gate| gate.closed());
            if self.shut.is_some() {
                break;
            }
            let Some(started) = self.lanes.start() else { break };
            let (shared, subscription) = (Arc::clone(&self.shared), Arc::clone(&self.subscription));
            let grant = self.grant.clone();
            self.running.spawn(async move { run(&shared, &subscription, &grant, started).await });
        }
    }

    /// What has come back from the handlers. As long as they answer at once more are started, so that many quick ones
    /// share a transaction.
    pub(crate) async fn gather(&mut self) -> Result<Vec<Attempt<L::Commit>>, Stale> {
        let mut done = std::mem::take(&mut self.done);
        let mut known = 0;
        loop {
            while let Some(joined) = self.running.try_join_next() {
                done.push(joined.map_err(|_| Stale::Unknown)?);
            }
            if done.len() == known || done.len() >= BATCH {
                break;
            }
            known = done.len();
            self.start();
            // Lets what was started run, if this thread is to run it.
            tokio::task::yield_now().await;
        }
        Ok(done)
    }

    /// Lets the next event of a key come forward.
    pub(crate) async fn pass(&mut self, key: &str) {
        if self.lanes.pass(key) == Passed::Ask {
            let (shared, name) = (&self.shared, &self.subscription.spec.name);
            let ask = || shared.ledger.next_parked(name, key);
            // Stopped without an answer: the next start reads the heads again.
            let next = patiently(&shared.stop, name, "next_parked", ask).await.flatten();
            self.lanes.refill(key, next.as_ref());
        }
    }
}

/// Runs one head of the parked lane.
async fn run<L: Ledger + ?Sized>(
    shared: &Shared<L>,
    subscription: &Subscription<L::Commit>,
    grant: &Grant,
    started: Started,
) -> Attempt<L::Commit> {
    let Started { key, item, conflicts } = started;
    let spec = &subscription.spec;
    let mut event = item.event;
    if event.is_none() {
        let ask = || shared.ledger.event(item.position);
        event = match patiently(&shared.kill, &spec.name, "event", ask).await {
            Some(event) => event,
            // Not known to be gone, only not read before the end. Whoever waits for this drops it.
            None => std::future::pending().await,
        };
    }
    if !grant.is_live() {
        // It is somebody else's to run, and whoever waits for this drops it.
        return std::future::pending().await;
    }
    let verdict = match (&event, &subscription.handler) {
        (None, _) => Verdict::Gone,
        (Some(event), Handler::Policy(policy)) => {
            decide_within(policy.as_ref(), event, spec.timeout).await
        }
        (Some(event), Handler::Effect(effect)) => {
            let stable = format!("{}:{}", spec.name, event.id);
            run_within(effect.as_ref(), event, &stable, spec.timeout).await
        }
    };
    Attempt {
        position: item.position,
        event,
        key,
        attempts: item.attempts,
        conflicts,
        parked: true,
        verdict,
    }
}
