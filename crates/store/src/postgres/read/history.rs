//! The past, from the log: what was told of things up to a position.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use rishi_app::history::{AsOf, Moment};
use rishi_bus::{Envelope, Position};
use rishi_domain::id::{BookingId, UserId};
use rishi_domain::staffing::person::Reliability;
use rishi_domain::time::TimeRange;
use uuid::Uuid;

use super::{all, first};
use crate::postgres::columns::{count, get, in_table, instant};
use crate::postgres::connection::Db;
use crate::postgres::error::StoreError;
use crate::postgres::log::{COLUMNS, anchor, envelope, head};
use crate::rows::staff as rows;

/// How long ago an assignment still tells of a person's reliability, in microseconds.
const REMEMBERED: i64 = 183 * 24 * 3_600 * 1_000_000;

/// The moment of a time is that of the last event before one that is later: events are told nearly in the
/// order of their positions, so a search by halves finds it. All of it is of one view of the log.
pub(in crate::postgres) async fn moment(
    db: &Db<'_>,
    as_of: AsOf,
) -> Result<Option<Moment>, StoreError> {
    let (anchor, head) = tokio::try_join!(anchor(db), head(db))?;
    let removed = anchor.position;
    let position = match as_of {
        AsOf::Position(position) => position.min(head),
        AsOf::Time(time) => {
            let (mut low, mut high) = (removed, head);
            while low < high {
                let middle = low + (high - low).div_ceil(2);
                match told_at(db, middle).await? {
                    Some(told) if told <= time => low = middle,
                    _ => high = middle - 1,
                }
            }
            low
        }
    };
    if position <= removed {
        return Ok(None);
    }
    let time = told_at(db, position).await?;
    Ok(time.map(|time| Moment { position, time, removed }))
}

async fn told_at(db: &Db<'_>, position: Position) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT position, timestamp FROM events WHERE position = $1";
    let row = db.optional(sql, &[&count(position)]).await?;
    first("events", row.as_ref(), |row| instant(row, 1))
}

pub(in crate::postgres) async fn newest(
    db: &Db<'_>,
    kind: &str,
    ids: &[Uuid],
    types: &[&str],
    upto: Position,
) -> Result<HashMap<Uuid, Arc<Envelope>>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM unnest($1::uuid[]) AS wanted (subject) CROSS JOIN LATERAL (
            SELECT * FROM events
             WHERE subject_id = wanted.subject AND subject_kind = $2 AND position <= $3
               AND type = ANY($4) ORDER BY version DESC LIMIT 1) newest"
    );
    let found = db.query(&sql, &[&ids, &kind, &count(upto), &types]).await?;
    let newest = |row| envelope(row).map(|event| (event.subject.id(), event));
    found.iter().map(newest).collect()
}

pub(in crate::postgres) async fn of_types(
    db: &Db<'_>,
    types: &[&str],
    upto: Position,
) -> Result<Vec<Arc<Envelope>>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM events WHERE type = ANY($1) AND position <= $2 ORDER BY position"
    );
    db.query(&sql, &[&types, &count(upto)]).await?.iter().map(envelope).collect()
}

pub(in crate::postgres) async fn stories(
    db: &Db<'_>,
    bookings: &[BookingId],
    upto: Position,
) -> Result<Vec<Arc<Envelope>>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM events
          WHERE subject_id = ANY($1) AND subject_kind = 'booking' AND position <= $2
          ORDER BY position"
    );
    let ids: Vec<Uuid> = bookings.iter().map(|id| id.0).collect();
    db.query(&sql, &[&ids, &count(upto)]).await?.iter().map(envelope).collect()
}

/// Only `BOOKING_UPDATED` moves a booking.
pub(in crate::postgres) async fn once_on(
    db: &Db<'_>,
    people: &[UserId],
    range: TimeRange,
    upto: Position,
) -> Result<Vec<BookingId>, StoreError> {
    let sql = "SELECT DISTINCT a.booking_id FROM assignments a WHERE a.staff_id = ANY($1)
            AND ((a.scheduled_start < $2 AND a.scheduled_end > $3) OR EXISTS (
                SELECT 1 FROM events e WHERE e.subject_id = a.booking_id
                   AND e.subject_kind = 'booking' AND e.type = 'BOOKING_UPDATED' AND e.position > $4))
          ORDER BY 1";
    let (from, to) = (range.start.as_microsecond(), range.end.as_microsecond());
    let found = db.query(sql, &[&raw(people), &to, &from, &count(upto)]).await?;
    found.iter().map(|row| in_table("assignments", row, get(row, 0).map(BookingId))).collect()
}

fn raw(people: &[UserId]) -> Vec<Uuid> {
    people.iter().map(|id| id.0).collect()
}

pub(in crate::postgres) async fn reliability(
    db: &Db<'_>,
    people: &[UserId],
    before: Timestamp,
    known: Timestamp,
) -> Result<HashMap<UserId, Reliability>, StoreError> {
    let sql = "SELECT wanted.id, count(*) FILTER (WHERE a.status = 'completed'),
                count(*) FILTER (WHERE a.status = 'no_show')
           FROM unnest($1::uuid[]) AS wanted (id) LEFT JOIN assignments a
             ON a.staff_id = wanted.id AND NOT a.live AND a.scheduled_start > $2
                AND a.scheduled_start < $3 AND a.updated_at <= $4
          GROUP BY wanted.id";
    let to = before.as_microsecond();
    let from = to.saturating_sub(REMEMBERED);
    let found = db.query(sql, &[&raw(people), &from, &to, &known.as_microsecond()]).await?;
    Ok(all("assignments", &found, rows::reliability)?.into_iter().collect())
}
