//! The port of calendar feeds: all of it reads.

use async_trait::async_trait;
use rishi_app::calendar::{CalendarQueries, CancelledShift, FeedRecord};
use rishi_app::store::{Listed, Paging, QueryError};
use rishi_domain::calendar::CalendarFeed;
use rishi_domain::id::{CalendarFeedId, TokenId, UserId};
use rishi_domain::time::TimeRange;

use super::Sqlite;
use super::read::calendar;

#[async_trait]
impl CalendarQueries for Sqlite {
    async fn calendar_feed(&self, digest: &[u8; 32]) -> Result<Option<FeedRecord>, QueryError> {
        Ok(self.readers.point(|db| calendar::feed(db, digest)).await?)
    }

    async fn calendar_feeds(
        &self,
        user: UserId,
        token: Option<TokenId>,
        paging: Paging,
    ) -> Result<Listed<CalendarFeed>, QueryError> {
        Ok(self.readers.point(|db| calendar::feeds(db, user, token, paging)).await?)
    }

    async fn calendar_feed_of(
        &self,
        id: CalendarFeedId,
    ) -> Result<Option<CalendarFeed>, QueryError> {
        Ok(self.readers.point(|db| calendar::feed_of(db, id)).await?)
    }

    async fn cancelled_shifts(
        &self,
        user: UserId,
        range: TimeRange,
        limit: u32,
    ) -> Result<Vec<CancelledShift>, QueryError> {
        Ok(self.readers.scan(move |db| calendar::cancelled(db, user, range, limit)).await?)
    }
}
