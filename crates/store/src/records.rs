//! Assembled bookings, kept in memory by id, so that a list reads from the database only which bookings
//! it holds and how many there are.
//!
//! The log tells what to forget: whatever is shown of a booking changes with an event about the booking
//! itself, its location or a person, and positions have no gap. A reader has one view of the database, learns the
//! newest position in it, has the records forget what changed up to there, and only then takes any.
//!
//! Guarantee: a record is the one that the reader's own view of the database holds, whoever wrote it,
//! this process or another. Each is kept with the position at which it was read; it is handed to views
//! of that position or later as long as no event since has been about it, and it is kept only if none
//! has been meanwhile. Who may see a booking is not decided here: the query for the ids does that.
//!
//! What somebody writes past the door has no event. It is seen within a second, as everything is
//! forgotten at the bus's look at the log.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rishi_app::bookings::SharedRecord;
use rishi_bus::Position;
use rishi_domain::id::BookingId;
use uuid::Uuid;

use crate::recent::Recent;

/// How many bytes the records may take, by their own estimate.
const BYTES: usize = 40 << 20;
/// Changes of bookings are remembered by the last bits of their ids, which are random. So a change
/// keeps one in so many of the bookings that are being read just then from being kept.
const SLOTS: usize = 1_024;
/// More events than this are not gone through: everything is forgotten.
const MOST: Position = 4_096;

/// What an event changes of what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    /// What is shown of a booking.
    Booking(BookingId),
    /// A name that is shown beside whoever knows which bookings.
    Names,
    /// Nothing.
    Else,
}

impl About {
    /// By the subject of the event.
    pub(crate) fn of(kind: &str, id: Uuid) -> Self {
        match kind {
            "booking" => Self::Booking(BookingId(id)),
            "location" | "user" => Self::Names,
            _ => Self::Else,
        }
    }
}

/// The records of a database.
pub(crate) struct Records {
    kept: Mutex<Kept>,
    recent: Arc<Recent>,
}

struct Kept {
    /// Up to where the log has been heeded.
    heeded: Position,
    /// The newest change of a booking of each slot.
    changed: Box<[Position; SLOTS]>,
    records: HashMap<BookingId, Entry>,
    bytes: usize,
}

struct Entry {
    record: Arc<SharedRecord>,
    /// The newest position in the view that it was read from.
    read_at: Position,
}

fn slot(id: BookingId) -> usize {
    let bytes = id.0.as_bytes();
    usize::from(u16::from_be_bytes([bytes[14], bytes[15]])) % SLOTS
}

/// What of a list is in memory, in its order.
pub(crate) struct Found<'i> {
    ids: &'i [BookingId],
    records: Vec<Option<Arc<SharedRecord>>>,
}

impl Found<'_> {
    /// Only what may be taken.
    pub(crate) fn only(mut self, may: impl Fn(BookingId) -> bool) -> Self {
        for (id, found) in self.ids.iter().zip(&mut self.records) {
            *found = found.take().filter(|_| may(*id));
        }
        self
    }

    /// What has to be read.
    pub(crate) fn missing(&self) -> Vec<BookingId> {
        let pairs = self.ids.iter().zip(&self.records);
        pairs.filter(|(_, found)| found.is_none()).map(|(id, _)| *id).collect()
    }

    /// The list, with what was read. Of what that is nothing, the list holds nothing either.
    pub(crate) fn with(self, read: Vec<Arc<SharedRecord>>) -> Vec<Arc<SharedRecord>> {
        let mut read: HashMap<BookingId, Arc<SharedRecord>> =
            read.into_iter().map(|record| (record.booking.id, record)).collect();
        let pairs = self.ids.iter().zip(self.records);
        pairs.filter_map(|(id, found)| found.or_else(|| read.remove(id))).collect()
    }
}

impl Records {
    /// None yet, of a log whose newest events are found in `recent`.
    pub(crate) fn new(recent: Arc<Recent>) -> Self {
        let kept =
            Kept { heeded: 0, changed: Box::new([0; SLOTS]), records: HashMap::new(), bytes: 0 };
        Self { kept: Mutex::new(kept), recent }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Heeds the log up to `head` as far as its events are in memory. The position after which it has to be read for
    /// [`Records::heed`], if that was not all.
    pub(crate) fn behind(&self, head: Position) -> Option<Position> {
        let mut kept = self.lock();
        if kept.heeded >= head {
            return None;
        }
        if head - kept.heeded > MOST {
            kept.forget(head);
            return None;
        }
        for event in self.recent.after(kept.heeded, usize::MAX).into_iter().flatten() {
            kept.note(event.position, About::of(event.subject.kind(), event.subject.id()));
        }
        (kept.heeded < head).then_some(kept.heeded)
    }

    /// Heeds what the log's events up to `head` are about, in their order.
    pub(crate) fn heed(&self, head: Position, news: Vec<(Position, About)>) {
        let mut kept = self.lock();
        for (position, about) in news {
            if position > kept.heeded {
                kept.note(position, about);
            }
        }
        if kept.heeded < head {
            // Retention removed even the newest event.
            kept.forget(head);
        }
    }

    /// What is kept and holds in a view whose newest position is `head`, the log having been heeded up to there.
    pub(crate) fn kept<'i>(&self, ids: &'i [BookingId], head: Position) -> Found<'i> {
        let kept = self.lock();
        let current = |entry: &&Entry| entry.read_at <= head;
        let take = |id| kept.records.get(id).filter(current).map(|entry| Arc::clone(&entry.record));
        Found { ids, records: ids.iter().map(take).collect() }
    }

    /// Keeps what was read from a view whose newest position is `read_at`.
    pub(crate) fn keep<'r>(
        &self,
        records: impl IntoIterator<Item = &'r Arc<SharedRecord>>,
        read_at: Position,
    ) {
        let mut kept = self.lock();
        for record in records {
            kept.keep(record, read_at);
        }
    }

    /// Keeps nothing of what is there now.
    pub(crate) fn forget(&self) {
        self.lock().clear();
    }
}

impl Kept {
    /// Heeds the event at a position.
    fn note(&mut self, position: Position, about: About) {
        // Retention removed what comes between.
        if position != self.heeded + 1 {
            self.forget(position);
        }
        match about {
            About::Booking(id) => {
                self.changed[slot(id)] = position;
                self.remove(id);
            }
            About::Names => self.forget(position),
            About::Else => {}
        }
        self.heeded = position;
    }

    fn remove(&mut self, id: BookingId) {
        if let Some(gone) = self.records.remove(&id) {
            self.bytes -= gone.record.weight();
        }
    }

    /// Forgets all records, and those too that are being read from a view before `head`.
    fn forget(&mut self, head: Position) {
        self.clear();
        self.changed.fill(head);
        self.heeded = head;
    }

    fn clear(&mut self) {
        self.bytes = 0;
        let records = std::mem::take(&mut self.records);
        // Freeing ten thousand records takes milliseconds, for which nobody here should wait.
        if !records.is_empty() {
            tokio::task::spawn_blocking(move || drop(records));
        }
    }

    fn keep(&mut self, record: &Arc<SharedRecord>, read_at: Position) {
        let id = record.booking.id;
        // Somebody may have kept it meanwhile, or changed it.
        if self.records.contains_key(&id) || self.changed[slot(id)] > read_at {
            return;
        }
        let bytes = record.weight();
        if self.bytes + bytes > BYTES {
            self.clear();
        }
        self.bytes += bytes;
        self.records.insert(id, Entry { record: Arc::clone(record), read_at });
    }
}

#[cfg(test)]
impl Records {
    pub(crate) fn holds(&self, id: BookingId) -> bool {
        self.lock().records.contains_key(&id)
    }

    /// How many are kept, and what they weigh, which is asserted to be known and bounded.
    pub(crate) fn weighed(&self) -> (usize, usize) {
        let kept = self.lock();
        let weight = kept.records.values().map(|entry| entry.record.weight()).sum();
        assert!(weight == kept.bytes && weight <= BYTES, "{weight} and {}", kept.bytes);
        (kept.records.len(), weight)
    }
}

#[cfg(test)]
pub(crate) fn are_told_apart(one: BookingId, other: BookingId) -> bool {
    slot(one) != slot(other)
}
