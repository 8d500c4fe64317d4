//! Timers: set, replaced and cancelled with the change that makes them so; fired into the log.
//!
//! Any number of processes may fire at once: each takes timers that no other is taking.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::Timestamp;
use rishi_bus::{NewEvent, Timer, TimerChange};
use rishi_domain::time::to_microsecond;
use serde_json::value::RawValue;
use tokio_postgres::Row;
use uuid::Uuid;

use super::append::{Trace, append, held};
use super::many::{Columns, column, insert};
use super::transaction::Refusal;
use crate::postgres::columns::{Unreadable, count, get, in_table, number, text};
use crate::postgres::connection::{Db, Values};
use crate::postgres::error::StoreError;
use crate::postgres::log;

/// The columns of a timer.
const COLUMNS: &Columns = &[
    ("key", "text"),
    ("due_at", "bigint"),
    ("id", "uuid"),
    ("type", "text"),
    ("source", "text"),
    ("subject_kind", "text"),
    ("subject_id", "uuid"),
    ("schema_version", "bigint"),
    ("organization_id", "uuid"),
    ("user_id", "uuid"),
    ("correlation_id", "uuid"),
    ("causation_id", "uuid"),
    ("data", "text"),
    ("metadata", "text"),
    ("traceparent", "text"),
];

static SET: LazyLock<String> = LazyLock::new(|| {
    insert("timers", COLUMNS)
        + " ON CONFLICT (key) DO UPDATE SET due_at = excluded.due_at, id = excluded.id,
            type = excluded.type, source = excluded.source, subject_kind = excluded.subject_kind,
            subject_id = excluded.subject_id, schema_version = excluded.schema_version,
            organization_id = excluded.organization_id, user_id = excluded.user_id,
            correlation_id = excluded.correlation_id, causation_id = excluded.causation_id,
            data = excluded.data, metadata = excluded.metadata, traceparent = excluded.traceparent"
});

/// Sets and cancels timers; what is said last of a key holds. Whether one was set.
pub(super) async fn change(db: &Db<'_>, changes: &[&TimerChange]) -> Result<bool, StoreError> {
    let mut last: BTreeMap<&str, Option<&Timer>> = BTreeMap::new();
    for change in changes {
        match change {
            TimerChange::Set(timer) => last.insert(&timer.key, Some(timer)),
            TimerChange::Cancel { key } => last.insert(key, None),
        };
    }
    let set: Vec<&Timer> = last.values().copied().flatten().collect();
    let cancelled: Vec<&str> =
        last.iter().filter(|(_, timer)| timer.is_none()).map(|(key, _)| *key).collect();
    if !cancelled.is_empty() {
        db.execute("DELETE FROM timers WHERE key = ANY($1)", &[&cancelled]).await?;
    }
    if set.is_empty() {
        return Ok(false);
    }
    let rows = set.as_slice();
    let values: &Values<'_> = &[
        &column(rows, |timer| timer.key.as_str()),
        &column(rows, |timer| to_microsecond(timer.due).as_microsecond()),
        &column(rows, |timer| timer.event.id),
        &column(rows, |timer| &*timer.event.event_type),
        &column(rows, |timer| timer.event.source.as_str()),
        &column(rows, |timer| timer.event.subject.kind()),
        &column(rows, |timer| timer.event.subject.id()),
        &column(rows, |timer| i64::from(timer.event.schema_version)),
        &column(rows, |timer| timer.event.organization_id),
        &column(rows, |timer| timer.event.user_id),
        &column(rows, |timer| timer.event.correlation_id),
        &column(rows, |timer| timer.event.causation_id),
        &column(rows, |timer| timer.event.data.get()),
        &column(rows, |timer| timer.event.metadata.as_deref().map(RawValue::get)),
        &column(rows, |timer| timer.event.traceparent.as_deref()),
    ];
    db.execute(&SET, values).await?;
    Ok(true)
}

/// Fires what is due, earliest first; how many timers are gone. One whose event stands in the log
/// already, because somebody appended it under the same id, is not in the way of the others.
pub(super) async fn fire(
    db: &Db<'_>,
    now: Timestamp,
    limit: usize,
    trace: &mut Trace,
) -> Result<usize, Refusal> {
    let rows = db
        .query(
            "DELETE FROM timers WHERE key IN (
                SELECT key FROM timers WHERE due_at <= $1 ORDER BY due_at, key LIMIT $2
                   FOR UPDATE SKIP LOCKED)
             RETURNING key, due_at, id, type, source, subject_kind, subject_id, schema_version,
                organization_id, user_id, correlation_id, causation_id, data, metadata, traceparent",
            &[&now.as_microsecond(), &count(limit as u64)],
        )
        .await?;
    let due: Result<Vec<_>, StoreError> =
        rows.iter().map(|row| in_table("timers", row, read(row, now))).collect();
    let mut due = due?;
    due.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
    let ids: Vec<Uuid> = due.iter().map(|(_, _, event)| event.id).collect();
    let held = held(db, &ids).await?;
    let mut events = Vec::with_capacity(due.len());
    for (_, key, event) in due {
        if held.contains(&event.id) {
            tracing::warn!(key, event = %event.id, "the event of a timer is in the log already");
        } else {
            events.push(event);
        }
    }
    let events: Vec<&NewEvent> = events.iter().collect();
    append(db, &events, &mut trace.told).await?;
    Ok(rows.len())
}

/// When it is due, its key, and its event with the timestamp `now`.
fn read(row: &Row, now: Timestamp) -> Result<(i64, String, NewEvent), Unreadable> {
    let event = NewEvent {
        id: get(row, 2)?,
        event_type: text(row, 3)?.into(),
        source: get(row, 4)?,
        subject: log::subject(row, 5, 6)?,
        timestamp: now,
        data: log::raw(row, 12)?,
        schema_version: number(row, 7)?,
        correlation_id: get(row, 10)?,
        causation_id: get(row, 11)?,
        user_id: get(row, 9)?,
        organization_id: get(row, 8)?,
        metadata: log::optional_raw(row, 13)?,
        traceparent: get(row, 14)?,
    };
    Ok((get(row, 1)?, get(row, 0)?, event))
}
