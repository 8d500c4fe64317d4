//! One run of a handler, and what the bus makes of it.
//!
//! Guarantee: whatever a handler does (fail, panic, take too long), the answer is a [`Verdict`], and every verdict leads
//! to a recorded [`Outcome`].

use std::{any::Any, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt as _;
use jiff::{SignedDuration, Timestamp};
use rishi_resilience::Backoff;

use crate::{
    Effect, EffectOutcome, Envelope, Failure, HandlerError, Outcome, Policy, Position,
    causes::chain,
};

/// Conflicts in a row that cost one attempt. Conflicts are cured by deciding again, so they are cheap; but a commit that
/// is refused for ever must die like any other failure.
const CONFLICTS: u32 = 8;

/// One event on its way through a subscription.
pub(crate) struct Attempt<C> {
    pub(crate) position: Position,
    /// `None` when it is no longer in the log.
    pub(crate) event: Option<Arc<Envelope>>,
    pub(crate) key: String,
    /// Attempts that counted before this one.
    pub(crate) attempts: u32,
    /// Conflicts in a row before this one.
    pub(crate) conflicts: u32,
    /// Whether it has a row.
    pub(crate) parked: bool,
    pub(crate) verdict: Verdict<C>,
}

/// What a run of a handler came to.
#[derive(Debug)]
pub(crate) enum Verdict<C> {
    Done,
    Commit(C),
    /// It was not run, or cancelled without blame.
    Wait,
    Conflict,
    /// What the handler needs is down, so it did nothing.
    NotTried(Option<Duration>),
    Failed {
        error: String,
        after: Option<Duration>,
    },
    Rejected(String),
    /// The event is no longer in the log.
    Gone,
}

/// Where an event stands once its outcome is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Pass,
    Wait,
    Retry { attempts: u32, conflicts: u32, due: Timestamp },
    Die { attempts: u32 },
}

/// A verdict turned into what to record and what to do then.
pub(crate) struct Plan<C> {
    pub(crate) outcome: Outcome<C>,
    pub(crate) step: Step,
    /// For a commit: what to do when the store refuses it.
    pub(crate) refused: Step,
}

/// Asks a policy. It never panics.
pub(crate) async fn decide<C>(policy: &dyn Policy<C>, event: &Envelope) -> Verdict<C> {
    match AssertUnwindSafe(async { policy.decide(event).await }).catch_unwind().await {
        Ok(Ok(None)) => Verdict::Done,
        Ok(Ok(Some(commit))) => Verdict::Commit(commit),
        Ok(Err(HandlerError::Conflict)) => Verdict::Conflict,
        Ok(Err(HandlerError::NotTried)) => Verdict::NotTried(None),
        Ok(Err(HandlerError::Failed(error))) => {
            Verdict::Failed { error: chain(error.as_ref()), after: None }
        }
        Err(panic) => Verdict::panicked(panic.as_ref()),
    }
}

/// Asks a policy, for no longer than `limit`.
pub(crate) async fn decide_within<C>(
    policy: &dyn Policy<C>,
    event: &Envelope,
    limit: Duration,
) -> Verdict<C> {
    tokio::time::timeout(limit, decide(policy, event))
        .await
        .unwrap_or_else(|_| Verdict::timed_out(limit))
}

/// Runs an effect, for no longer than `limit`. It never panics.
pub(crate) async fn run_within<C>(
    effect: &dyn Effect,
    event: &Envelope,
    key: &str,
    limit: Duration,
) -> Verdict<C> {
    // The timeout is inside, so that a handler that panics while it is cancelled is caught too.
    let run = async { tokio::time::timeout(limit, effect.run(event, key)).await };
    match AssertUnwindSafe(run).catch_unwind().await {
        Ok(Ok(EffectOutcome::Done)) => Verdict::Done,
        Ok(Ok(EffectOutcome::Retry { after, error })) => {
            Verdict::Failed { error: chain(error.as_ref()), after }
        }
        Ok(Ok(EffectOutcome::NotTried { after })) => Verdict::NotTried(after),
        Ok(Ok(EffectOutcome::Reject { reason })) => Verdict::Rejected(reason),
        Ok(Err(_)) => Verdict::timed_out(limit),
        Err(panic) => Verdict::panicked(panic.as_ref()),
    }
}

impl<C> Verdict<C> {
    fn timed_out(limit: Duration) -> Self {
        Self::Failed { error: format!("timed out after {limit:?}"), after: None }
    }

    fn panicked(panic: &(dyn Any + Send)) -> Self {
        let message = panic
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
            .unwrap_or("without a message");
        Self::Failed { error: format!("panicked: {message}"), after: None }
    }

    /// What to record and to do, for an event with so many attempts and conflicts before.
    pub(crate) fn plan(
        self,
        attempts: u32,
        conflicts: u32,
        now: Timestamp,
        backoff: &Backoff,
        jitter: f64,
    ) -> Plan<C> {
        let failed =
            |after: Option<Duration>| {
                let attempts = attempts.saturating_add(1);
                backoff.delay(attempts, jitter).map_or(Step::Die { attempts }, |delay| {
                    Step::Retry { attempts, conflicts: 0, due: later(now, after.unwrap_or(delay)) }
                })
            };
        let conflict = || match conflicts + 1 {
            CONFLICTS => failed(None),
            conflicts => Step::Retry { attempts, conflicts, due: now },
        };
        match self {
            Self::Done => Plan { outcome: Outcome::Done, step: Step::Pass, refused: Step::Pass },
            Self::Wait => Plan { outcome: Outcome::Wait, step: Step::Wait, refused: Step::Wait },
            Self::Gone => {
                let reason = "the event is no longer in the log".to_owned();
                Plan { outcome: Outcome::Skipped { reason }, step: Step::Pass, refused: Step::Pass }
            }
            Self::Commit(commit) => {
                let refused = conflict();
                let (attempts, due) = match refused {
                    Step::Retry { attempts, due, .. } => (attempts, due),
                    _ => (attempts, now),
                };
                let or_else = Failure { attempts, due, error: "the commit was refused".to_owned() };
                Plan { outcome: Outcome::Commit { commit, or_else }, step: Step::Pass, refused }
            }
            Self::NotTried(after) => {
                let due = later(now, after.unwrap_or(backoff.first));
                let step = Step::Retry { attempts, conflicts, due };
                Plan::failure(step, now, chain(&HandlerError::NotTried))
            }
            Self::Conflict => Plan::failure(conflict(), now, chain(&HandlerError::Conflict)),
            Self::Failed { error, after } => Plan::failure(failed(after), now, error),
            Self::Rejected(reason) => Plan::failure(
                Step::Die { attempts: attempts.saturating_add(1) },
                now,
                format!("rejected: {reason}"),
            ),
        }
    }
}

impl<C> Plan<C> {
    fn failure(step: Step, now: Timestamp, error: String) -> Self {
        let outcome = match step {
            Step::Retry { attempts, due, .. } => Outcome::Failed(Failure { attempts, due, error }),
            Step::Die { attempts } => Outcome::Dead(Failure { attempts, due: now, error }),
            Step::Pass => Outcome::Done,
            Step::Wait => Outcome::Wait,
        };
        Self { outcome, step, refused: step }
    }
}

fn later(now: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by)
        .ok()
        .and_then(|by| now.checked_add(by).ok())
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
