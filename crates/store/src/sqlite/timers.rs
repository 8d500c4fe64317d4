//! Timers as they lie in their table.

use jiff::Timestamp;
use rishi_bus::NewEvent;
use rusqlite::{Connection, Row, params};

use super::columns::{in_table, number, optional_instant, text};
use super::error::StoreError;
use super::log;

/// When the earliest timer is due.
pub(super) fn next(db: &Connection) -> Result<Option<Timestamp>, StoreError> {
    let mut statement = db.prepare_cached("SELECT min(due_at) FROM timers")?;
    statement.query_row([], |row| Ok(in_table("timers", row, optional_instant(row, 0))))?
}

/// The timers due by `now`, earliest first and of one instant by key: key and event, whose timestamp is `now`.
pub(super) fn due(
    db: &Connection,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<(String, NewEvent)>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT key, id, type, source, subject_kind, subject_id, schema_version, organization_id,
                user_id, correlation_id, causation_id, data, metadata, traceparent
           FROM timers WHERE due_at <= ?1 ORDER BY due_at, key LIMIT ?2",
    )?;
    let mut rows = statement.query(params![now.as_microsecond(), number(limit as u64)])?;
    let mut due = Vec::new();
    while let Some(row) = rows.next()? {
        due.push(in_table("timers", row, read(row, now))?);
    }
    Ok(due)
}

fn read(row: &Row<'_>, now: Timestamp) -> Result<(String, NewEvent), rusqlite::Error> {
    let event = NewEvent {
        id: row.get(1)?,
        event_type: text(row, 2)?.into(),
        source: row.get(3)?,
        subject: log::subject(row, 4, 5)?,
        timestamp: now,
        data: log::raw(row, 11)?,
        schema_version: row.get(6)?,
        correlation_id: row.get(9)?,
        causation_id: row.get(10)?,
        user_id: row.get(8)?,
        organization_id: row.get(7)?,
        metadata: log::optional_raw(row, 12)?,
        traceparent: row.get(13)?,
    };
    Ok((row.get(0)?, event))
}
