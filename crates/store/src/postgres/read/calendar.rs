//! Calendar feeds, and what was cancelled of somebody's work.

use rishi_app::calendar::{CancelledShift, FeedRecord};
use rishi_app::store::{Listed, Paging};
use rishi_domain::calendar::CalendarFeed;
use rishi_domain::id::{CalendarFeedId, TokenId, UserId};
use rishi_domain::time::TimeRange;

use super::{Conditions, Listing, access, all, first, listed, people};
use crate::postgres::connection::Db;
use crate::postgres::error::StoreError;
use crate::rows::calendar::{self as rows, FEED};

const FEEDS: Listing<'_> = Listing {
    table: "calendar_feeds",
    columns: FEED,
    from: "calendar_feeds f",
    order: "f.id DESC",
};

/// The feed with this digest, with what its owner may act as by the way it was made.
pub(in crate::postgres) async fn feed(
    db: &Db<'_>,
    digest: &[u8; 32],
) -> Result<Option<FeedRecord>, StoreError> {
    let sql = format!(
        "SELECT {FEED}, u.display_name, u.status
           FROM calendar_feeds f JOIN users u ON u.id = f.user_id WHERE f.digest = $1"
    );
    let row = db.optional(&sql, &[&digest.as_slice()]).await?;
    let Some(mut found) = first("calendar_feeds", row.as_ref(), rows::record)? else {
        return Ok(None);
    };
    match found.feed.token_id {
        None => found.grants = access::grants(people::memberships(db, found.feed.user_id).await?),
        Some(token) => {
            let Some(token) = access::token_by_id(db, token).await? else { return Ok(None) };
            found.grants = token.grant.into_iter().collect();
            found.expires_at = Some(token.expires_at);
        }
    }
    Ok(Some(found))
}

pub(in crate::postgres) async fn feeds(
    db: &Db<'_>,
    user: UserId,
    token: Option<TokenId>,
    paging: Paging,
) -> Result<Listed<CalendarFeed>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.is("f.user_id", user.0);
    if let Some(token) = token {
        conditions.is("f.token_id", token.0);
    }
    listed(db, &FEEDS, &conditions, paging, rows::feed).await
}

pub(in crate::postgres) async fn feed_of(
    db: &Db<'_>,
    id: CalendarFeedId,
) -> Result<Option<CalendarFeed>, StoreError> {
    let sql = format!("SELECT {FEED} FROM calendar_feeds f WHERE f.id = $1");
    let row = db.optional(&sql, &[&id.0]).await?;
    first("calendar_feeds", row.as_ref(), rows::feed)
}

/// Cancelled bookings that a person was released from because of it: the release is the last that was
/// ever said of the booking. Who was released before is not told what became of it.
pub(in crate::postgres) async fn cancelled(
    db: &Db<'_>,
    user: UserId,
    range: TimeRange,
    limit: u32,
) -> Result<Vec<CancelledShift>, StoreError> {
    let sql = "SELECT * FROM (
            SELECT DISTINCT ON (b.id) b.id, a.scheduled_start, a.scheduled_end,
                   coalesce(l.timezone, b.timezone), b.created_at, b.updated_at, b.version
              FROM assignments a JOIN bookings b ON b.id = a.booking_id
              LEFT JOIN locations l ON l.id = b.location_id
             WHERE a.staff_id = $1 AND a.status = 'released' AND NOT a.live
               AND b.status = 'cancelled' AND a.updated_at >= b.updated_at
               AND a.scheduled_start < $3 AND a.scheduled_end > $2
               AND NOT EXISTS (SELECT 1 FROM assignments other
                    WHERE other.booking_id = b.id AND other.staff_id = $1
                      AND other.status NOT IN ('declined', 'released'))
             ORDER BY b.id) AS shifts
         ORDER BY scheduled_start, id LIMIT $4";
    let (start, end) = (range.start.as_microsecond(), range.end.as_microsecond());
    let found = db.query(sql, &[&user.0, &start, &end, &i64::from(limit)]).await?;
    all("assignments", &found, rows::cancelled)
}
