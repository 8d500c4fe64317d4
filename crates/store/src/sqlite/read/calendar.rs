//! Calendar feeds, and what was cancelled of somebody's work.

use rishi_app::calendar::{CancelledShift, FeedRecord};
use rishi_app::store::{Listed, Paging};
use rishi_domain::calendar::CalendarFeed;
use rishi_domain::id::{CalendarFeedId, TokenId, UserId};
use rishi_domain::time::TimeRange;
use rusqlite::{Connection, params};

use super::access;
use crate::rows::calendar::{self as rows, FEED};
use crate::sqlite::columns::{in_table, number};
use crate::sqlite::error::StoreError;

/// The feed with this digest, with what its owner may act as by the way it was made.
pub(in crate::sqlite) fn feed(
    db: &Connection,
    digest: &[u8; 32],
) -> Result<Option<FeedRecord>, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {FEED}, u.display_name, u.status
           FROM calendar_feeds f JOIN users u ON u.id = f.user_id WHERE f.digest = ?1"
    ))?;
    let mut answer = statement.query([digest])?;
    let found = answer.next()?.map(|row| in_table("calendar_feeds", row, rows::record(row)));
    let found = found.transpose()?;
    let Some(mut found) = found else { return Ok(None) };
    match found.feed.token_id {
        None => found.grants = access::grants(db, found.feed.user_id)?,
        Some(token) => {
            let Some(token) = access::token_by_id(db, token)? else { return Ok(None) };
            found.grants = token.grant.into_iter().collect();
            found.expires_at = Some(token.expires_at);
        }
    }
    Ok(Some(found))
}

pub(in crate::sqlite) fn feeds(
    db: &Connection,
    user: UserId,
    token: Option<TokenId>,
    paging: Paging,
) -> Result<Listed<CalendarFeed>, StoreError> {
    const OWN: &str = "f.user_id = ?1 AND (?2 IS NULL OR f.token_id = ?2)";
    let token = token.map(|token| token.0);
    let total = db
        .prepare_cached(&format!("SELECT count(*) FROM calendar_feeds f WHERE {OWN}"))?
        .query_row(params![user.0, token], |row| row.get(0))?;
    let mut statement = db.prepare_cached(&format!(
        "SELECT {FEED} FROM calendar_feeds f WHERE {OWN} ORDER BY f.id DESC LIMIT ?3 OFFSET ?4"
    ))?;
    let page = params![user.0, token, paging.limit, number(paging.offset)];
    let mut answer = statement.query(page)?;
    let mut items = Vec::new();
    while let Some(row) = answer.next()? {
        items.push(in_table("calendar_feeds", row, rows::feed(row))?);
    }
    Ok(Listed { items, total })
}

pub(in crate::sqlite) fn feed_of(
    db: &Connection,
    id: CalendarFeedId,
) -> Result<Option<CalendarFeed>, StoreError> {
    let mut statement =
        db.prepare_cached(&format!("SELECT {FEED} FROM calendar_feeds f WHERE f.id = ?1"))?;
    let mut answer = statement.query([id.0])?;
    answer.next()?.map(|row| in_table("calendar_feeds", row, rows::feed(row))).transpose()
}

/// Cancelled bookings that a person was released from because of it: the release is the last that was
/// ever said of the booking. Who was released before is not told what became of it.
pub(in crate::sqlite) fn cancelled(
    db: &Connection,
    user: UserId,
    range: TimeRange,
    limit: u32,
) -> Result<Vec<CancelledShift>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT b.id, a.scheduled_start, a.scheduled_end, coalesce(l.timezone, b.timezone),
                b.created_at, b.updated_at, b.version
           FROM assignments a JOIN bookings b ON b.id = a.booking_id
           LEFT JOIN locations l ON l.id = b.location_id
          WHERE a.staff_id = ?1 AND a.status = 'released' AND a.live = 0 AND b.status = 'cancelled'
            AND a.updated_at >= b.updated_at
            AND a.scheduled_start < ?3 AND a.scheduled_end > ?2
            AND NOT EXISTS (SELECT 1 FROM assignments other
                 WHERE other.booking_id = b.id AND other.staff_id = ?1
                   AND other.status NOT IN ('declined', 'released'))
          GROUP BY b.id ORDER BY a.scheduled_start, b.id LIMIT ?4",
    )?;
    let (start, end) = (range.start.as_microsecond(), range.end.as_microsecond());
    let mut answer = statement.query(params![user.0, start, end, limit])?;
    let mut found = Vec::new();
    while let Some(row) = answer.next()? {
        found.push(in_table("assignments", row, rows::cancelled(row))?);
    }
    Ok(found)
}
