//! Putting bookings, and counting what changes by it.

use rishi_app::events::subject;
use rishi_domain::booking::{ActivityType, Booking, BookingStatus, OperationType};
use rishi_domain::id::{BookingId, LocationId, OrganizationId};
use rishi_domain::money::Money;
use tokio_postgres::Row;
use uuid::Uuid;

use super::counters::Counters;
use super::rows::replaced;
use super::transaction::Refusal;
use crate::postgres::columns::{
    Unreadable, get, in_table, instant, money, optional_to_json, stored, word,
};
use crate::postgres::connection::{Db, Values};
use crate::postgres::error::StoreError;
use crate::sums::Counted;

const NEW: &str = "INSERT INTO bookings (id, title, description, operation_type, activity_type, priority,
        timezone, budget, actual_cost, requirements, staff_requirements, equipment_requirements,
        status, notes, submitted_by, updated_at, version, series_changed, organization_id,
        location_id, scheduled_start, scheduled_end, created_by, created_at, series_id, series_number)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
        $20, $21, $22, $23, $24, $25, $26)";

const REPLACED: &str = "UPDATE bookings SET title = $2, description = $3, operation_type = $4,
        activity_type = $5, priority = $6, timezone = $7, budget = $8, actual_cost = $9,
        requirements = $10, staff_requirements = $11, equipment_requirements = $12, status = $13,
        notes = $14, submitted_by = $15, updated_at = $16, version = $17, series_changed = $18,
        organization_id = $19, location_id = $20, scheduled_start = $21, scheduled_end = $22,
        created_by = $23, created_at = $24, series_id = $25, series_number = $26
      WHERE id = $1 AND version + 1 = $17";

pub(super) async fn put(
    db: &Db<'_>,
    row: &Booking,
    counters: &mut Counters,
) -> Result<(), Refusal> {
    let before = if row.version == 1 { None } else { before(db, row.id).await? };
    let sql = if row.version == 1 { NEW } else { REPLACED };
    let series = row.series.as_ref();
    let [requirements, equipment] = [&row.requirements, &row.equipment_requirements]
        .map(|value| optional_to_json(value.as_ref()));
    let values: &Values<'_> = &[
        &row.id.0,
        &row.title,
        &row.description,
        &row.operation_type.as_str(),
        &row.activity_type.map(ActivityType::as_str),
        &row.priority.as_str(),
        &row.timezone,
        &row.budget.map(Money::minor),
        &row.actual_cost.map(Money::minor),
        &requirements?,
        &optional_to_json(row.staff_requirements.as_ref())?,
        &equipment?,
        &row.status.as_str(),
        &row.notes,
        &row.submitted_by.map(Uuid::from),
        &row.updated_at.as_microsecond(),
        &stored(row.version)?,
        &optional_to_json(series.map(|place| &place.changed))?,
        &row.organization_id.0,
        &row.location_id.map(Uuid::from),
        &row.scheduled_start.as_microsecond(),
        &row.scheduled_end.as_microsecond(),
        &row.created_by.0,
        &row.created_at.as_microsecond(),
        &series.map(|place| place.id.0),
        &series.map(|place| i64::from(place.number)),
    ];
    let rows = db.execute(sql, values).await?;
    replaced(db, rows, subject::booking(row.id), row.version).await?;
    Ok(counters.count(db, before.as_ref(), &Counted::from(row)).await?)
}

/// What is counted of a booking as it stands, which nobody else changes from here on.
async fn before(db: &Db<'_>, id: BookingId) -> Result<Option<Counted>, StoreError> {
    let sql =
        "SELECT id, organization_id, status, location_id, operation_type, scheduled_start, budget,
            actual_cost FROM bookings WHERE id = $1 FOR NO KEY UPDATE";
    let row = db.optional(sql, &[&id.0]).await?;
    row.map(|row| in_table("bookings", &row, counted(&row))).transpose()
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
