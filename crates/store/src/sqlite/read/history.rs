//! The past, from the log: what was told of things up to a position.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use rishi_app::history::{AsOf, Moment};
use rishi_bus::{Envelope, Position};
use rishi_domain::availability::AvailabilityBlock;
use rishi_domain::id::{BookingId, UserId};
use rishi_domain::staffing::person::Reliability;
use rishi_domain::time::TimeRange;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};
use uuid::Uuid;

use super::{Conditions, availability, list, value};
use crate::sqlite::columns::number;
use crate::sqlite::error::StoreError;
use crate::sqlite::log::{COLUMNS, anchor, envelope, head};
use crate::sqlite::readers::View;

/// Values that go into one statement.
const CHUNK: usize = 1_024;
/// How long ago an assignment still tells of a person's reliability, in microseconds.
const REMEMBERED: i64 = 183 * 24 * 3_600 * 1_000_000;

/// The moment of a time is that of the last event before one that is later: events are told nearly in the
/// order of their positions, so a search by halves finds it.
pub(in crate::sqlite) fn moment(
    db: &Connection,
    as_of: AsOf,
) -> Result<Option<Moment>, StoreError> {
    let view = View::open(db)?;
    let (removed, head) = (anchor(&view)?.position, head(&view)?);
    let position = match as_of {
        AsOf::Position(position) => position.min(head),
        AsOf::Time(time) => {
            let (mut low, mut high) = (removed, head);
            while low < high {
                let middle = low + (high - low).div_ceil(2);
                match told_at(&view, middle)? {
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
    let time = told_at(&view, position)?;
    Ok(time.map(|time| Moment { position, time, removed }))
}

fn told_at(db: &Connection, position: Position) -> Result<Option<Timestamp>, StoreError> {
    let mut statement = db.prepare_cached("SELECT timestamp FROM events WHERE position = ?1")?;
    let found: Option<i64> =
        statement.query_row([number(position)], |row| row.get(0)).optional()?;
    Ok(found.and_then(|micros| Timestamp::from_microsecond(micros).ok()))
}

pub(in crate::sqlite) fn newest(
    db: &Connection,
    kind: &str,
    ids: &[Uuid],
    types: &[&str],
    upto: Position,
) -> Result<HashMap<Uuid, Arc<Envelope>>, StoreError> {
    let marks = vec!["?"; types.len()].join(", ");
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM events WHERE subject_id = ? AND subject_kind = ? AND position <= ?
            AND +type IN ({marks}) ORDER BY version DESC LIMIT 1"
    ))?;
    let mut found = HashMap::with_capacity(ids.len());
    for id in ids {
        let mut values = vec![value(*id), value(kind.to_owned()), value(number(upto))];
        values.extend(types.iter().map(|one| value((*one).to_owned())));
        let mut rows = statement.query(params_from_iter(values.iter().map(|one| &**one)))?;
        if let Some(row) = rows.next()? {
            found.insert(*id, envelope(row)?);
        }
    }
    Ok(found)
}

pub(in crate::sqlite) fn of_types(
    db: &Connection,
    types: &[&str],
    upto: Position,
) -> Result<Vec<Arc<Envelope>>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.one_of("type", types.iter().map(|one| (*one).to_owned()));
    conditions.and("position <= ?", [value(number(upto))]);
    events(db, &conditions)
}

pub(in crate::sqlite) fn stories(
    db: &Connection,
    bookings: &[BookingId],
    upto: Position,
) -> Result<Vec<Arc<Envelope>>, StoreError> {
    let mut found = Vec::new();
    for some in bookings.chunks(CHUNK) {
        let mut conditions = Conditions::default();
        conditions.one_of("subject_id", some.iter().map(|id| id.0));
        conditions.and("subject_kind = 'booking' AND position <= ?", [value(number(upto))]);
        found.extend(events(db, &conditions)?);
    }
    Ok(found)
}

fn events(db: &Connection, conditions: &Conditions) -> Result<Vec<Arc<Envelope>>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM events{} ORDER BY position", conditions.sql());
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(envelope(row)?);
    }
    Ok(found)
}

/// Only `BOOKING_UPDATED` moves a booking.
pub(in crate::sqlite) fn once_on(
    db: &Connection,
    people: &[UserId],
    range: TimeRange,
    upto: Position,
) -> Result<Vec<BookingId>, StoreError> {
    let (from, to) = (range.start.as_microsecond(), range.end.as_microsecond());
    let mut found = Vec::new();
    for some in people.chunks(CHUNK) {
        let (marks, ids) = list(some.iter().map(|id| id.0));
        let sql = format!(
            "SELECT DISTINCT a.booking_id FROM assignments a WHERE a.staff_id IN ({marks})
                AND ((a.scheduled_start < ? AND a.scheduled_end > ?) OR EXISTS (
                    SELECT 1 FROM events e WHERE e.subject_id = a.booking_id
                       AND e.subject_kind = 'booking' AND +e.type = 'BOOKING_UPDATED' AND e.position > ?))"
        );
        let mut values: Vec<_> = ids.into_iter().map(value).collect();
        values.extend([value(to), value(from), value(number(upto))]);
        let mut statement = db.prepare_cached(&sql)?;
        let values = params_from_iter(values.iter().map(|one| &**one));
        let ids = statement.query_map(values, |row| row.get(0))?;
        found.extend(ids.map(|id| id.map(BookingId)).collect::<Result<Vec<_>, _>>()?);
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

pub(in crate::sqlite) fn ever_declared(
    db: &Connection,
    people: &[UserId],
) -> Result<Vec<AvailabilityBlock>, StoreError> {
    let mut found = Vec::new();
    for some in people.chunks(CHUNK) {
        found.extend(availability::ever(db, some)?);
    }
    Ok(found)
}

pub(in crate::sqlite) fn reliability(
    db: &Connection,
    people: &[UserId],
    before: Timestamp,
    known: Timestamp,
) -> Result<HashMap<UserId, Reliability>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT coalesce(sum(status = 'completed'), 0), coalesce(sum(status = 'no_show'), 0)
           FROM assignments
          WHERE staff_id = ?1 AND live = 0 AND scheduled_start > ?2 AND scheduled_start < ?3
            AND updated_at <= ?4",
    )?;
    let to = before.as_microsecond();
    let from = to.saturating_sub(REMEMBERED);
    let mut found = HashMap::with_capacity(people.len());
    for person in people {
        let values = params![person.0, from, to, known.as_microsecond()];
        let went = statement.query_row(values, |row| {
            Ok(Reliability { completed: row.get(0)?, no_shows: row.get(1)? })
        })?;
        found.insert(*person, went);
    }
    Ok(found)
}
