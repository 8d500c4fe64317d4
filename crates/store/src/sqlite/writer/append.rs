//! Events entering the log: position, version and hash are given here, in the transaction.

use std::sync::Arc;

use rishi_bus::{Checkpoint, Envelope, NewEvent, Position, Subject, chain};
use rishi_domain::time::to_microsecond;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::value::RawValue;

use super::counters::Counters;
use super::hot::{Hot, Sql};

/// What a batch has done, or since a savepoint, to be kept only if that is released.
pub(super) struct Trace {
    /// The end of the log.
    pub(super) tip: Checkpoint,
    /// What was appended.
    pub(super) events: Vec<Arc<Envelope>>,
    /// Sums that are still to be written.
    pub(super) counters: Counters,
    /// Whether an operator's order was carried out.
    pub(super) ordered: bool,
    /// Whether a timer was set.
    pub(super) timed: bool,
    /// Up to where events were removed.
    pub(super) removed: Option<Position>,
}

impl Trace {
    /// Nothing yet, on a log that ends there.
    pub(super) fn at(tip: Checkpoint) -> Self {
        Self {
            tip,
            events: Vec::new(),
            counters: Counters::default(),
            ordered: false,
            timed: false,
            removed: None,
        }
    }

    /// Adds what was done after it.
    pub(super) fn absorb(&mut self, later: Self) {
        self.tip = later.tip;
        self.events.extend(later.events);
        self.counters.merge(later.counters);
        self.ordered |= later.ordered;
        self.timed |= later.timed;
        self.removed = later.removed.or(self.removed);
    }

    /// Appends an event. Of a newborn subject nobody has heard but in this trace, since so many events.
    pub(super) fn append(
        &mut self,
        db: &mut Hot<'_>,
        mut event: NewEvent,
        newborn: Option<usize>,
    ) -> Result<(), rusqlite::Error> {
        // As it will be read back.
        event.timestamp = to_microsecond(event.timestamp);
        let newest = match newborn {
            Some(since) => {
                let mut told = self.events.iter().skip(since).rev();
                told.find(|one| one.subject == event.subject).map_or(0, |before| before.version)
            }
            None => newest_version(db, &event.subject)?,
        };
        let envelope = event.into_envelope(self.tip.position + 1, newest + 1);
        let hash = chain::link(&self.tip.hash, &envelope);
        insert(db, &envelope, &hash)?;
        self.tip = Checkpoint { position: envelope.position, hash };
        self.events.push(Arc::new(envelope));
        Ok(())
    }
}

fn insert(db: &mut Hot<'_>, event: &Envelope, hash: &[u8; 32]) -> Result<(), rusqlite::Error> {
    db.get(Sql::Event)?.execute(params![
        event.position,
        event.id,
        &*event.event_type,
        event.source,
        event.subject.kind(),
        event.subject.id(),
        event.version,
        event.schema_version,
        event.organization_id,
        event.user_id,
        event.correlation_id,
        event.causation_id,
        event.timestamp.as_microsecond(),
        event.data.get(),
        event.metadata.as_deref().map(RawValue::get),
        event.traceparent,
        hash,
    ])?;
    Ok(())
}

/// The newest version that a subject ever had, whether or not retention has removed it.
fn newest_version(db: &Connection, subject: &Subject) -> Result<u64, rusqlite::Error> {
    let mut statement = db.prepare_cached(
        "SELECT coalesce(
            (SELECT max(version) FROM events WHERE subject_id = ?1 AND subject_kind = ?2),
            (SELECT version FROM retained_subjects WHERE id = ?1 AND kind = ?2), 0)",
    )?;
    statement.query_row(params![subject.id(), subject.kind()], |row| row.get(0))
}

/// Whether the log holds an event of this id.
pub(super) fn holds(db: &Connection, id: uuid::Uuid) -> Result<bool, rusqlite::Error> {
    let mut statement = db.prepare_cached("SELECT 1 FROM events WHERE id = ?1")?;
    Ok(statement.query_row([id], |_| Ok(())).optional()?.is_some())
}
