//! The event log's rows, and the receipts beside it.

use std::sync::Arc;

use rishi_app::commit::{Answer, Kept, ReceiptKey};
use rishi_bus::{Checkpoint, Envelope, Position};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::columns::{in_table, instant, number, text};
use super::error::StoreError;
use crate::rows::events;
pub(super) use crate::rows::events::{COLUMNS, EVENT_COLUMNS, optional_raw, raw, subject};

/// An event with the hash that stands beside it.
pub(super) type Link = (Arc<Envelope>, [u8; 32]);

/// The newest position, also when retention has removed every event; 0 for a log that never had one.
pub(super) fn head(db: &Connection) -> Result<Position, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT coalesce((SELECT max(position) FROM events),
                         (SELECT position FROM log_anchor WHERE one = 1))",
    )?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// The end of the chain: the newest position with its hash.
pub(super) fn tip(db: &Connection) -> Result<Checkpoint, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT position, hash FROM events WHERE position = (SELECT max(position) FROM events)",
    )?;
    let newest = statement.query_row([], |row| Ok(in_table("events", row, checkpoint(row))));
    newest.optional()?.unwrap_or_else(|| anchor(db))
}

/// Where the chain begins: the last position that retention removed, with its hash.
pub(super) fn anchor(db: &Connection) -> Result<Checkpoint, StoreError> {
    let mut statement = db.prepare_cached("SELECT position, hash FROM log_anchor WHERE one = 1")?;
    statement.query_row([], |row| Ok(in_table("log_anchor", row, checkpoint(row))))?
}

fn checkpoint(row: &Row<'_>) -> Result<Checkpoint, rusqlite::Error> {
    Ok(Checkpoint { position: row.get(0)?, hash: row.get(1)? })
}

/// Reads an event from a row of [`COLUMNS`].
pub(super) fn envelope(row: &Row<'_>) -> Result<Arc<Envelope>, StoreError> {
    in_table("events", row, events::envelope(row)).map(Arc::new)
}

/// At most `limit` events after `after`, in position order.
pub(super) fn after(
    db: &Connection,
    after: Position,
    limit: usize,
) -> Result<Vec<Arc<Envelope>>, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM events WHERE position > ?1 ORDER BY position LIMIT ?2"
    ))?;
    let mut rows = statement.query(params![number(after), number(limit as u64)])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(envelope(row)?);
    }
    Ok(events)
}

/// Of every event after `after`, in position order: its position and what it is about.
pub(super) fn subjects(
    db: &Connection,
    after: Position,
    mut each: impl FnMut(Position, &str, uuid::Uuid),
) -> Result<(), StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT position, subject_kind, subject_id FROM events WHERE position > ?1 ORDER BY position",
    )?;
    let mut rows = statement.query([number(after)])?;
    while let Some(row) = rows.next()? {
        let read = || Ok((row.get(0)?, text(row, 1)?, row.get(2)?));
        let (position, kind, id) = in_table("events", row, read())?;
        each(position, kind, id);
    }
    Ok(())
}

/// The same with the hashes that are stored beside them.
pub(super) fn chain(
    db: &Connection,
    after: Position,
    limit: usize,
) -> Result<Vec<Link>, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS}, hash FROM events WHERE position > ?1 ORDER BY position LIMIT ?2"
    ))?;
    let mut rows = statement.query(params![number(after), number(limit as u64)])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push((envelope(row)?, in_table("events", row, row.get(EVENT_COLUMNS))?));
    }
    Ok(events)
}

/// The event at a position.
pub(super) fn at(db: &Connection, position: Position) -> Result<Option<Arc<Envelope>>, StoreError> {
    let found = after(db, position.saturating_sub(1), 1)?;
    Ok(found.into_iter().find(|event| event.position == position))
}

/// The event of an id.
pub(super) fn by_id(db: &Connection, id: uuid::Uuid) -> Result<Option<Arc<Envelope>>, StoreError> {
    let mut statement =
        db.prepare_cached(&format!("SELECT {COLUMNS} FROM events WHERE id = ?1"))?;
    let mut rows = statement.query([id])?;
    rows.next()?.map(envelope).transpose()
}

/// What is kept under a key.
pub(super) fn receipt(db: &Connection, key: &ReceiptKey) -> Result<Option<Kept>, rusqlite::Error> {
    db.prepare_cached(
        "SELECT request, status, location, version, body, expires_at FROM receipts
          WHERE scope = ?1 AND key = ?2",
    )?
    .query_row(params![key.scope, key.key], |row| {
        let answer = Answer {
            status: row.get(1)?,
            location: row.get(2)?,
            version: row.get(3)?,
            body: row.get(4)?,
        };
        Ok(Kept { request: row.get(0)?, answer, expires_at: instant(row, 5)? })
    })
    .optional()
}
