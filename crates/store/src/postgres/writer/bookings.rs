//! Putting bookings, and counting what changes by it.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use rishi_app::events::subject;
use rishi_domain::booking::{ActivityType, Booking, BookingStatus, OperationType};
use rishi_domain::id::{LocationId, OrganizationId};
use rishi_domain::money::Money;
use tokio_postgres::Row;
use uuid::Uuid;

use super::counters::Counters;
use super::many::{Columns, column, fallible, insert, replace};
use super::rows::overtaken;
use super::transaction::Refusal;
use crate::postgres::columns::{
    Unreadable, get, in_table, instant, money, optional_to_json, stored, word,
};
use crate::postgres::connection::{Db, Values};
use crate::postgres::error::StoreError;
use crate::sums::Counted;

/// The columns of a booking.
const COLUMNS: &Columns = &[
    ("id", "uuid"),
    ("version", "bigint"),
    ("title", "text"),
    ("description", "text"),
    ("operation_type", "text"),
    ("activity_type", "text"),
    ("priority", "text"),
    ("timezone", "text"),
    ("budget", "bigint"),
    ("actual_cost", "bigint"),
    ("requirements", "text"),
    ("staff_requirements", "text"),
    ("equipment_requirements", "text"),
    ("status", "text"),
    ("notes", "text"),
    ("submitted_by", "uuid"),
    ("updated_at", "bigint"),
    ("series_changed", "text"),
    ("organization_id", "uuid"),
    ("location_id", "uuid"),
    ("scheduled_start", "bigint"),
    ("scheduled_end", "bigint"),
    ("created_by", "uuid"),
    ("created_at", "bigint"),
    ("series_id", "uuid"),
    ("series_number", "bigint"),
];

const WRITTEN: &str = " RETURNING bookings.id";
static NEW: LazyLock<String> = LazyLock::new(|| insert("bookings", COLUMNS) + WRITTEN);
static REPLACED: LazyLock<String> =
    LazyLock::new(|| replace("bookings", COLUMNS, "bookings.version + 1 = n.version") + WRITTEN);

/// Puts bookings: new ones, or such as take the place of their former state, each once.
pub(super) async fn put(
    db: &Db<'_>,
    rows: &[&Booking],
    counters: &mut Counters,
) -> Result<(), Refusal> {
    let (new, changed): (Vec<&Booking>, Vec<&Booking>) =
        rows.iter().partition(|row| row.version == 1);
    let before = before(db, &changed).await?;
    for (sql, rows) in [(&NEW, new), (&REPLACED, changed)] {
        if rows.is_empty() {
            continue;
        }
        let written = write(db, sql, &rows).await?;
        if let Some(row) = rows.iter().find(|row| !written.contains(&row.id.0)) {
            return Err(overtaken(db, subject::booking(row.id), row.version).await?);
        }
    }
    for row in rows {
        counters.count(db, before.get(&row.id.0), &Counted::from(*row)).await?;
    }
    Ok(())
}

/// Which of them it has written.
async fn write(db: &Db<'_>, sql: &str, rows: &[&Booking]) -> Result<HashSet<Uuid>, StoreError> {
    let values: &Values<'_> = &[
        &column(rows, |row| row.id.0),
        &fallible(rows, |row| stored(row.version))?,
        &column(rows, |row| row.title.as_str()),
        &column(rows, |row| row.description.as_deref()),
        &column(rows, |row| row.operation_type.as_str()),
        &column(rows, |row| row.activity_type.map(ActivityType::as_str)),
        &column(rows, |row| row.priority.as_str()),
        &column(rows, |row| row.timezone.as_str()),
        &column(rows, |row| row.budget.map(Money::minor)),
        &column(rows, |row| row.actual_cost.map(Money::minor)),
        &fallible(rows, |row| optional_to_json(row.requirements.as_ref()))?,
        &fallible(rows, |row| optional_to_json(row.staff_requirements.as_ref()))?,
        &fallible(rows, |row| optional_to_json(row.equipment_requirements.as_ref()))?,
        &column(rows, |row| row.status.as_str()),
        &column(rows, |row| row.notes.as_deref()),
        &column(rows, |row| row.submitted_by.map(Uuid::from)),
        &column(rows, |row| row.updated_at.as_microsecond()),
        &fallible(rows, |row| optional_to_json(row.series.as_ref().map(|place| &place.changed)))?,
        &column(rows, |row| row.organization_id.0),
        &column(rows, |row| row.location_id.map(Uuid::from)),
        &column(rows, |row| row.scheduled_start.as_microsecond()),
        &column(rows, |row| row.scheduled_end.as_microsecond()),
        &column(rows, |row| row.created_by.0),
        &column(rows, |row| row.created_at.as_microsecond()),
        &column(rows, |row| row.series.as_ref().map(|place| place.id.0)),
        &column(rows, |row| row.series.as_ref().map(|place| i64::from(place.number))),
    ];
    let written = db.query(sql, values).await?;
    written.iter().map(|row| in_table("bookings", row, get(row, 0))).collect()
}

/// What is counted of bookings as they stand, which nobody else changes from here on.
async fn before(db: &Db<'_>, rows: &[&Booking]) -> Result<HashMap<Uuid, Counted>, StoreError> {
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let sql =
        "SELECT id, organization_id, status, location_id, operation_type, scheduled_start, budget,
            actual_cost FROM bookings WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE";
    let ids = column(rows, |row| row.id.0);
    let read = |row| in_table("bookings", row, get(row, 0).and_then(|id| Ok((id, counted(row)?))));
    db.query(sql, &[&ids]).await?.iter().map(read).collect()
}

fn counted(row: &Row) -> Result<Counted, Unreadable> {
    Ok(Counted {
        organization: OrganizationId(get(row, 1)?),
        status: word(row, 2, BookingStatus::parse)?,
        location: get::<Option<Uuid>>(row, 3)?.map(LocationId),
        operation: word(row, 4, OperationType::parse)?,
        start: instant(row, 5)?,
        budget: money(row, 6)?,
        actual_cost: money(row, 7)?,
    })
}
