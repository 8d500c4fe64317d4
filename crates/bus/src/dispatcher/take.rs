//! A worker's fast lane: from the log to outcomes.

use std::sync::Arc;

use super::{
    attempt::{Attempt, Verdict},
    patience::patiently,
    wave::{decide_all, key_of},
    worker::{Stale, Worker},
};
use crate::{Envelope, Handler, Ledger, Position};

/// Events in a wave at most and at least; in between it follows what the policy can do in
/// the time of a wave.
pub(crate) const WAVE_MAX: usize = 512;
const WAVE_MIN: usize = 64;

impl<L: Ledger> Worker<L> {
    /// Takes the next events of the log. False when there was nothing to take after all.
    pub(crate) async fn take(&mut self, head: Position) -> Result<bool, Stale> {
        let shared = Arc::clone(&self.shared);
        let subscription = Arc::clone(&self.subscription);
        let (read, size) = (self.read, self.wave);
        let ask = || shared.tail.after(read, head, size);
        let Some(events) = patiently(&shared.stop, &subscription.spec.name, "read", ask).await
        else {
            return Ok(false);
        };
        let (len, idle, attempts) = match &subscription.handler {
            Handler::Policy(policy) if subscription.gate.is_none() => {
                let wave =
                    decide_all(&subscription.spec, policy.as_ref(), &self.lanes, &events).await;
                (wave.len, wave.idle, wave.attempts)
            }
            _ => (events.len(), 0, self.set_aside(&events)),
        };
        // What is not begun in time is looked at twice, so the next wave is about as long as this one could be.
        self.wave =
            if len * 2 < events.len() { len } else { self.wave * 2 }.clamp(WAVE_MIN, WAVE_MAX);
        let Some(last) = len.checked_sub(1).and_then(|last| events.get(last)) else {
            return Ok(false);
        };
        self.settle(Some(last.position), attempts).await?;
        if idle > 0 {
            self.board.handled(idle, shared.clock.now());
        }
        Ok(true)
    }

    /// An effect has no fast lane: before the outside world is touched, the intention is on record. Nor has a policy
    /// with a gate, which is asked before every single run.
    fn set_aside(&self, events: &[Arc<Envelope>]) -> Vec<Attempt<L::Commit>> {
        let spec = &self.subscription.spec;
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
}
