//! The circuit that stands before the database.
//!
//! A read or commit asks first: while the database is known to be down it is refused at once, and nothing is
//! touched. What counts as the database's failure is said by each engine's error, see [`Telling`]: on SQLite an
//! I/O error, a damaged file, one that cannot be opened; on PostgreSQL a server that cannot be reached; on both
//! whatever takes longer than the circuit allows. What does not: a statement that breaks a rule, and what is told
//! at once and leaves reading alone (another process holds the file, the disk is full, the database is read-only). So
//! bookings can be read on a full disk, and writing goes on with the first commit for which there is room.

use std::sync::Arc;
use std::time::Duration;

use rishi_app::commit::{CommitError, Committed};
use rishi_bus::LedgerError;
use rishi_resilience::{Circuit, Mode, Permit};

/// What an engine's error says of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It works: what was asked was refused for a reason of its own.
    Works,
    /// Nothing, neither way.
    Nothing,
    /// It failed, in the engine's words.
    Failed(String),
}

/// An error that says something of the database.
pub(crate) trait Telling {
    /// What it says.
    fn verdict(&self) -> Verdict;
}

/// The circuit is open: nothing was tried. Worth asking again after so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the database's circuit is open")]
pub(crate) struct CircuitOpen(pub(crate) Duration);

impl From<CircuitOpen> for CommitError {
    fn from(CircuitOpen(retry_after): CircuitOpen) -> Self {
        Self::CircuitOpen { retry_after }
    }
}

impl From<CircuitOpen> for LedgerError {
    fn from(open: CircuitOpen) -> Self {
        Self::new(open)
    }
}

/// How long anything may take where no circuit says.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether a query must be answered although an operator holds the circuit open: who asks to close it
/// again must be recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// It can be refused.
    Usual,
    /// It is what recognises a caller.
    Vital,
}

/// Asks the circuit, if there is one.
#[derive(Clone)]
pub(crate) struct Guard(Option<Arc<Circuit>>);

/// Leave to make one call of the database.
pub(crate) struct Pass(Option<Permit>);

impl Guard {
    pub(crate) fn new(circuit: Option<Arc<Circuit>>) -> Self {
        Self(circuit)
    }

    pub(crate) fn admit(&self, weight: Weight) -> Result<Pass, CircuitOpen> {
        let Some(circuit) = &self.0 else { return Ok(Pass(None)) };
        match circuit.admit() {
            Ok(permit) => Ok(Pass(Some(permit))),
            Err(_) if weight == Weight::Vital && circuit.mode() == Mode::HeldOpen => Ok(Pass(None)),
            Err(refused) => Err(CircuitOpen(refused.retry_after)),
        }
    }

    /// How long anything may take.
    pub(crate) fn limit(&self) -> Duration {
        self.0.as_ref().map_or(PATIENCE, |circuit| circuit.timeout())
    }
}

impl Pass {
    /// What a query came to.
    pub(crate) fn read<T, E: Telling>(self, outcome: &Result<T, E>) {
        let Some(permit) = self.0 else { return };
        match outcome.as_ref().map_or_else(Telling::verdict, |_| Verdict::Works) {
            Verdict::Works => permit.succeeded(),
            Verdict::Nothing => drop(permit),
            Verdict::Failed(why) => permit.failed(&why),
        }
    }

    /// What a commit came to. Whatever was refused for a reason of its own was decided by a database that works.
    pub(crate) fn wrote(self, outcome: &Result<Committed, CommitError>) {
        let Some(permit) = self.0 else { return };
        match outcome {
            Err(CommitError::Unavailable(_)) => drop(permit),
            _ => permit.succeeded(),
        }
    }

    /// A step of the bus was taken, or refused in a way that the bus deals with itself.
    pub(crate) fn stepped(self, taken: bool) {
        if let Some(permit) = self.0.filter(|_| taken) {
            permit.succeeded();
        }
    }

    /// It took too long.
    pub(crate) fn timed_out(self, limit: Duration) {
        if let Some(permit) = self.0 {
            permit.failed(&format!("no answer within {} s", limit.as_secs_f64()));
        }
    }
}
