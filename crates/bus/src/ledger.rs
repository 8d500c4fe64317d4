//! What the bus needs of a database.

use std::{error::Error, sync::Arc};

use async_trait::async_trait;
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

    /// The durable cursor of the subscription, which is created at `start` if it does not exist.
    async fn register(&self, name: &str, start: Start) -> Result<Position, LedgerError>;

    /// Makes the whole settlement durable in ONE transaction: every commit in a savepoint of its own, the delivery rows
    /// and the cursor. Returns the commits that were refused, whose rows are retrying now. Settling the same outcomes
    /// (but commits) a second time changes nothing.
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
}

/// The database could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[error("the event ledger failed")]
pub struct LedgerError(#[source] Box<dyn Error + Send + Sync>);

impl LedgerError {
    /// Wraps the cause.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}
