//! Bookings and what is shown beside them.

use std::collections::HashMap;

use jiff::Timestamp;
use rishi_app::bookings::{AssignmentBrief, BookingFilter, BookingRecord};
use rishi_app::scope::Scope;
use rishi_domain::booking::Booking;
use rishi_domain::id::{BookingId, BookingSeriesId};
use uuid::Uuid;

use super::{Conditions, all, first, scope as scoped};
use crate::postgres::columns::get;
use crate::postgres::connection::Db;
use crate::postgres::error::StoreError;
use crate::rows::Fields as _;
use crate::rows::bookings::{self as rows, ASSIGNED, BESIDE, BESIDE_FROM, BOOKING, RECORD_COLUMNS};

const TABLE: &str = "bookings";

/// A booking in scope, by its id.
fn one(scope: &Scope, id: BookingId) -> Conditions {
    let mut conditions = Conditions::default();
    conditions.is("b.id", id.0);
    scoped::bookings(scope, &mut conditions);
    conditions
}

/// A booking in scope, alone.
pub(in crate::postgres) async fn visible_row(
    db: &Db<'_>,
    scope: &Scope,
    id: BookingId,
) -> Result<Option<Booking>, StoreError> {
    let conditions = one(scope, id);
    let sql = format!("SELECT {BOOKING} FROM bookings b{}", conditions.sql());
    let row = db.optional(&sql, &conditions.values()).await?;
    first(TABLE, row.as_ref(), rows::booking)
}

/// A booking in scope, with what is shown beside it: in one statement, for decisions rest on it.
pub(in crate::postgres) async fn booking(
    db: &Db<'_>,
    scope: &Scope,
    id: BookingId,
) -> Result<Option<BookingRecord>, StoreError> {
    let conditions = one(scope, id);
    let sql = format!(
        "SELECT {BOOKING}, {BESIDE}, {ASSIGNED} FROM bookings b {BESIDE_FROM}
           LEFT JOIN (assignments a JOIN users s ON s.id = a.staff_id) ON a.booking_id = b.id{}
          ORDER BY a.id",
        conditions.sql()
    );
    let found = db.query(&sql, &conditions.values()).await?;
    let Some(mut record) = first(TABLE, found.first(), rows::record)? else { return Ok(None) };
    let staff: Vec<Option<AssignmentBrief>> = all("assignments", &found, |row| {
        let assigned = row.id(RECORD_COLUMNS)?;
        assigned.map(|_| rows::assigned_from(row, RECORD_COLUMNS)).transpose()
    })?;
    record.staff = staff.into_iter().flatten().collect();
    Ok(Some(record))
}

/// The bookings of a series that are in scope, by number, with what is shown beside them.
pub(super) async fn of_series(
    db: &Db<'_>,
    scope: &Scope,
    id: BookingSeriesId,
) -> Result<Vec<BookingRecord>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.is("b.series_id", id.0);
    scoped::bookings(scope, &mut conditions);
    let sql = format!(
        "SELECT {BOOKING}, {BESIDE} FROM bookings b {BESIDE_FROM}{} ORDER BY b.series_number",
        conditions.sql()
    );
    let rows = db.query(&sql, &conditions.values()).await?;
    let mut found = all(TABLE, &rows, rows::record)?;
    fill(db, &mut found).await?;
    Ok(found)
}

/// Only bookings (as `b`) that end after an instant.
pub(super) fn ending_after(from: Timestamp, conditions: &mut Conditions) {
    let from = from.as_microsecond();
    let end = conditions.value(from);
    conditions.and(&format!("b.scheduled_end > {end}"));
    // A booking lasts at most 31 days: this bound lets the index by start do the work.
    let start = conditions.value(from - 31 * 24 * 3_600 * 1_000_000 - 1);
    conditions.and(&format!("b.scheduled_start > {start}"));
}

/// Only bookings (as `b`) that start before an instant.
pub(super) fn starting_before(to: Timestamp, conditions: &mut Conditions) {
    let to = conditions.value(to.as_microsecond());
    conditions.and(&format!("b.scheduled_start < {to}"));
}

/// What a filter asks for, of bookings as `b`.
pub(super) fn matching(scope: &Scope, filter: &BookingFilter) -> Conditions {
    let mut conditions = Conditions::default();
    if let Some(organization) = filter.organization {
        conditions.is("b.organization_id", organization.0);
    }
    if !filter.organization.is_some_and(|organization| scope.covers(organization)) {
        scoped::bookings(scope, &mut conditions);
    }
    if !filter.statuses.is_empty() {
        conditions.one_of("b.status", filter.statuses.iter().map(|status| status.as_str()));
    }
    if let Some(location) = filter.location {
        conditions.is("b.location_id", location.0);
    }
    if let Some(from) = filter.from {
        ending_after(from, &mut conditions);
    }
    if let Some(to) = filter.to {
        starting_before(to, &mut conditions);
    }
    if !filter.assigned_staff.is_empty() {
        let them = conditions.any("s.staff_id", filter.assigned_staff.iter().map(|staff| staff.0));
        conditions.and(&format!(
            "b.id IN (SELECT s.booking_id FROM assignments s WHERE s.live AND {them})"
        ));
    }
    if let Some(priority) = filter.priority {
        conditions.is("b.priority", priority.as_str());
    }
    if let Some(operation) = filter.operation_type {
        conditions.is("b.operation_type", operation.as_str());
    }
    if let Some(search) = &filter.search {
        conditions.one_holds(&["b.title", "b.description"], search);
    }
    conditions
}

/// Fills in who is assigned. Unless both are asked in one view it may be newer than the bookings are, and never older than
/// the versions they name: it is asked after them.
pub(super) async fn fill(db: &Db<'_>, records: &mut [BookingRecord]) -> Result<(), StoreError> {
    if records.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = records.iter().map(|record| record.booking.id.0).collect();
    let sql = format!(
        "SELECT {ASSIGNED} FROM assignments a JOIN users s ON s.id = a.staff_id
          WHERE a.booking_id = ANY($1) ORDER BY a.id"
    );
    let index: HashMap<Uuid, usize> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let found = db.query(&sql, &[&ids]).await?;
    let read = |row: &_| Ok((get(row, 1)?, rows::assigned(row)?));
    for (booking, assigned) in all::<(Uuid, _)>("assignments", &found, read)? {
        if let Some(at) = index.get(&booking) {
            records[*at].staff.push(assigned);
        }
    }
    Ok(())
}
