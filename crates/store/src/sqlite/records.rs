//! Assembled bookings, kept in memory by id, so that a list reads from the database only which bookings
//! it holds and how many there are.
//!
//! The log tells what to forget: whatever is shown of a booking changes with an event about the booking
//! itself, its location or a person, and positions have no gap. A reader opens a [`View`], learns the
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
use rusqlite::Connection;

use super::error::StoreError;
use super::log;
use super::readers::View;
use crate::recent::Recent;

/// How many bytes the records may take, by their own estimate.
const BYTES: usize = 40 << 20;
/// Changes of bookings are remembered by the last bits of their ids, which are random. So a change
/// keeps one in so many of the bookings that are being read just then from being kept.
const SLOTS: usize = 1_024;
/// More events than this are not gone through: everything is forgotten.
const MOST: Position = 4_096;

/// The records of a database.
pub(super) struct Records {
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

impl Records {
    /// None yet, of a log whose newest events are found in `recent`.
    pub(super) fn new(recent: Arc<Recent>) -> Self {
        let kept =
            Kept { heeded: 0, changed: Box::new([0; SLOTS]), records: HashMap::new(), bytes: 0 };
        Self { kept: Mutex::new(kept), recent }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The records of `ids` as `view` holds them: those that are kept, else what `read` finds there. An
    /// id of which `read` finds nothing is left out.
    pub(super) fn of(
        &self,
        view: &View<'_>,
        ids: &[BookingId],
        read: impl FnOnce(&Connection, &[BookingId]) -> Result<Vec<SharedRecord>, StoreError>,
    ) -> Result<Vec<Arc<SharedRecord>>, StoreError> {
        let head = log::head(view)?;
        let mut found = self.kept(view, ids, head)?;
        let missing: Vec<BookingId> = ids
            .iter()
            .zip(&found)
            .filter(|(_, found)| found.is_none())
            .map(|(id, _)| *id)
            .collect();
        if !missing.is_empty() {
            let records: Vec<_> = read(view, &missing)?.into_iter().map(Arc::new).collect();
            self.lock().keep(&records, head);
            let mut records: HashMap<BookingId, Arc<SharedRecord>> =
                records.into_iter().map(|record| (record.booking.id, record)).collect();
            for (id, place) in ids.iter().zip(&mut found) {
                if place.is_none() {
                    *place = records.remove(id);
                }
            }
        }
        Ok(found.into_iter().flatten().collect())
    }

    /// What is kept and still holds at `head`, the newest position in `view`.
    fn kept(
        &self,
        view: &View<'_>,
        ids: &[BookingId],
        head: Position,
    ) -> Result<Vec<Option<Arc<SharedRecord>>>, StoreError> {
        let mut kept = self.lock();
        if kept.heeded < head {
            self.heed(&mut kept, view, head)?;
        }
        let current = |entry: &&Entry| entry.read_at <= head;
        let take = |id| kept.records.get(id).filter(current).map(|entry| Arc::clone(&entry.record));
        Ok(ids.iter().map(take).collect())
    }

    /// Forgets what the events up to `head` are about. They are found in memory or, when another
    /// process wrote them, in the view.
    fn heed(&self, kept: &mut Kept, view: &View<'_>, head: Position) -> Result<(), StoreError> {
        if head - kept.heeded > MOST {
            kept.forget(head);
            return Ok(());
        }
        for event in self.recent.after(kept.heeded, usize::MAX).into_iter().flatten() {
            kept.note(event.position, event.subject.kind(), event.subject.id());
        }
        if kept.heeded < head {
            log::subjects(view, kept.heeded, |position, kind, id| kept.note(position, kind, id))?;
        }
        if kept.heeded < head {
            // Retention removed even the newest event.
            kept.forget(head);
        }
        Ok(())
    }

    /// Keeps nothing of what is there now.
    pub(super) fn forget(&self) {
        self.lock().clear();
    }
}

impl Kept {
    /// Heeds the event at a position.
    fn note(&mut self, position: Position, kind: &str, id: uuid::Uuid) {
        // Retention removed what comes between.
        if position != self.heeded + 1 {
            self.forget(position);
        }
        match kind {
            "booking" => {
                let id = BookingId(id);
                self.changed[slot(id)] = position;
                self.remove(id);
            }
            // A name that is shown beside whoever knows which bookings.
            "location" | "user" => self.forget(position),
            _ => {}
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

    /// Keeps what was read from a view whose newest position is `read_at`.
    fn keep(&mut self, records: &[Arc<SharedRecord>], read_at: Position) {
        for record in records {
            let id = record.booking.id;
            // Somebody may have kept it meanwhile, or changed it.
            if self.records.contains_key(&id) || self.changed[slot(id)] > read_at {
                continue;
            }
            let bytes = record.weight();
            if self.bytes + bytes > BYTES {
                self.clear();
            }
            self.bytes += bytes;
            self.records.insert(id, Entry { record: Arc::clone(record), read_at });
        }
    }
}

#[cfg(test)]
mod tests;
