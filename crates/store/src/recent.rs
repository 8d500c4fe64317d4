//! The newest events, kept in memory, so that the bus need not read back what was just written.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rishi_bus::{Envelope, Position};

/// How many events are kept.
const EVENTS: usize = 4_096;
/// How many bytes of payload are kept.
const BYTES: usize = 8 << 20;

/// The newest stretch of the log, without a gap.
pub(crate) struct Recent(Mutex<Stretch>);

struct Stretch {
    events: VecDeque<Arc<Envelope>>,
    /// The position before the first event held.
    before: Position,
    bytes: usize,
}

impl Recent {
    /// Nothing yet, of a log whose head is `head`.
    pub(crate) fn new(head: Position) -> Self {
        Self(Mutex::new(Stretch { events: VecDeque::new(), before: head, bytes: 0 }))
    }

    fn stretch(&self) -> MutexGuard<'_, Stretch> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds committed events, in position order. When another process wrote in between, what was
    /// held before the gap is dropped.
    pub(crate) fn extend(&self, events: Vec<Arc<Envelope>>) {
        let Some(first) = events.first().map(|event| event.position) else { return };
        let mut stretch = self.stretch();
        let next = stretch.before + stretch.events.len() as Position + 1;
        if first != next {
            stretch.events.clear();
            stretch.bytes = 0;
            stretch.before = first - 1;
        }
        for event in events {
            stretch.bytes += event.data.get().len();
            stretch.events.push_back(event);
        }
        while stretch.events.len() > EVENTS || stretch.bytes > BYTES {
            let Some(oldest) = stretch.events.pop_front() else { break };
            stretch.bytes -= oldest.data.get().len();
            stretch.before = oldest.position;
        }
    }

    /// Drops what retention removed.
    pub(crate) fn remove(&self, through: Position) {
        let mut stretch = self.stretch();
        while stretch.events.front().is_some_and(|event| event.position <= through) {
            let Some(oldest) = stretch.events.pop_front() else { break };
            stretch.bytes -= oldest.data.get().len();
            stretch.before = oldest.position;
        }
    }

    /// At most `limit` events after `after`; nothing unless the stretch reaches back that far and
    /// holds at least one.
    pub(crate) fn after(&self, after: Position, limit: usize) -> Option<Vec<Arc<Envelope>>> {
        let stretch = self.stretch();
        let skip = usize::try_from(after.checked_sub(stretch.before)?).ok()?;
        let events: Vec<_> = stretch.events.iter().skip(skip).take(limit).cloned().collect();
        (!events.is_empty()).then_some(events)
    }
}

#[cfg(test)]
mod tests;
