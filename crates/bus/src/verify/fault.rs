//! What does not fit.

use crate::{Position, Subject};

/// The first thing found that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// An event is missing.
    #[error("position {position} is missing: the next event is at {found}")]
    Gap {
        /// The first that is missing.
        position: Position,
        /// What comes instead.
        found: Position,
    },
    /// An event stands where another should.
    #[error("where position {position} should be, the log has {found} again")]
    Order {
        /// What should stand there.
        position: Position,
        /// What does.
        found: Position,
    },
    /// An event, its hash, or the hash before it is not what was written.
    #[error("position {position} was changed: its hash does not follow from the event before it")]
    Hash {
        /// Where.
        position: Position,
    },
    /// The versions of a subject have a gap or a repetition.
    #[error("position {position} is version {found} of {subject}, which should be {expected}")]
    VersionGap {
        /// Where.
        position: Position,
        /// Whose.
        subject: Subject,
        /// Which version should be there.
        expected: u64,
        /// Which is.
        found: u64,
    },
    /// The log is shorter than it was.
    #[error("position {position} is missing: the log ends before it, and had {expected} events")]
    Truncated {
        /// The first that is missing.
        position: Position,
        /// Where it should end at the soonest.
        expected: Position,
    },
    /// The hash is not the one that the checkpoint kept: the log was rewritten there or before.
    #[error(
        "position {position} is not what it was at the checkpoint: the log was rewritten there or before"
    )]
    Rewritten {
        /// The checkpoint's position.
        position: Position,
    },
    /// A subscription claims to have handled what is not there.
    #[error("the cursor of {subscription:?} is {position}, but the log ends at {head}")]
    CursorBeyondHead {
        /// Which subscription.
        subscription: String,
        /// Its cursor.
        position: Position,
        /// The newest position.
        head: Position,
    },
    /// A subscription's cursor is before the first event that is left.
    #[error("the cursor of {subscription:?} is {position}, but the log begins after {anchor}")]
    CursorBeforeAnchor {
        /// Which subscription.
        subscription: String,
        /// Its cursor.
        position: Position,
        /// What retention removed last.
        anchor: Position,
    },
    /// A subscription has a row for an event that is not there.
    #[error("{subscription:?} has a row for position {position}, which the log does not have")]
    NoSuchEvent {
        /// Which subscription.
        subscription: String,
        /// The row's position.
        position: Position,
    },
    /// A subscription has decided about an event that it has not come to.
    #[error("{subscription:?} has a row for position {position}, beyond its cursor {cursor}")]
    RowBeyondCursor {
        /// Which subscription.
        subscription: String,
        /// The row's position.
        position: Position,
        /// Its cursor.
        cursor: Position,
    },
    /// A subscription has lost rows, or has been given some, past the dispatcher.
    #[error("{subscription:?} has {found} rows of events set aside, and should have {recorded}")]
    Rows {
        /// Which subscription.
        subscription: String,
        /// Its cursor: the events up to it are not all accounted for.
        position: Position,
        /// How many rows there are.
        found: u64,
        /// How many there should be.
        recorded: u64,
    },
}

impl Fault {
    /// The first position that does not fit.
    pub const fn position(&self) -> Position {
        match self {
            Self::Gap { position, .. }
            | Self::Order { position, .. }
            | Self::Hash { position }
            | Self::VersionGap { position, .. }
            | Self::Truncated { position, .. }
            | Self::Rewritten { position }
            | Self::CursorBeyondHead { position, .. }
            | Self::CursorBeforeAnchor { position, .. }
            | Self::NoSuchEvent { position, .. }
            | Self::RowBeyondCursor { position, .. }
            | Self::Rows { position, .. } => *position,
        }
    }
}
