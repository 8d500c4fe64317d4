//! Calendar feeds, and what was cancelled of somebody's work.

use rishi_app::calendar::{CancelledShift, FeedRecord};
use rishi_domain::calendar::{CalendarFeed, FeedKind};
use rishi_domain::time::TimeRange;
use rishi_domain::user::UserStatus;

use super::{Fields, id, instant, number, optional_id, optional_string, string, word};

/// A feed.
pub(crate) const FEED: &str = "f.id, f.user_id, f.kind, f.location_id, f.organization_id, f.name, \
    f.token_id, f.created_at";

pub(crate) fn feed<R: Fields>(row: &R) -> Result<CalendarFeed, R::Error> {
    Ok(CalendarFeed {
        id: id(row, 0)?,
        user_id: id(row, 1)?,
        kind: word(row, 2, FeedKind::parse)?,
        location_id: optional_id(row, 3)?,
        organization_id: optional_id(row, 4)?,
        name: optional_string(row, 5)?,
        token_id: optional_id(row, 6)?,
        created_at: instant(row, 7)?,
    })
}

/// A feed with its owner's name and status; what it permits is still missing.
pub(crate) fn record<R: Fields>(row: &R) -> Result<FeedRecord, R::Error> {
    Ok(FeedRecord {
        feed: feed(row)?,
        display_name: string(row, 8)?,
        status: word(row, 9, UserStatus::parse)?,
        grants: Vec::new(),
        expires_at: None,
    })
}

/// A booking's id, the range of the work, its zone, and the booking's times and version.
pub(crate) fn cancelled<R: Fields>(row: &R) -> Result<CancelledShift, R::Error> {
    Ok(CancelledShift {
        booking_id: id(row, 0)?,
        range: TimeRange { start: instant(row, 1)?, end: instant(row, 2)? },
        timezone: string(row, 3)?,
        created_at: instant(row, 4)?,
        updated_at: instant(row, 5)?,
        version: number(row, 6)?,
    })
}
