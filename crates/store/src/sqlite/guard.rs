//! The circuit that stands before the database.
//!
//! A read or commit asks first: while the database is known to be down it is refused at once, and the file is not
//! touched. What counts as the database's failure: an I/O error, a damaged file, one that cannot be opened, and whatever
//! takes longer than the circuit allows. What does not: a statement that breaks a rule, and what is told at once
//! and leaves reading alone (another process holds the file, the disk is full, the file is read-only). So
//! bookings can be read on a full disk, and writing goes on with the first commit for which there is room.

use std::sync::Arc;
use std::time::Duration;

use rishi_app::commit::{CommitError, Committed};
use rishi_resilience::{Circuit, Mode, Permit};

use super::error::StoreError;

/// How long anything may take where no circuit says.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether a query must be answered although an operator holds the circuit open: who asks to close it
/// again must be recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// It can be refused.
    Usual,
    /// It is what recognises a caller.
    Vital,
}

/// Asks the circuit, if there is one.
#[derive(Clone)]
pub(super) struct Guard(Option<Arc<Circuit>>);

/// Leave to make one call of the database.
pub(super) struct Pass(Option<Permit>);

impl Guard {
    pub(super) fn new(circuit: Option<Arc<Circuit>>) -> Self {
        Self(circuit)
    }

    pub(super) fn admit(&self, weight: Weight) -> Result<Pass, StoreError> {
        let Some(circuit) = &self.0 else { return Ok(Pass(None)) };
        match circuit.admit() {
            Ok(permit) => Ok(Pass(Some(permit))),
            Err(_) if weight == Weight::Vital && circuit.mode() == Mode::HeldOpen => Ok(Pass(None)),
            Err(refused) => Err(StoreError::CircuitOpen(refused.retry_after)),
        }
    }

    /// How long anything may take.
    pub(super) fn limit(&self) -> Duration {
        self.0.as_ref().map_or(PATIENCE, |circuit| circuit.timeout())
    }
}

impl Pass {
    /// What a query came to.
    pub(super) fn read<T>(self, outcome: &Result<T, StoreError>) {
        let Some(permit) = self.0 else { return };
        match outcome {
            Err(error) if error.passing().is_some() => drop(permit),
            Err(error) if !error.is_local() => permit.failed(&reason(error)),
            _ => permit.succeeded(),
        }
    }

    /// What a commit came to. Whatever was refused for a reason of its own was decided by a database that works.
    pub(super) fn wrote(self, outcome: &Result<Committed, CommitError>) {
        let Some(permit) = self.0 else { return };
        match outcome {
            Err(CommitError::Unavailable(_)) => drop(permit),
            _ => permit.succeeded(),
        }
    }

    /// A step of the bus was taken, or refused in a way that the bus deals with itself.
    pub(super) fn stepped(self, taken: bool) {
        if let Some(permit) = self.0.filter(|_| taken) {
            permit.succeeded();
        }
    }

    /// It took too long.
    pub(super) fn timed_out(self, limit: Duration) {
        if let Some(permit) = self.0 {
            permit.failed(&format!("no answer within {} s", limit.as_secs_f64()));
        }
    }
}

/// The words of the engine, without the statement.
fn reason(error: &StoreError) -> String {
    match error {
        StoreError::Sqlite(rusqlite::Error::SqliteFailure(failure, _)) => failure.to_string(),
        other => other.to_string(),
    }
}
