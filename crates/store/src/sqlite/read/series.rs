//! Series of bookings.

use rishi_app::scope::Scope;
use rishi_app::series::SeriesRecord;
use rishi_domain::id::{BookingSeriesId, OrganizationId, UserId};
use rishi_domain::series::BookingSeries;
use rusqlite::{Connection, OptionalExtension, Row};
use uuid::Uuid;

use super::bookings;
use crate::sqlite::columns::{in_table, instant, local, optional_instant};
use crate::sqlite::error::StoreError;
use crate::sqlite::readers::View;

fn read(row: &Row<'_>) -> Result<BookingSeries, rusqlite::Error> {
    Ok(BookingSeries {
        id: BookingSeriesId(row.get(0)?),
        organization_id: OrganizationId(row.get(1)?),
        recurrence: row.get(2)?,
        local_start: local(row, 3)?,
        duration_seconds: row.get(4)?,
        timezone: row.get(5)?,
        split_from: row.get::<_, Option<Uuid>>(6)?.map(BookingSeriesId),
        cancelled_at: optional_instant(row, 7)?,
        created_by: UserId(row.get(8)?),
        created_at: instant(row, 9)?,
        updated_at: instant(row, 10)?,
        version: row.get(11)?,
    })
}

/// A series of which a booking is in scope, with those that are, all of one moment.
pub(in crate::sqlite) fn series(
    db: &Connection,
    scope: &Scope,
    id: BookingSeriesId,
) -> Result<Option<SeriesRecord>, StoreError> {
    let view = View::open(db)?;
    let bookings = bookings::of_series(&view, scope, id)?;
    if bookings.is_empty() {
        return Ok(None);
    }
    let mut statement = view.prepare_cached(
        "SELECT id, organization_id, recurrence, local_start, duration_seconds, timezone, split_from,
                cancelled_at, created_by, created_at, updated_at, version
           FROM booking_series WHERE id = ?1",
    )?;
    let found = statement
        .query_row([id.0], |row| Ok(in_table("booking_series", row, read(row))))
        .optional()?;
    Ok(found.transpose()?.map(|series| SeriesRecord { series, bookings }))
}
