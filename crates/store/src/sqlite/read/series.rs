//! Series of bookings.

use rishi_app::scope::Scope;
use rishi_app::series::SeriesRecord;
use rishi_domain::id::BookingSeriesId;
use rusqlite::Connection;

use super::bookings;
use crate::rows::series::{self as rows, SERIES};
use crate::sqlite::columns::in_table;
use crate::sqlite::error::StoreError;
use crate::sqlite::readers::View;

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
    let sql = format!("SELECT {SERIES} FROM booking_series WHERE id = ?1");
    let mut statement = view.prepare_cached(&sql)?;
    let mut found = statement.query([id.0])?;
    let Some(row) = found.next()? else { return Ok(None) };
    let series = in_table("booking_series", row, rows::series(row))?;
    Ok(Some(SeriesRecord { series, bookings }))
}
