//! What an operator sees and says.
//!
//! Seeing is the [`Desk`] trait, implemented by each engine. Saying is an [`Order`], which is data and
//! goes to the database as part of a commit, together with the event that records who said it. An
//! order that moves a cursor or changes rows (replay, swap, redrive, discard) raises the generation of
//! each subscription that it touches, the fence by which whoever works on older knowledge is refused
//! (see [`crate::Settlement`]). Pause and resume leave it: what is running may finish and be recorded.

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use crate::{Checkpoint, Envelope, LedgerError, ParkedState, Position};

/// Something an operator says about a subscription or its dead letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Take no more events until resumed.
    Pause {
        /// Which subscription.
        subscription: String,
    },
    /// Go on.
    Resume {
        /// Which subscription.
        subscription: String,
    },
    /// Handle again everything after a position. Rows of later positions are dropped: they are
    /// handled anew with the rest. A cursor only goes back: what it has not come to is not passed over.
    /// Refused for a position that retention removed or that does not exist yet.
    Replay {
        /// Which subscription.
        subscription: String,
        /// After which position.
        after: Position,
    },
    /// Exchange the cursors and rows of two subscriptions: what was beside now is in front.
    ///
    /// Refused unless both are paused (orders of the same commit count): the handlers are exchanged by
    /// the next start of the program, and until then neither may work on the other's events. Paused stays
    /// what was paused; both generations are raised.
    Swap {
        /// One.
        subscription: String,
        /// The other.
        with: String,
    },
    /// Remove a subscription for good, with its cursor and all its rows: what it has not handled it will
    /// never handle. Refused unless it is paused, so that nobody who still runs it is in the middle of it.
    ///
    /// Whether a program still has it, only that program knows, and has to ask before it gives the order: one
    /// that is registered again begins anew.
    Forget {
        /// Which subscription.
        subscription: String,
    },
    /// Try dead letters again, with fresh attempts, in the order of their keys.
    Redrive(LetterFilter),
    /// Give dead letters up, for a reason that is kept.
    Discard {
        /// Which.
        letters: LetterFilter,
        /// Why.
        reason: String,
    },
    /// Remove events up to and including a position; the chain stays verifiable from there on. Refused
    /// while a subscription has not handled them, or the program otherwise still needs one of them.
    Retain {
        /// The last position to go.
        through: Position,
    },
}

/// Which dead letters: those that meet all that is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LetterFilter {
    /// Of one subscription.
    pub subscription: Option<String>,
    /// Of one event.
    pub position: Option<Position>,
    /// With this text in the error.
    pub error: Option<String>,
}

/// An event that a subscription could not handle.
#[derive(Clone, Debug)]
pub struct DeadLetter {
    /// Which subscription.
    pub subscription: String,
    /// Which event.
    pub position: Position,
    /// The event itself, with its type, subject and organization.
    pub event: std::sync::Arc<Envelope>,
    /// What is ordered by: its followers wait or passed, as the subscription says.
    pub key: String,
    /// Whether it is dead, or why it is still here.
    pub state: ParkedState,
    /// How often it was tried.
    pub attempts: u32,
    /// What went wrong last, the whole chain of causes.
    pub error: String,
    /// When it was first set aside.
    pub since: Timestamp,
    /// When it was tried last.
    pub last: Timestamp,
    /// How many events wait behind it.
    pub followers: u64,
}

/// Dead letters that look alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterGroup {
    /// Which subscription.
    pub subscription: String,
    /// The error they share.
    pub error: String,
    /// How many.
    pub count: u64,
    /// The first of them.
    pub first: Position,
    /// When the newest of them died.
    pub last: Timestamp,
}

/// A subscription as the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its name.
    pub name: String,
    /// Every event up to here is done or has a row.
    pub cursor: Position,
    /// Whether an operator has paused it, and when.
    pub paused_since: Option<Timestamp>,
    /// How often an operator has intervened.
    pub generation: u64,
    /// Rows that wait for their key or their turn.
    pub waiting: u64,
    /// Rows to be retried.
    pub retrying: u64,
    /// Dead letters.
    pub dead: u64,
    /// Rows that were given up, with a reason.
    pub skipped: u64,
    /// When the oldest event that is not handled was made; nothing when all are.
    pub oldest_pending: Option<Timestamp>,
    /// What went wrong last of what is to be retried or dead now.
    pub last_error: Option<String>,
    /// When that was.
    pub last_error_at: Option<Timestamp>,
}

/// The operator's view of an engine.
#[async_trait]
pub trait Desk: Send + Sync + 'static {
    /// Every subscription that was ever registered, by name.
    async fn standings(&self) -> Result<Vec<Standing>, LedgerError>;

    /// Dead letters, oldest position first, and how many there are in all.
    async fn letters(
        &self,
        filter: &LetterFilter,
        limit: u32,
        offset: u64,
    ) -> Result<(Vec<DeadLetter>, u64), LedgerError>;

    /// Dead letters by subscription and error, the most numerous first.
    async fn letter_groups(&self, filter: &LetterFilter) -> Result<Vec<LetterGroup>, LedgerError>;

    /// One row that is owed or dead, whatever its state.
    async fn letter(
        &self,
        subscription: &str,
        position: Position,
    ) -> Result<Option<DeadLetter>, LedgerError>;

    /// An event by its id, whoever's it is.
    async fn event_by_id(&self, id: Uuid) -> Result<Option<std::sync::Arc<Envelope>>, LedgerError>;

    /// The last position at or before an instant; 0 when the log begins later.
    async fn position_at(&self, instant: Timestamp) -> Result<Position, LedgerError>;

    /// Where the chain begins: the last position that retention removed, with its hash.
    async fn anchor(&self) -> Result<Checkpoint, LedgerError>;

    /// At most `limit` events after a position with the hashes stored beside them, in order.
    async fn chain(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<(std::sync::Arc<Envelope>, [u8; 32])>, LedgerError>;

    /// The newest version of a subject's events that retention removed; 0 when none was.
    async fn retained_version(&self, kind: &str, id: Uuid) -> Result<u64, LedgerError>;

    /// Of a subscription, every row's position with its state, in order of position.
    async fn rows(&self, subscription: &str) -> Result<Vec<(Position, RowState)>, LedgerError>;

    /// How many rows a subscription has and how many it should have, as of one moment; nothing where the subscription
    /// is not there, or the engine keeps no such count.
    async fn tally(&self, _subscription: &str) -> Result<Option<Tally>, LedgerError> {
        Ok(None)
    }
}

/// The delivery rows of a subscription, counted twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Rows that are there.
    pub found: u64,
    /// Rows that should be, by a count that is kept in the transactions that make and remove them.
    pub recorded: u64,
}

/// The state of a delivery row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowState {
    /// Waits for its key or its turn.
    Waiting,
    /// To be retried.
    Retrying,
    /// Tried for the last time.
    Dead,
    /// Given up with a reason.
    Skipped,
}
