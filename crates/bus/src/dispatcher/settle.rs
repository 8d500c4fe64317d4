//! Recording what became of events, and acting on it.

use std::{collections::HashMap, sync::Arc};

use futures::future;
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    attempt::{Attempt, Plan, Step},
    lanes::{Due, Item},
    patience::patiently,
    status::RecentError,
    take::look_ahead,
    worker::{Shared, Stale, Worker},
};
use crate::{
    Envelope, Failure, Ledger, LedgerError, OnDead, Outcome, Position, Refused, Settled,
    Settlement, causes::chain, lease::Grant,
};

/// Refusals in a row that are nobody's fault: somebody else changed what the decision rested on.
const USUAL: u32 = 3;

/// An attempt whose outcome is being recorded.
struct Pending {
    position: Position,
    event: Option<Arc<Envelope>>,
    key: String,
    parked: bool,
    step: Step,
    refused: Step,
    error: Option<String>,
    /// Attempts that counted before.
    before: u32,
}

impl<L: Ledger + ?Sized> Worker<L> {
    /// Records these attempts and the cursor in one transaction, and moves the lanes accordingly.
    ///
    /// A cursor without anything to record moves in memory only: what it stands for is cheap to find out again, and
    /// [`flush`](Self::flush) writes it.
    ///
    /// Meanwhile the wave after the cursor is decided when the log goes on to `ahead`.
    pub(crate) async fn settle(
        &mut self,
        cursor: Option<Position>,
        attempts: Vec<Attempt<L::Commit>>,
        ahead: Option<Position>,
    ) -> Result<(), Stale> {
        let now = self.shared.clock.now();
        let backoff = self.subscription.retry().0;
        let mut pending = Vec::with_capacity(attempts.len());
        let mut deliveries = Vec::with_capacity(attempts.len());
        for attempt in attempts {
            let Attempt { position, event, key, attempts, conflicts, parked, verdict } = attempt;
            let Plan { outcome, step, refused } =
                verdict.plan(attempts, conflicts, now, &backoff, (self.shared.jitter)());
            let error = match &outcome {
                Outcome::Failed(failure) | Outcome::Dead(failure) => Some(failure.error.clone()),
                _ => None,
            };
            let event_id = event.as_ref().map_or_else(Uuid::nil, |event| event.id);
            deliveries.push(Settled {
                position,
                event_id,
                key: key.clone(),
                was_parked: parked,
                outcome,
            });
            let before = attempts;
            pending.push(Pending { position, event, key, parked, step, refused, error, before });
        }
        if deliveries.is_empty() {
            self.read = cursor.unwrap_or(self.read);
            return Ok(());
        }
        // Progress held in memory goes along for nothing.
        let along = cursor.or_else(|| (self.stored < self.read).then_some(self.read));
        let (tail, subscription) = (&self.shared.tail, &self.subscription);
        let (lanes, size, under_way) = (&self.lanes, self.wave, &pending);
        let look = async move {
            let under_way = under_way.iter().filter_map(|one| one.event.as_deref());
            look_ahead(tail, subscription, lanes, (cursor?, ahead?, size), under_way).await
        };
        let (refused, ahead) = future::join(self.record(along, deliveries), look).await;
        let refused = refused?;
        self.ahead = ahead.or(self.ahead.take());
        self.read = cursor.unwrap_or(self.read);
        self.stored = self.read;
        let mut refused: HashMap<_, _> =
            refused.into_iter().map(|Refused { position, error }| (position, error)).collect();
        let mut dead = Vec::new();
        let mut handled = 0;
        for mut pending in pending {
            if let Some(error) = refused.remove(&pending.position) {
                pending.step = pending.refused;
                if let Step::Die { attempts } = pending.step {
                    let failure = Failure { attempts, due: now, error: error.clone() };
                    dead.push(Settled {
                        position: pending.position,
                        event_id: pending.event.as_ref().map_or_else(Uuid::nil, |event| event.id),
                        key: pending.key.clone(),
                        was_parked: true,
                        outcome: Outcome::Dead(failure),
                    });
                }
                pending.error = Some(error);
            }
            handled += u64::from(pending.step == Step::Pass);
            self.advance(pending, now).await;
        }
        if handled > 0 {
            self.board.handled(handled, now);
        }
        if !dead.is_empty() {
            // The store could only record them as retrying.
            self.record(None, dead).await?;
        }
        Ok(())
    }

    /// Writes progress that is held in memory only.
    pub(crate) async fn flush(&mut self) -> Result<(), Stale> {
        if self.stored < self.read {
            self.record(Some(self.read), Vec::new()).await?;
            self.stored = self.read;
        }
        Ok(())
    }

    /// Makes a settlement under the present generation.
    fn record(
        &self,
        cursor: Option<Position>,
        deliveries: Vec<Settled<L::Commit>>,
    ) -> impl Future<Output = Result<Vec<Refused>, Stale>> {
        let known = (self.generation, self.stored, &self.grant);
        record(&self.shared, &self.subscription.spec.name, known, cursor, deliveries)
    }

    /// Takes one event to where its recorded outcome puts it.
    async fn advance(&mut self, pending: Pending, now: Timestamp) {
        let Pending { position, event, key, parked, step, error, before, .. } = pending;
        if let Step::Retry { attempts, .. } | Step::Die { attempts } = step {
            let event_id = event.as_ref().map(|event| event.id).unwrap_or_default();
            let error = error.clone().unwrap_or_default();
            let failed = RecentError { event_id, position, error, at: now, attempts };
            self.board.failed(failed, attempts > before);
        }
        if let Some(error) = error {
            let subscription = self.subscription.spec.name.as_ref();
            if let Step::Retry { conflicts: 1..=USUAL, .. } = step {
                tracing::debug!(subscription, position, key, ?step, error, "decided again");
            } else {
                tracing::warn!(
                    subscription,
                    position,
                    key,
                    ?step,
                    error,
                    "an event was not handled"
                );
            }
        }
        let item = |attempts, event| Item { position, attempts, event };
        let release = self.subscription.spec.on_dead == OnDead::Release;
        let (attempts, conflicts, due) = match step {
            Step::Die { .. } | Step::Pass if !parked && (release || step == Step::Pass) => return,
            Step::Die { .. } if release => return self.pass(&key).await,
            Step::Pass => return self.pass(&key).await,
            Step::Wait => return self.lanes.park(key, item(0, event), Due::Now),
            Step::Retry { attempts, conflicts, due } if due <= now => {
                (attempts, conflicts, Due::Now)
            }
            Step::Retry { attempts, conflicts, due } => (attempts, conflicts, Due::At(due)),
            Step::Die { attempts } => (attempts, 0, Due::Never),
        };
        if !parked {
            self.lanes.park(key.clone(), item(attempts, None), Due::Never);
        }
        self.lanes.hold(&key, attempts, conflicts, due);
    }
}

/// Settles. A settlement without commits is repeated until it succeeds, since doing so twice changes nothing. One
/// with commits may have happened in spite of an error, so only the ledger knows where the subscription stands.
/// Neither is of any use after an operator has intervened.
async fn record<L: Ledger + ?Sized>(
    shared: &Shared<L>,
    name: &str,
    (generation, rests_on, grant): (u64, Position, &Grant),
    cursor: Option<Position>,
    deliveries: Vec<Settled<L::Commit>>,
) -> Result<Vec<Refused>, Stale> {
    let at = shared.clock.now();
    let settle = |deliveries| {
        let subscription = name.to_owned();
        shared.ledger.settle(Settlement {
            subscription,
            generation,
            fence: grant.token(),
            rests_on,
            cursor,
            at,
            deliveries,
        })
    };
    if deliveries.iter().any(|settled| matches!(settled.outcome, Outcome::Commit { .. })) {
        return settle(deliveries).await.map_err(|error| {
            if let Some(stale) = stale(&error, grant) {
                return stale;
            }
            tracing::warn!(
                subscription = name,
                error = chain(&error),
                "settling failed; starting over from the ledger"
            );
            Stale::Unknown
        });
    }
    let ask = move || {
        let answer = settle(deliveries.iter().filter_map(repeat).collect());
        async move {
            match answer.await {
                Err(error) => stale(&error, grant).map_or(Err(error), |stale| Ok(Err(stale))),
                Ok(refused) => Ok(Ok(refused)),
            }
        }
    };
    patiently(&shared.kill, name, "settle", ask).await.unwrap_or(Err(Stale::Unknown))
}

/// What a refused settlement means; nothing when it was not refused.
fn stale(error: &LedgerError, grant: &Grant) -> Option<Stale> {
    if error.is_fenced() {
        grant.forfeit();
        return Some(Stale::Lost);
    }
    error.is_superseded().then_some(Stale::Superseded)
}

/// The same delivery again; a commit cannot be repeated.
fn repeat<C>(settled: &Settled<C>) -> Option<Settled<C>> {
    let outcome = match &settled.outcome {
        Outcome::Commit { .. } => return None,
        Outcome::Done => Outcome::Done,
        Outcome::Wait => Outcome::Wait,
        Outcome::Failed(failure) => Outcome::Failed(failure.clone()),
        Outcome::Dead(failure) => Outcome::Dead(failure.clone()),
        Outcome::Skipped { reason } => Outcome::Skipped { reason: reason.clone() },
    };
    Some(Settled { key: settled.key.clone(), outcome, ..*settled })
}
