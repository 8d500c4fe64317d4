//! How old the oldest event is that a subscription has not handled.
//!
//! Looked at once a second and when somebody waits for idleness: it costs at most two reads, and none while the same
//! events are the oldest.

use jiff::Timestamp;

use super::worker::Worker;
use crate::{Ledger, Position};

/// The oldest events that are not handled, with their times as far as they are known.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Oldest {
    /// After the cursor.
    unread: Option<(Position, Timestamp)>,
    /// Set aside.
    parked: Option<(Position, Timestamp)>,
}

impl Oldest {
    /// When the oldest event after the cursor, and the oldest that is owed at all, were made.
    pub(crate) fn times(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        let unread = self.unread.map(|(_, time)| time);
        // Whichever position comes first.
        let pending = [self.parked, self.unread].into_iter().flatten().min();
        (unread, pending.map(|(_, time)| time))
    }
}

impl<L: Ledger + ?Sized> Worker<L> {
    /// Finds them.
    pub(crate) async fn survey(&mut self, head: Position) {
        let ledger = &*self.shared.ledger;
        let unread = (self.read < head).then_some(self.read + 1);
        self.oldest.unread = dated(ledger, unread, self.oldest.unread).await;
        self.oldest.parked = dated(ledger, self.lanes.oldest(), self.oldest.parked).await;
    }
}

async fn dated(
    ledger: &(impl Ledger + ?Sized),
    position: Option<Position>,
    known: Option<(Position, Timestamp)>,
) -> Option<(Position, Timestamp)> {
    let position = position?;
    if known.is_some_and(|(known, _)| known == position) {
        return known;
    }
    // A report is not worth waiting for a ledger that fails.
    let event = ledger.event(position).await.ok().flatten()?;
    Some((position, event.timestamp))
}
