//! What the dispatcher asks the database to remember.
//!
//! A delivery row exists per (subscription, event) only where something is still owed or was out of the ordinary:
//! waiting, retrying, dead, skipped. The happy path of a policy writes its commit and one cursor.

use jiff::Timestamp;
use uuid::Uuid;

use crate::Position;

/// A step of one subscription, to be made in one transaction or not at all.
#[derive(Debug)]
pub struct Settlement<C> {
    /// The subscription's name.
    pub subscription: String,
    /// The generation of the knowledge that it was made on; the ledger refuses it under any other.
    pub generation: u64,
    /// The token of the lease that it is made under (see [`crate::lease`]); 0 where there are none. The ledger refuses it
    /// unless that lease is live: [`LedgerError::fenced`](crate::LedgerError::fenced).
    pub fence: u64,
    /// The cursor on record as its maker knows it. When the ledger's is further, somebody else has settled since, and
    /// may have left rows that the maker knows nothing of: the ledger refuses it.
    pub rests_on: Position,
    /// The new cursor: every event up to it is done, unwanted, or has a row. `None` leaves it.
    pub cursor: Option<Position>,
    /// When, for the rows and the subscription's last activity.
    pub at: Timestamp,
    /// What became of single events, in the order in which commits are to be applied.
    pub deliveries: Vec<Settled<C>>,
}

/// What became of one event.
#[derive(Debug)]
pub struct Settled<C> {
    /// The event's position.
    pub position: Position,
    /// The event's id; nil when the event is no longer in the log.
    pub event_id: Uuid,
    /// The ordering key: `kind/uuid` of the subject, or the event's own id when nothing is ordered.
    pub key: String,
    /// Whether a row exists for it; otherwise the event is ahead of the cursor.
    pub was_parked: bool,
    /// What is to be recorded.
    pub outcome: Outcome<C>,
}

/// What is to be recorded of one event. "The row" is made when there is none.
#[derive(Debug)]
pub enum Outcome<C> {
    /// Handled: the row, if any, becomes done (or is removed).
    Done,
    /// Handled by this change. It is applied in a savepoint of its own; when the store refuses it (version conflict,
    /// guard), the savepoint is rolled back, the row becomes retrying as `or_else` says, with the refusal as its
    /// error, and the rest of the settlement goes on.
    Commit {
        /// The change.
        commit: C,
        /// What to record when it is refused.
        or_else: Failure,
    },
    /// Set aside: the row becomes waiting, with no attempts.
    Wait,
    /// Failed, to be tried again: the row becomes retrying.
    Failed(Failure),
    /// Failed for good: the row becomes a dead letter.
    Dead(Failure),
    /// Passed over: the row becomes skipped.
    Skipped {
        /// Why.
        reason: String,
    },
}

/// A failed attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Attempts so far that counted.
    pub attempts: u32,
    /// When to try again; for a dead letter, when it died.
    pub due: Timestamp,
    /// The error with all its sources.
    pub error: String,
}

/// A delivery that is still owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parked {
    /// The event's position.
    pub position: Position,
    /// The ordering key.
    pub key: String,
    /// What it waits for.
    pub state: ParkedState,
    /// Attempts so far that counted.
    pub attempts: u32,
    /// When it may run next; `None` is at once.
    pub due: Option<Timestamp>,
}

/// What a parked delivery waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParkedState {
    /// Its turn.
    Waiting,
    /// Its next attempt.
    Retrying,
    /// An operator.
    Dead,
}

/// A commit that the store refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The position of the event that it was decided for.
    pub position: Position,
    /// Why, with all sources.
    pub error: String,
}
