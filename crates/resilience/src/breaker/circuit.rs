//! A circuit that many callers share.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::circuits::Watcher;
use super::machine::{Changed, Ended, LastFailure, Machine, Ticket, Totals};
use super::window::Counts;
use super::{BreakerSettings, CircuitState, Mode, Refused, Transition};
use crate::Elapsed;

/// The longest reason of a failure that is kept, in bytes.
const REASON: usize = 300;

/// What stands between the process and one thing outside it.
pub struct Circuit {
    name: Arc<str>,
    machine: Mutex<Machine>,
    elapsed: Elapsed,
    watcher: Watcher,
}

/// How a circuit is. Times are by the clock of the circuits, ages by now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Its name.
    pub name: Arc<str>,
    /// What it does with calls.
    pub state: CircuitState,
    /// Who decides that.
    pub mode: Mode,
    /// How long it has been so.
    pub since: Duration,
    /// How long until a call would be let through, where none is now.
    pub retry_after: Option<Duration>,
    /// Failures since the last success.
    pub failures_in_a_row: u32,
    /// The calls of late.
    pub window: Counts,
    /// All calls since the beginning.
    pub totals: Totals,
    /// Calls on their way.
    pub running: u32,
    /// The newest failure, and its age.
    pub last_failure: Option<(LastFailure, Duration)>,
    /// When it opens.
    pub settings: BreakerSettings,
}

impl Circuit {
    pub(super) fn new(
        name: Arc<str>,
        settings: BreakerSettings,
        elapsed: Elapsed,
        watcher: Watcher,
    ) -> Self {
        let machine = Mutex::new(Machine::new(settings, elapsed()));
        Self { name, machine, elapsed, watcher }
    }

    /// What it stands before.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// How long a call may take.
    pub fn timeout(&self) -> Duration {
        self.lock().settings.timeout
    }

    /// Lets one call through, or says when to ask again. Say on the permit what became of the call; dropping it
    /// says that nothing was learnt.
    pub fn admit(self: &Arc<Self>) -> Result<Permit, Refused> {
        let now = (self.elapsed)();
        let mut machine = self.lock();
        let (admitted, changed) = machine.admit(now);
        self.tell(&machine, changed, now);
        let permit = |ticket| Permit { circuit: Arc::clone(self), ticket: Some(ticket) };
        admitted.map(permit)
    }

    /// How long until a call would be let through; nothing when one would be now. It takes no probe.
    pub fn wait(&self) -> Option<Duration> {
        let now = (self.elapsed)();
        self.lock().wait(now)
    }

    /// An operator's word: hold it open or closed, or let it decide again, which it begins closed and without a past.
    pub fn hold(&self, mode: Mode) {
        let now = (self.elapsed)();
        let mut machine = self.lock();
        let changed = machine.hold(mode, now);
        self.tell(&machine, changed, now);
    }

    /// Who decides.
    pub fn mode(&self) -> Mode {
        self.lock().mode
    }

    /// How it is.
    pub fn snapshot(&self) -> Snapshot {
        let now = (self.elapsed)();
        let mut machine = self.lock();
        let window = machine.counts(now);
        let aged = |failure: LastFailure| {
            let age = now.saturating_sub(failure.at);
            (failure, age)
        };
        Snapshot {
            name: Arc::clone(&self.name),
            state: machine.state(),
            mode: machine.mode,
            since: now.saturating_sub(machine.since),
            retry_after: machine.wait(now),
            failures_in_a_row: machine.streak,
            window,
            totals: machine.totals,
            running: machine.running,
            last_failure: machine.last_failure.clone().map(aged),
            settings: machine.settings,
        }
    }

    /// When it was last asked for a permit.
    pub(super) fn asked(&self) -> Duration {
        self.lock().asked
    }

    fn end(&self, ticket: Ticket, ended: Ended) {
        let now = (self.elapsed)();
        let mut machine = self.lock();
        let changed = machine.end(ticket, ended, now);
        self.tell(&machine, changed, now);
    }

    /// Tells of a change. The circuit is still locked, so that changes are told in their order.
    fn tell(&self, machine: &Machine, changed: Option<Changed>, at: Duration) {
        let Some(Changed { from, to, cause }) = changed else { return };
        let failure = machine.last_failure.as_ref().map(|last| Arc::clone(&last.reason));
        let failure =
            failure.filter(|_| to == CircuitState::Open && cause != super::Cause::Operator);
        let circuit = Arc::clone(&self.name);
        (self.watcher)(&Transition { circuit, from, to, cause, failure, at });
    }

    fn lock(&self) -> MutexGuard<'_, Machine> {
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Circuit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Circuit").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Leave to make one call.
#[derive(Debug)]
#[must_use = "say what became of the call; dropped at once it says that nothing was learnt"]
pub struct Permit {
    circuit: Arc<Circuit>,
    ticket: Option<Ticket>,
}

impl Permit {
    /// Whose leave it is.
    pub(super) fn circuit(&self) -> &Circuit {
        &self.circuit
    }

    /// The dependency did what it was asked, or told that it was asked wrongly.
    pub fn succeeded(mut self) {
        self.end(Ended::Succeeded);
    }

    /// The dependency failed: it could not be reached, took too long, or failed at its work. `reason` is shown to
    /// operators: no secrets, no payloads.
    pub fn failed(mut self, reason: &str) {
        let end = reason.floor_char_boundary(REASON);
        self.end(Ended::Failed(Arc::from(&reason[..end])));
    }

    fn end(&mut self, ended: Ended) {
        if let Some(ticket) = self.ticket.take() {
            self.circuit.end(ticket, ended);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.end(Ended::Uncounted);
    }
}
