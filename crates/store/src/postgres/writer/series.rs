//! Putting series of bookings.

use rishi_app::events::subject;
use rishi_domain::series::BookingSeries;
use uuid::Uuid;

use super::rows::replaced;
use super::transaction::Refusal;
use crate::postgres::columns::stored;
use crate::postgres::connection::Db;

pub(super) async fn put(db: &Db<'_>, row: &BookingSeries) -> Result<(), Refusal> {
    let sql = if row.version == 1 {
        "INSERT INTO booking_series (id, organization_id, recurrence, local_start, duration_seconds,
            timezone, split_from, cancelled_at, created_by, created_at, updated_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    } else {
        "UPDATE booking_series SET organization_id = $2, recurrence = $3, local_start = $4,
            duration_seconds = $5, timezone = $6, split_from = $7, cancelled_at = $8, created_by = $9,
            created_at = $10, updated_at = $11, version = $12
          WHERE id = $1 AND version + 1 = $12"
    };
    let rows = db
        .execute(
            sql,
            &[
                &row.id.0,
                &row.organization_id.0,
                &row.recurrence,
                &row.local_start.to_string(),
                &i64::from(row.duration_seconds),
                &row.timezone,
                &row.split_from.map(Uuid::from),
                &row.cancelled_at.map(jiff::Timestamp::as_microsecond),
                &row.created_by.0,
                &row.created_at.as_microsecond(),
                &row.updated_at.as_microsecond(),
                &stored(row.version)?,
            ],
        )
        .await?;
    replaced(db, rows, subject::series(row.id), row.version).await
}
