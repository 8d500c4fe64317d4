//! What the writer reads of a booking before it replaces it.

use jiff::Timestamp;
use rishi_domain::booking::{BookingStatus, OperationType};
use rishi_domain::id::{BookingId, LocationId, OrganizationId};
use rusqlite::{OptionalExtension, Row};
use uuid::Uuid;

use super::hot::{Hot, Sql};
use crate::sqlite::columns::{in_table, instant, money, word};
use crate::sqlite::error::StoreError;
use crate::sums::Counted;

/// A booking as it stands: what is counted of it, and what else an index is keyed by.
pub(super) struct Before {
    pub(super) counted: Counted,
    pub(super) end: Timestamp,
    pub(super) series: Option<Uuid>,
}

/// The booking as it stands.
pub(super) fn before(db: &mut Hot<'_>, id: BookingId) -> Result<Option<Before>, StoreError> {
    let statement = db.get(Sql::BookingBefore)?;
    let found =
        statement.query_row([id.0], |row| Ok(in_table("bookings", row, read(row)))).optional()?;
    found.transpose()
}

fn read(row: &Row<'_>) -> Result<Before, rusqlite::Error> {
    let counted = Counted {
        organization: OrganizationId(row.get(1)?),
        status: word(row, 2, BookingStatus::parse)?,
        location: row.get::<_, Option<Uuid>>(3)?.map(LocationId),
        operation: word(row, 4, OperationType::parse)?,
        start: instant(row, 5)?,
        budget: money(row, 6)?,
        actual_cost: money(row, 7)?,
    };
    Ok(Before { counted, end: instant(row, 8)?, series: row.get(9)? })
}
