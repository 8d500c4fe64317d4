//! Bookings and what is shown beside them.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use rishi_app::bookings::{BookingFilter, BookingRecord, CursorKey, SharedRecord, Window};
use rishi_app::scope::Scope;
use rishi_app::store::{Listed, Paging};
use rishi_domain::booking::Booking;
use rishi_domain::id::{BookingId, BookingSeriesId};
use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};
use uuid::Uuid;

use super::{Conditions, list, scope as scoped, value};
use crate::records::Records;
use crate::rows::bookings::{self as rows, ASSIGNED, BESIDE, BESIDE_FROM, BOOKING, order};
use crate::sqlite::columns::in_table;
use crate::sqlite::error::StoreError;
use crate::sqlite::readers::View;
use crate::sqlite::records::records_of;

fn record(row: &Row<'_>) -> Result<BookingRecord, StoreError> {
    in_table("bookings", row, rows::record(row))
}

/// A booking in scope, alone.
pub(in crate::sqlite) fn visible_row(
    db: &Connection,
    scope: &Scope,
    id: BookingId,
) -> Result<Option<Booking>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.and("b.id = ?", [value(id.0)]);
    scoped::bookings(scope, &mut conditions);
    let sql = format!("SELECT {BOOKING} FROM bookings b{}", conditions.sql());
    let mut statement = db.prepare_cached(&sql)?;
    let found = statement
        .query_row(params_from_iter(conditions.values()), |row| {
            Ok(in_table("bookings", row, rows::booking(row)))
        })
        .optional()?;
    found.transpose()
}

/// A booking in scope, with what is shown beside it.
pub(in crate::sqlite) fn booking(
    db: &Connection,
    scope: &Scope,
    id: BookingId,
) -> Result<Option<BookingRecord>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.and("b.id = ?", [value(id.0)]);
    scoped::bookings(scope, &mut conditions);
    let sql =
        format!("SELECT {BOOKING}, {BESIDE} FROM bookings b {BESIDE_FROM}{}", conditions.sql());
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    let Some(found) = rows.next()?.map(record).transpose()? else { return Ok(None) };
    let mut records = [found];
    staff(db, &mut records)?;
    let [found] = records;
    Ok(Some(found))
}

/// The bookings of a series that are in scope, by number, with what is shown beside them.
pub(super) fn of_series(
    db: &Connection,
    scope: &Scope,
    id: BookingSeriesId,
) -> Result<Vec<BookingRecord>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.and("b.series_id = ?", [value(id.0)]);
    scoped::bookings(scope, &mut conditions);
    let sql = format!(
        "SELECT {BOOKING}, {BESIDE} FROM bookings b {BESIDE_FROM}{} ORDER BY b.series_number",
        conditions.sql()
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(record(row)?);
    }
    staff(db, &mut found)?;
    Ok(found)
}

/// A stretch of the bookings that match, and how many match in all. Which they are is read here and
/// now, within the scope; what they are may be kept.
pub(in crate::sqlite) fn bookings(
    db: &Connection,
    kept: &Records,
    scope: &Scope,
    filter: &BookingFilter,
) -> Result<Listed<Arc<SharedRecord>>, StoreError> {
    in_view(&View::open(db)?, kept, scope, filter)
}

/// The same in a view that is open already.
pub(in crate::sqlite) fn in_view(
    db: &View<'_>,
    kept: &Records,
    scope: &Scope,
    filter: &BookingFilter,
) -> Result<Listed<Arc<SharedRecord>>, StoreError> {
    let total = total(db, scope, filter, &matching(scope, filter))?;
    Ok(Listed { items: stretch(db, kept, scope, filter)?, total })
}

/// The stretch alone.
pub(in crate::sqlite) fn uncounted(
    db: &Connection,
    kept: &Records,
    scope: &Scope,
    filter: &BookingFilter,
) -> Result<Vec<Arc<SharedRecord>>, StoreError> {
    stretch(&View::open(db)?, kept, scope, filter)
}

fn stretch(
    db: &View<'_>,
    kept: &Records,
    scope: &Scope,
    filter: &BookingFilter,
) -> Result<Vec<Arc<SharedRecord>>, StoreError> {
    let mut conditions = matching(scope, filter);
    let order = order(filter.sort);
    if let Window::After(cursor) = &filter.window {
        let key: Box<dyn ToSql + Send> = match &cursor.key {
            CursorKey::Integer(number) => value(*number),
            CursorKey::Text(text) => value(text.clone()),
        };
        let than = if filter.sort.descending { '<' } else { '>' };
        conditions.and(&format!("({}, b.id) {than} (?, ?)", order.key), [key, value(cursor.id.0)]);
    }
    let offset = match filter.window {
        Window::Offset(before) => before,
        Window::After(_) => 0,
    };
    let page = conditions.page(Paging { limit: filter.limit, offset });
    let sql =
        format!("SELECT b.id FROM bookings b{} ORDER BY {}{page}", conditions.sql(), order.sql);
    let mut statement = db.prepare_cached(&sql)?;
    let ids = statement.query_map(params_from_iter(conditions.values()), |row| row.get(0))?;
    let ids: Vec<BookingId> = ids.map(|id| id.map(BookingId)).collect::<Result<_, _>>()?;
    records_of(kept, db, &ids, records)
}

/// The bookings of some ids, in whatever scope and order.
fn records(db: &Connection, ids: &[BookingId]) -> Result<Vec<SharedRecord>, StoreError> {
    let (marks, ids) = list(ids.iter().map(|id| id.0));
    let sql =
        format!("SELECT {BOOKING}, {BESIDE} FROM bookings b {BESIDE_FROM} WHERE b.id IN ({marks})");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(ids))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(record(row)?);
    }
    staff(db, &mut found)?;
    found.into_iter().map(shared).collect()
}

fn shared(record: BookingRecord) -> Result<SharedRecord, StoreError> {
    SharedRecord::new(record)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()).into())
}

/// Only bookings (as `b`) that end after an instant.
pub(super) fn ending_after(from: Timestamp, conditions: &mut Conditions) {
    let from = from.as_microsecond();
    conditions.and("b.scheduled_end > ?", [value(from)]);
    // A booking lasts at most 31 days: this bound lets the index by start do the work.
    conditions.and("b.scheduled_start > ?", [value(from - 31 * 24 * 3_600 * 1_000_000 - 1)]);
}

fn matching(scope: &Scope, filter: &BookingFilter) -> Conditions {
    let mut conditions = Conditions::default();
    match filter.organization {
        Some(organization) => {
            // A person is on few bookings and an organization has many: the plus keeps the index by
            // organization out of it.
            let plus = if filter.assigned_staff.is_empty() { "" } else { "+" };
            let sql = format!("{plus}b.organization_id = ?");
            conditions.and(&sql, [value(organization.0)]);
            if !scope.covers(organization) {
                scoped::bookings(scope, &mut conditions);
            }
        }
        None => scoped::bookings(scope, &mut conditions),
    }
    if !filter.statuses.is_empty() {
        let words = filter.statuses.iter().map(|status| status.as_str());
        conditions.one_of("b.status", words);
    }
    if let Some(location) = filter.location {
        conditions.and("b.location_id = ?", [value(location.0)]);
    }
    if let Some(from) = filter.from {
        ending_after(from, &mut conditions);
    }
    if let Some(to) = filter.to {
        conditions.and("b.scheduled_start < ?", [value(to.as_microsecond())]);
    }
    if !filter.assigned_staff.is_empty() {
        let (marks, staff) = list(filter.assigned_staff.iter().map(|staff| staff.0));
        conditions.and(
            &format!(
                "b.id IN (SELECT s.booking_id FROM assignments s WHERE s.live = 1 AND s.staff_id IN ({marks}))"
            ),
            staff.into_iter().map(value),
        );
    }
    if let Some(priority) = filter.priority {
        conditions.and("b.priority = ?", [value(priority.as_str())]);
    }
    if let Some(operation) = filter.operation_type {
        conditions.and("b.operation_type = ?", [value(operation.as_str())]);
    }
    if let Some(search) = &filter.search {
        let needle = search.to_lowercase();
        conditions.and(
            "(contains(b.title, ?) OR contains(b.description, ?))",
            [value(needle.clone()), value(needle)],
        );
    }
    conditions
}

/// The true total: from the counters when nothing narrows an organization's list, else counted.
fn total(
    db: &Connection,
    scope: &Scope,
    filter: &BookingFilter,
    conditions: &Conditions,
) -> Result<u64, StoreError> {
    if let Some(organization) = filter.organization
        && filter.is_whole_organization()
        && scope.covers(organization)
    {
        let mut statement = db.prepare_cached(
            "SELECT coalesce(sum(total), 0) FROM booking_counters
              WHERE organization_id = ?1 AND dimension = 'status'",
        )?;
        return Ok(statement.query_row([organization.0], |row| row.get(0))?);
    }
    let sql = format!("SELECT count(*) FROM bookings b{}", conditions.sql());
    let mut statement = db.prepare_cached(&sql)?;
    Ok(statement.query_row(params_from_iter(conditions.values()), |row| row.get(0))?)
}

/// Fills in who is assigned.
fn staff(db: &Connection, records: &mut [BookingRecord]) -> Result<(), StoreError> {
    if records.is_empty() {
        return Ok(());
    }
    let index: HashMap<Uuid, usize> =
        records.iter().enumerate().map(|(at, record)| (record.booking.id.0, at)).collect();
    let (marks, ids) = list(records.iter().map(|record| record.booking.id.0));
    let sql = format!(
        "SELECT {ASSIGNED} FROM assignments a JOIN users s ON s.id = a.staff_id
          WHERE a.booking_id IN ({marks}) ORDER BY a.id"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(ids))?;
    while let Some(row) = rows.next()? {
        let booking: Uuid = row.get(1)?;
        let assigned = in_table("assignments", row, rows::assigned(row))?;
        if let Some(at) = index.get(&booking) {
            records[*at].staff.push(assigned);
        }
    }
    Ok(())
}
