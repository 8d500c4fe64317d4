//! Series of bookings.

use rishi_app::scope::Scope;
use rishi_app::series::SeriesRecord;
use rishi_domain::id::BookingSeriesId;

use super::{bookings, first};
use crate::postgres::connection::Db;
use crate::postgres::error::StoreError;
use crate::rows::series::{self as rows, SERIES};

/// A series of which a booking is in scope, with those that are, all of one moment if the view is.
pub(in crate::postgres) async fn series(
    db: &Db<'_>,
    scope: &Scope,
    id: BookingSeriesId,
) -> Result<Option<SeriesRecord>, StoreError> {
    let bookings = bookings::of_series(db, scope, id).await?;
    if bookings.is_empty() {
        return Ok(None);
    }
    let sql = format!("SELECT {SERIES} FROM booking_series WHERE id = $1");
    let row = db.optional(&sql, &[&id.0]).await?;
    let series = first("booking_series", row.as_ref(), rows::series)?;
    Ok(series.map(|series| SeriesRecord { series, bookings }))
}
