//! The event log's rows, and the receipts beside it.

use std::sync::Arc;

use rishi_app::commit::{Answer, Kept, ReceiptKey};
use rishi_bus::{Envelope, Position, Subject};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::columns::{in_table, instant, json, number, optional_json, text};
use super::error::StoreError;

/// The columns of an event, in the order that [`envelope`] reads them.
pub(super) const COLUMNS: &str = "position, id, type, source, subject_kind, subject_id, version, \
    schema_version, organization_id, user_id, correlation_id, causation_id, timestamp, data, \
    metadata, traceparent";

/// The newest position; 0 for an empty log.
pub(super) fn head(db: &Connection) -> Result<Position, StoreError> {
    let mut statement = db.prepare_cached("SELECT coalesce(max(position), 0) FROM events")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// Appends an event.
pub(super) fn insert(db: &Connection, event: &Envelope) -> Result<(), rusqlite::Error> {
    db.prepare_cached(
        "INSERT INTO events (position, id, type, source, subject_kind, subject_id, version,
            schema_version, organization_id, user_id, correlation_id, causation_id, timestamp, data,
            metadata, traceparent)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
    )?
    .execute(params![
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
        event.metadata.as_deref().map(serde_json::value::RawValue::get),
        event.traceparent,
    ])?;
    Ok(())
}

/// Reads an event from a row of [`COLUMNS`].
pub(super) fn envelope(row: &Row<'_>) -> Result<Arc<Envelope>, StoreError> {
    in_table("events", row, read(row)).map(Arc::new)
}

fn read(row: &Row<'_>) -> Result<Envelope, rusqlite::Error> {
    let kind = text(row, 4)?;
    Ok(Envelope {
        position: row.get(0)?,
        id: row.get(1)?,
        event_type: text(row, 2)?.into(),
        source: row.get(3)?,
        subject: subject(kind, row.get(5)?).ok_or_else(|| {
            let what = format!("the unknown subject kind {kind:?}");
            rusqlite::Error::FromSqlConversionFailure(4, Type::Text, what.into())
        })?,
        version: row.get(6)?,
        schema_version: row.get(7)?,
        organization_id: row.get(8)?,
        user_id: row.get(9)?,
        correlation_id: row.get(10)?,
        causation_id: row.get(11)?,
        timestamp: instant(row, 12)?,
        data: json(row, 13)?,
        metadata: optional_json(row, 14)?,
        traceparent: row.get(15)?,
    })
}

/// A subject of any kind, without an allocation for those that are known.
fn subject(kind: &str, id: Uuid) -> Option<Subject> {
    const KNOWN: [&str; 7] =
        ["booking", "organization", "user", "membership", "location", "token", "assignment"];
    match KNOWN.into_iter().find(|known| *known == kind) {
        Some(known) => Some(Subject::new(known, id)),
        None => format!("{kind}/{id}").parse().ok(),
    }
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

/// The event at a position.
pub(super) fn at(db: &Connection, position: Position) -> Result<Option<Arc<Envelope>>, StoreError> {
    let found = after(db, position.saturating_sub(1), 1)?;
    Ok(found.into_iter().find(|event| event.position == position))
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
