//! Two versions of a policy beside each other.

use std::sync::Arc;

use super::{Decided, PAGE, decide};
use crate::{Envelope, Ledger, LedgerError, Position, Subscription};

/// A part of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// It begins after this position.
    pub after: Position,
    /// It ends with this position, or where the log ends.
    pub through: Position,
    /// It holds at most so many events that are wanted.
    pub limit: usize,
}

/// What came of asking two subscriptions about the same events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Events that at least one of them wants, about which both were asked.
    pub compared: usize,
    /// The last position that was looked at; what comes after it is for the next stretch.
    pub through: Position,
    /// Where they decide differently.
    pub differences: Vec<Difference>,
}

/// An event about which two subscriptions decide differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The event's position.
    pub position: Position,
    /// Its type.
    pub event_type: Arc<str>,
    /// What the first would do: its commit as it is told, or a word.
    pub left: String,
    /// What the second would do.
    pub right: String,
}

/// Asks both about the same events, those of a stretch that either wants, and says where they differ. What only one of
/// them wants is a difference when that one does something about it. Of two effects it is only known that they would be
/// run, so they never differ. Nothing is written.
///
/// Commits are the same when they are `told` the same; it is for the caller to leave out what differs by nature, such as
/// ids made while deciding.
pub async fn compare<L: Ledger + ?Sized>(
    ledger: &L,
    left: &Subscription<L::Commit>,
    right: &Subscription<L::Commit>,
    stretch: Stretch,
    told: impl Fn(&L::Commit) -> String,
) -> Result<Comparison, LedgerError> {
    let Stretch { after, through, limit } = stretch;
    let mut found = Comparison { compared: 0, through: after, differences: Vec::new() };
    loop {
        let page = ledger.read(found.through, PAGE).await?;
        if page.is_empty() {
            return Ok(found);
        }
        for event in page {
            if event.position > through || found.compared == limit {
                return Ok(found);
            }
            found.through = event.position;
            if ![left, right].iter().any(|one| one.spec.wants(&event.event_type)) {
                continue;
            }
            found.compared += 1;
            let (left, right) = (ask(left, &event, &told).await, ask(right, &event, &told).await);
            if left != right {
                let event_type = Arc::clone(&event.event_type);
                let position = event.position;
                found.differences.push(Difference { position, event_type, left, right });
            }
        }
    }
}

/// What one would do, in words.
async fn ask<C>(one: &Subscription<C>, event: &Envelope, told: impl Fn(&C) -> String) -> String {
    if !one.spec.wants(&event.event_type) {
        return "nothing".to_owned();
    }
    match decide(one, event).await {
        Decided::Nothing => "nothing".to_owned(),
        Decided::Commit(commit) => told(&commit),
        Decided::Failed(error) => format!("failed: {error}"),
        Decided::Effect(_) => "the effect would be run".to_owned(),
    }
}
