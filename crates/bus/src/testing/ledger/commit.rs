//! What goes into the ledger in memory, and what can be seen of it.

use jiff::Timestamp;
use uuid::Uuid;

use crate::{NewEvent, Order, Position, Subject, TimerChange};

/// A change that this ledger can make, under a label to recognise it by.
#[derive(Clone, Debug, Default)]
pub struct MemoryCommit {
    /// What the test calls it.
    pub label: String,
    /// Events to append.
    pub events: Vec<NewEvent>,
    /// The version that a subject must have; another one refuses the commit.
    pub expected: Option<(Subject, u64)>,
    /// What an operator says.
    pub orders: Vec<Order>,
    /// Timers to set and to cancel.
    pub timers: Vec<TimerChange>,
}

impl MemoryCommit {
    /// A commit that changes nothing.
    pub fn labelled(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }
}

/// Why a commit was not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

/// A commit that was made for a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The subscription.
    pub subscription: String,
    /// The event that it was decided for.
    pub event_id: Uuid,
    /// Its label.
    pub label: String,
}

/// A delivery row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The event's position.
    pub position: Position,
    /// The ordering key.
    pub key: String,
    /// What it waits for, or how it ended.
    pub state: RowState,
    /// Attempts that counted.
    pub attempts: u32,
    /// When it may run next.
    pub due: Option<Timestamp>,
    /// The last error, or why it was skipped.
    pub error: Option<String>,
    /// When it was made.
    pub since: Timestamp,
    /// When it changed last.
    pub last: Timestamp,
}

/// The state of a delivery row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum RowState {
    Waiting,
    Retrying,
    Dead,
    Done,
    Skipped,
}
