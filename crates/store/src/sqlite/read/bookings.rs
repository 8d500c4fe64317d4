//! Bookings and what is shown beside them.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use rishi_app::bookings::{
    AssignmentBrief, BookingFilter, BookingRecord, CursorKey, LocationBrief, PersonBrief,
    SharedRecord, Sort, SortField, Window,
};
use rishi_app::scope::Scope;
use rishi_app::store::{Listed, Paging};
use rishi_domain::assignment::AssignmentStatus;
use rishi_domain::booking::{ActivityType, Booking, BookingStatus, OperationType, Priority};
use rishi_domain::id::{
    AssignmentId, BookingId, BookingSeriesId, LocationId, OrganizationId, UserId,
};
use rishi_domain::location::LocationType;
use rishi_domain::series::SeriesReference;
use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};
use uuid::Uuid;

use super::{Conditions, list, scope as scoped, value};
use crate::sqlite::columns::{
    in_table, instant, json, money, optional_instant, optional_json, optional_word, word,
};
use crate::sqlite::error::StoreError;
use crate::sqlite::readers::View;
use crate::sqlite::records::Records;

/// The columns of a booking, in the order that [`read`] takes them.
const COLUMNS: &str = "b.id, b.organization_id, b.title, b.description, b.operation_type, \
    b.activity_type, b.priority, b.location_id, b.scheduled_start, b.scheduled_end, b.timezone, \
    b.budget, b.actual_cost, b.requirements, b.staff_requirements, b.equipment_requirements, \
    b.status, b.notes, b.created_by, b.submitted_by, b.created_at, b.updated_at, b.version, \
    b.series_id, b.series_number, b.series_changed";

/// What stands beside it, after [`COLUMNS`].
const BESIDE: &str = "l.name, l.location_type, l.city, l.timezone, u.display_name";
const BESIDE_FROM: &str =
    "LEFT JOIN locations l ON l.id = b.location_id JOIN users u ON u.id = b.created_by";

fn read(row: &Row<'_>) -> Result<Booking, rusqlite::Error> {
    Ok(Booking {
        id: BookingId(row.get(0)?),
        organization_id: OrganizationId(row.get(1)?),
        title: row.get(2)?,
        description: row.get(3)?,
        operation_type: word(row, 4, OperationType::parse)?,
        activity_type: optional_word(row, 5, ActivityType::parse)?,
        priority: word(row, 6, Priority::parse)?,
        location_id: row.get::<_, Option<Uuid>>(7)?.map(LocationId),
        scheduled_start: instant(row, 8)?,
        scheduled_end: instant(row, 9)?,
        timezone: row.get(10)?,
        budget: money(row, 11)?,
        actual_cost: money(row, 12)?,
        requirements: optional_json(row, 13)?,
        staff_requirements: optional_json(row, 14)?,
        equipment_requirements: optional_json(row, 15)?,
        status: word(row, 16, BookingStatus::parse)?,
        notes: row.get(17)?,
        created_by: UserId(row.get(18)?),
        submitted_by: row.get::<_, Option<Uuid>>(19)?.map(UserId),
        created_at: instant(row, 20)?,
        updated_at: instant(row, 21)?,
        version: row.get(22)?,
        series: match row.get::<_, Option<Uuid>>(23)? {
            Some(id) => Some(SeriesReference {
                id: BookingSeriesId(id),
                number: row.get(24)?,
                changed: json(row, 25)?,
            }),
            None => None,
        },
    })
}

fn beside(row: &Row<'_>, booking: Booking) -> Result<BookingRecord, rusqlite::Error> {
    let location = match booking.location_id {
        Some(id) => Some(LocationBrief {
            id,
            name: row.get(26)?,
            location_type: word(row, 27, LocationType::parse)?,
            city: row.get(28)?,
            timezone: row.get(29)?,
        }),
        None => None,
    };
    let creator = PersonBrief { id: booking.created_by, display_name: row.get(30)? };
    Ok(BookingRecord { booking, location, creator, staff: Vec::new() })
}

fn record(row: &Row<'_>) -> Result<BookingRecord, StoreError> {
    in_table("bookings", row, read(row).and_then(|booking| beside(row, booking)))
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
    let sql = format!("SELECT {COLUMNS} FROM bookings b{}", conditions.sql());
    let mut statement = db.prepare_cached(&sql)?;
    let found = statement
        .query_row(params_from_iter(conditions.values()), |row| {
            Ok(in_table("bookings", row, read(row)))
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
        format!("SELECT {COLUMNS}, {BESIDE} FROM bookings b {BESIDE_FROM}{}", conditions.sql());
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
        "SELECT {COLUMNS}, {BESIDE} FROM bookings b {BESIDE_FROM}{} ORDER BY b.series_number",
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
    let mut conditions = matching(scope, filter);
    let total = total(db, scope, filter, &conditions)?;
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
    Ok(Listed { items: kept.of(db, &ids, records)?, total })
}

/// The bookings of some ids, in whatever scope and order.
fn records(db: &Connection, ids: &[BookingId]) -> Result<Vec<SharedRecord>, StoreError> {
    let (marks, ids) = list(ids.iter().map(|id| id.0));
    let sql =
        format!("SELECT {COLUMNS}, {BESIDE} FROM bookings b {BESIDE_FROM} WHERE b.id IN ({marks})");
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

struct Order {
    key: &'static str,
    sql: String,
}

fn order(sort: Sort) -> Order {
    let key = match sort.field {
        SortField::ScheduledStart => "b.scheduled_start",
        SortField::CreatedAt => "b.created_at",
        SortField::UpdatedAt => "b.updated_at",
        SortField::Title => "b.title",
        SortField::Priority => {
            "CASE b.priority WHEN 'low' THEN 0 WHEN 'medium' THEN 1 WHEN 'high' THEN 2 ELSE 3 END"
        }
    };
    let direction = if sort.descending { "DESC" } else { "ASC" };
    Order { key, sql: format!("{key} {direction}, b.id {direction}") }
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
        "SELECT a.id, a.booking_id, a.staff_id, s.display_name, a.role, a.status, a.hourly_rate,
                a.special_requirements, a.checked_in_at, a.checked_out_at, a.check_in, a.check_out
           FROM assignments a JOIN users s ON s.id = a.staff_id
          WHERE a.booking_id IN ({marks}) ORDER BY a.id"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(ids))?;
    while let Some(row) = rows.next()? {
        let booking: Uuid = row.get(1)?;
        let assigned = in_table("assignments", row, assignment(row))?;
        if let Some(at) = index.get(&booking) {
            records[*at].staff.push(assigned);
        }
    }
    Ok(())
}

fn assignment(row: &Row<'_>) -> Result<AssignmentBrief, rusqlite::Error> {
    Ok(AssignmentBrief {
        id: AssignmentId(row.get(0)?),
        staff: PersonBrief { id: UserId(row.get(2)?), display_name: row.get(3)? },
        role: row.get(4)?,
        status: word(row, 5, AssignmentStatus::parse)?,
        hourly_rate: money(row, 6)?,
        special_requirements: json(row, 7)?,
        checked_in_at: optional_instant(row, 8)?,
        checked_out_at: optional_instant(row, 9)?,
        check_in: optional_json(row, 10)?,
        check_out: optional_json(row, 11)?,
    })
}
