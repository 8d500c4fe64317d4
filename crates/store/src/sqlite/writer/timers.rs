//! Timers: set, replaced and cancelled with the change that makes them so; fired into the log.

use jiff::Timestamp;
use rishi_bus::{NewEvent, Timer, TimerChange};
use rishi_domain::time::to_microsecond;
use rusqlite::{Connection, params};
use serde_json::value::RawValue;

use super::append::{self, Trace};
use super::hot::Hot;
use crate::sqlite::error::StoreError;
use crate::sqlite::timers;

/// Sets or cancels a timer; whether it was set.
pub(super) fn change(db: &Connection, change: &TimerChange) -> Result<bool, rusqlite::Error> {
    match change {
        TimerChange::Set(timer) => set(db, timer).map(|()| true),
        TimerChange::Cancel { key } => cancel(db, key).map(|()| false),
    }
}

fn set(db: &Connection, timer: &Timer) -> Result<(), rusqlite::Error> {
    let event = &timer.event;
    db.prepare_cached(
        "INSERT INTO timers (key, due_at, id, type, source, subject_kind, subject_id,
            schema_version, organization_id, user_id, correlation_id, causation_id, data, metadata,
            traceparent)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
         ON CONFLICT (key) DO UPDATE SET due_at = excluded.due_at, id = excluded.id,
            type = excluded.type, source = excluded.source, subject_kind = excluded.subject_kind,
            subject_id = excluded.subject_id, schema_version = excluded.schema_version,
            organization_id = excluded.organization_id, user_id = excluded.user_id,
            correlation_id = excluded.correlation_id, causation_id = excluded.causation_id,
            data = excluded.data, metadata = excluded.metadata, traceparent = excluded.traceparent",
    )?
    .execute(params![
        timer.key,
        to_microsecond(timer.due).as_microsecond(),
        event.id,
        &*event.event_type,
        event.source,
        event.subject.kind(),
        event.subject.id(),
        event.schema_version,
        event.organization_id,
        event.user_id,
        event.correlation_id,
        event.causation_id,
        event.data.get(),
        event.metadata.as_deref().map(RawValue::get),
        event.traceparent,
    ])?;
    Ok(())
}

fn cancel(db: &Connection, key: &str) -> Result<(), rusqlite::Error> {
    db.prepare_cached("DELETE FROM timers WHERE key = ?1")?.execute([key])?;
    Ok(())
}

/// Fires what is due, earliest first; how many timers are gone. One whose event stands in the log
/// already, because somebody appended it under the same id, is not in the way of the others.
pub(super) fn fire(
    db: &mut Hot<'_>,
    now: Timestamp,
    limit: usize,
    trace: &mut Trace,
) -> Result<usize, StoreError> {
    let due = timers::due(db, now, limit)?;
    let count = due.len();
    for (key, event) in due {
        cancel(db, &key)?;
        if append::holds(db, event.id)? {
            tracing::warn!(key, event = %event.id, "the event of a timer is in the log already");
            continue;
        }
        trace.append(db, NewEvent { timestamp: now, ..event }, None)?;
    }
    Ok(count)
}
