//! Series of bookings.

use rishi_domain::series::BookingSeries;

use super::{Fields, id, instant, local, number, optional_id, optional_instant, string};

/// A series.
pub(crate) const SERIES: &str = "id, organization_id, recurrence, local_start, duration_seconds, \
    timezone, split_from, cancelled_at, created_by, created_at, updated_at, version";

pub(crate) fn series<R: Fields>(row: &R) -> Result<BookingSeries, R::Error> {
    Ok(BookingSeries {
        id: id(row, 0)?,
        organization_id: id(row, 1)?,
        recurrence: string(row, 2)?,
        local_start: local(row, 3)?,
        duration_seconds: number(row, 4)?,
        timezone: string(row, 5)?,
        split_from: optional_id(row, 6)?,
        cancelled_at: optional_instant(row, 7)?,
        created_by: id(row, 8)?,
        created_at: instant(row, 9)?,
        updated_at: instant(row, 10)?,
        version: number(row, 11)?,
    })
}
