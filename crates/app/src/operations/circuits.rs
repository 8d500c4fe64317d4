//! Circuits before an operator: how each is, held open or closed by word, and every change told in the log.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rishi_domain::event::{
    CircuitClosed, CircuitForced, CircuitHalfOpened, CircuitMode, CircuitOpened, Fact, Unwritable,
};
use rishi_domain::permission::Capability;
pub use rishi_resilience::{CircuitState, Mode, Snapshot};
use rishi_resilience::{Transition, Watcher};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{may_read, may_write};
use crate::auth::{Caller, Principal};
use crate::commit::Answer;
use crate::events::{Cause, Place, subject};
use crate::{App, Commit, Error};

/// The circuit before the database.
pub const DATABASE: &str = "database";
const SOURCE: &str = "rishi/circuits";
/// How many changes wait to be told at most.
const MOST: usize = 1_000;
/// How many are told at once.
const TOGETHER: usize = 50;
/// How soon telling is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// A circuit as it is shown.
#[derive(Debug, Clone)]
pub struct CircuitView {
    /// How it is.
    pub now: Snapshot,
    /// When that was looked at.
    pub seen: Timestamp,
}

impl CircuitView {
    /// Whether it lets every call through.
    pub fn is_closed(&self) -> bool {
        self.now.state == CircuitState::Closed
    }

    /// Since when it is in this state.
    pub fn since(&self) -> Timestamp {
        self.before(self.now.since)
    }

    /// When a call will be let through, where none is now.
    pub fn retry_at(&self) -> Option<Timestamp> {
        let after = SignedDuration::try_from(self.now.retry_after?).ok()?;
        self.seen.checked_add(after).ok()
    }

    /// When a call last failed, and what it came to.
    pub fn last_failure(&self) -> Option<(Timestamp, &str)> {
        let (failure, age) = self.now.last_failure.as_ref()?;
        Some((self.before(*age), failure.reason.as_ref()))
    }

    fn before(&self, age: Duration) -> Timestamp {
        let age = SignedDuration::try_from(age).unwrap_or(SignedDuration::MAX);
        self.seen.saturating_sub(age).unwrap_or(Timestamp::MIN)
    }
}

impl App {
    /// The circuits by name, for a caller who may see the system.
    pub fn circuits(&self, principal: &Principal) -> Result<Vec<CircuitView>, Error> {
        may_read(principal)?;
        Ok(self.all_circuits())
    }

    /// The same for the platform itself.
    pub fn all_circuits(&self) -> Vec<CircuitView> {
        let seen = self.now();
        let view = |now| CircuitView { now, seen };
        self.circuits.snapshots().into_iter().map(view).collect()
    }

    /// Whether the caller may say who decides about a circuit, and how it is.
    pub fn holdable(&self, caller: &Caller, name: &str) -> Result<Snapshot, Error> {
        may_write(&caller.principal)?;
        let circuit = self.circuits.find(name).ok_or(Error::NotFound("circuit"))?;
        Ok(circuit.snapshot())
    }

    /// Says who decides about a circuit, told in the log under the caller's name. Saying what holds already changes
    /// nothing.
    ///
    /// What lets calls through is in force before the log is told, since it may be the log's own circuit; if the log
    /// cannot be told, all is as it was.
    pub async fn hold_circuit(
        &self,
        caller: &Caller,
        name: &str,
        mode: Mode,
        answer: Answer,
    ) -> Result<Answer, Error> {
        let before = self.holdable(caller, name)?.mode;
        let circuit = self.circuits.find(name).ok_or(Error::NotFound("circuit"))?;
        if before == mode {
            return Ok(answer);
        }
        let told = match mode {
            Mode::Auto => CircuitMode::Auto,
            Mode::HeldOpen => CircuitMode::Open,
            Mode::HeldClosed => CircuitMode::Closed,
        };
        let payload = CircuitForced { circuit: name.to_owned(), mode: told };
        let fact = Fact::with_metadata(&payload, &caller.whence)?;
        let place = Place { source: SOURCE, subject: subject::system(), organization: None };
        let events = self.tell(&place, &Cause::from(caller), self.now(), vec![fact]);
        let commit = Commit { events, ..Commit::default() };
        if mode != Mode::HeldOpen {
            circuit.hold(mode);
        }
        match self.finish(caller, Capability::ReadSystem, commit, answer, false).await {
            Ok(answer) => {
                circuit.hold(mode);
                Ok(answer)
            }
            Err(error) => {
                circuit.hold(before);
                Err(error)
            }
        }
    }
}

/// Changes of circuits that the log is to be told of.
///
/// Each is logged at once. The event comes when the log can be written, which it cannot while the database's own
/// circuit is open; when too many wait, the oldest is left out and counted.
#[derive(Debug, Default)]
pub struct Journal {
    waiting: Mutex<VecDeque<(Transition, Timestamp)>>,
    news: Notify,
    left_out: AtomicU64,
}

impl Journal {
    /// What notes the changes of an [`App`]'s circuits.
    pub fn watcher(self: &Arc<Self>, app: &App) -> Watcher {
        let (journal, clock) = (Arc::clone(self), Arc::clone(&app.clock));
        Arc::new(move |transition: &Transition| {
            let Transition { circuit, from, to, cause, failure, .. } = transition;
            let (from, to, failure) = (from.as_str(), to.as_str(), failure.as_deref());
            if transition.to == CircuitState::Open {
                tracing::warn!(%circuit, from, to, %cause, failure, "a circuit opened");
            } else {
                tracing::info!(%circuit, from, to, %cause, "a circuit changed");
            }
            journal.note(transition.clone(), clock.now());
        })
    }

    /// Changes that were left out since the start because too many waited.
    pub fn left_out(&self) -> u64 {
        self.left_out.load(Ordering::Relaxed)
    }

    fn note(&self, transition: Transition, now: Timestamp) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= MOST {
            waiting.pop_front();
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
        waiting.push_back((transition, now));
        drop(waiting);
        self.news.notify_one();
    }

    /// Tells the log, until `stop`; then once more what is left.
    pub async fn tell(&self, app: &App, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = self.news.notified() => {}
                () = stop.cancelled() => break,
            }
            while !self.write(app).await {
                let wait = tokio::time::sleep(AGAIN);
                if stop.run_until_cancelled(wait).await.is_none() {
                    break;
                }
            }
        }
        self.write(app).await;
    }

    /// Tells what waits; whether nothing is left.
    async fn write(&self, app: &App) -> bool {
        loop {
            let next: Vec<(Transition, Timestamp)> = {
                let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
                let count = waiting.len().min(TOGETHER);
                waiting.drain(..count).collect()
            };
            if next.is_empty() {
                return true;
            }
            if let Err(error) = app.tell_of_circuits(&next).await {
                tracing::debug!(%error, changes = next.len(), "the log cannot be told of circuits");
                let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
                next.into_iter().rev().for_each(|one| waiting.push_front(one));
                return false;
            }
        }
    }
}

impl App {
    async fn tell_of_circuits(&self, changes: &[(Transition, Timestamp)]) -> Result<(), Error> {
        let place = Place { source: SOURCE, subject: subject::system(), organization: None };
        let mut events = Vec::with_capacity(changes.len());
        for (transition, at) in changes {
            let at = rishi_domain::time::to_microsecond(*at);
            events.extend(self.tell(&place, &Cause::default(), at, vec![fact(transition)?]));
        }
        self.run(Commit { events, ..Commit::default() }).await
    }
}

/// The event that tells of a change.
fn fact(transition: &Transition) -> Result<Fact, Unwritable> {
    let circuit = transition.circuit.to_string();
    let cause = transition.cause.to_string();
    match transition.to {
        CircuitState::Open => {
            let failure = transition.failure.as_deref().map(str::to_owned);
            Fact::new(&CircuitOpened { circuit, cause, failure })
        }
        CircuitState::HalfOpen => Fact::new(&CircuitHalfOpened { circuit }),
        CircuitState::Closed => Fact::new(&CircuitClosed { circuit, cause }),
    }
}
