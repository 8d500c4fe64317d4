//! What the bus needs of a database.

use std::{error::Error, fmt, sync::Arc};

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::watch;

use crate::{Envelope, Parked, Position, Refused, Settlement, Start};

/// The log and the progress of every subscription.
///
/// An error of any method means "not now": the dispatcher tries again. An error of [`settle`](Ledger::settle) may leave
/// open whether the transaction happened, but never a transaction still under way: after it, reads see the one or the
/// other. A dropped future of `settle` is the same as a crash: the transaction happens whole or not at all.
#[async_trait]
pub trait Ledger: Send + Sync + 'static {
    /// A change that policies may ask for.
    type Commit: Send + 'static;

    /// The next events after a position in position order, without a gap, at most `limit`. Fewer only at the end.
    async fn read(&self, after: Position, limit: usize) -> Result<Vec<Arc<Envelope>>, LedgerError>;

    /// The newest committed position as far as this process knows, updated after each of its commits.
    fn head(&self) -> watch::Receiver<Position>;

    /// Reads the newest position from the database, where another process may have written, and updates
    /// [`head`](Ledger::head). The dispatcher calls it every second.
    async fn refresh_head(&self) -> Result<Position, LedgerError>;

    /// The durable cursor of the subscription, which is created at `start` if it does not exist. The beginning is the
    /// first event that retention has left.
    async fn register(&self, name: &str, start: Start) -> Result<Position, LedgerError>;

    /// The same with what operators have said: the dispatcher starts from it, and from it again after each intervention.
    async fn registration(&self, name: &str, start: Start) -> Result<Registration, LedgerError>;

    /// Makes the whole settlement durable in ONE transaction: every commit in a savepoint of its own, the delivery rows
    /// and the cursor. Returns the commits that were refused, whose rows are retrying now. Settling the same outcomes
    /// (but commits) a second time changes nothing.
    ///
    /// Under another generation than the stored one nothing is written: [`LedgerError::superseded`]. Nor is under a lease
    /// that is not live: [`LedgerError::fenced`].
    async fn settle(
        &self,
        settlement: Settlement<Self::Commit>,
    ) -> Result<Vec<Refused>, LedgerError>;

    /// Per key the first row, in position order, that is waiting, retrying or dead. Read when the dispatcher starts.
    async fn parked_heads(&self, name: &str) -> Result<Vec<Parked>, LedgerError>;

    /// The first row of this key, in position order, that is waiting or retrying; dead ones are passed over.
    async fn next_parked(&self, name: &str, key: &str) -> Result<Option<Parked>, LedgerError>;

    /// The event at a position, or `None` when the log does not hold it.
    async fn event(&self, position: Position) -> Result<Option<Arc<Envelope>>, LedgerError>;

    /// What operators have said of every registered subscription, by name. Asked every second, and whenever
    /// [`control_changes`](Ledger::control_changes) moves.
    async fn controls(&self) -> Result<Vec<Control>, LedgerError>;

    /// Raised in this process after an [`Order`](crate::Order) was committed.
    fn control_changes(&self) -> watch::Receiver<u64>;

    /// When the earliest timer is due.
    async fn next_timer(&self) -> Result<Option<Timestamp>, LedgerError>;

    /// Deletes the timers due at or before `now`, earliest first and at most `limit`, and appends their events with the
    /// timestamp `now`, in ONE transaction. Returns how many.
    async fn fire_timers(&self, now: Timestamp, limit: usize) -> Result<usize, LedgerError>;

    /// Raised in this process after a timer was set.
    fn timer_changes(&self) -> watch::Receiver<u64>;

    /// Applies the commits one after the other, each in a savepoint of its own, in a transaction that is rolled back as
    /// a whole. Returns of each whether it would be made, or why it would be refused.
    async fn rehearse(
        &self,
        commits: Vec<Self::Commit>,
    ) -> Result<Vec<Result<(), String>>, LedgerError>;
}

/// Where a subscription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Every event up to here is done or has a row.
    pub cursor: Position,
    /// Whether an operator has paused it.
    pub paused: bool,
    /// How often an operator has changed its cursor or its rows; what works on older knowledge is refused.
    pub generation: u64,
}

/// What operators have said of a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    /// Its name.
    pub name: String,
    /// Whether it is paused.
    pub paused: bool,
    /// How often its cursor or rows were changed; see [`Registration::generation`].
    pub generation: u64,
}

/// The database could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct LedgerError {
    kind: Kind,
    #[source]
    cause: Option<Box<dyn Error + Send + Sync>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Failed,
    Superseded,
    Fenced,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Failed => "the event ledger failed",
            Self::Superseded => {
                "an operator has intervened: the settlement is of an older generation"
            }
            Self::Fenced => "the lease has run out, or another node has it",
        })
    }
}

impl LedgerError {
    /// Wraps the cause.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: Kind::Failed, cause: Some(cause.into()) }
    }

    /// A settlement made on older knowledge than what is stored, by its generation or its cursor; nothing of it was
    /// written.
    pub const fn superseded() -> Self {
        Self { kind: Kind::Superseded, cause: None }
    }

    /// A settlement under a lease that has run out or that somebody else has; nothing of it was written.
    pub const fn fenced() -> Self {
        Self { kind: Kind::Fenced, cause: None }
    }

    /// Whether it was [`fenced`](Self::fenced): nothing more can be settled under that lease.
    pub fn is_fenced(&self) -> bool {
        self.kind == Kind::Fenced
    }

    /// Whether it was [`superseded`](Self::superseded): trying again is pointless, reading again is not.
    pub fn is_superseded(&self) -> bool {
        self.kind == Kind::Superseded
    }
}
