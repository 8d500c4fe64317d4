//! What the failure of an engine means to whoever asked.

use std::error::Error;
use std::time::Duration;

use rishi_app::commit::CommitError;
use rishi_app::store::QueryError;

/// A failure that may have a reason that passes.
pub(crate) trait Refusal: Error + Send + Sync + Sized + 'static {
    /// After how long it is worth asking again, where the circuit is open and nothing was tried.
    fn retry_after(&self) -> Option<Duration>;

    /// Why the database cannot be used now though it may be later.
    fn passing(&self) -> Option<&'static str>;

    /// To whoever wants to know something.
    fn of_query(self) -> QueryError {
        match (self.retry_after(), self.passing()) {
            (Some(retry_after), _) => QueryError::CircuitOpen { retry_after },
            (None, Some(why)) => QueryError::Unavailable(why.to_owned()),
            (None, None) => QueryError::Storage(Box::new(self)),
        }
    }

    /// To whoever wants to change something.
    fn of_commit(self) -> CommitError {
        match (self.retry_after(), self.passing()) {
            (Some(retry_after), _) => CommitError::CircuitOpen { retry_after },
            (None, Some(why)) => CommitError::Unavailable(why.to_owned()),
            (None, None) => CommitError::Storage(Box::new(self)),
        }
    }
}
