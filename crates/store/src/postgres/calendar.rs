//! The port of calendar feeds: all of it reads.

use async_trait::async_trait;
use rishi_app::calendar::{CalendarQueries, CancelledShift, FeedRecord};
use rishi_app::store::{Listed, Paging, QueryError};
use rishi_domain::calendar::CalendarFeed;
use rishi_domain::id::{CalendarFeedId, TokenId, UserId};
use rishi_domain::time::TimeRange;

use super::Postgres;
use super::reach::{EVERYTHING, Reach};
use super::read::calendar;

#[async_trait]
impl CalendarQueries for Postgres {
    async fn calendar_feed(&self, digest: &[u8; 32]) -> Result<Option<FeedRecord>, QueryError> {
        Ok(self.pool.point(EVERYTHING, async |db| calendar::feed(db, digest).await).await?)
    }

    async fn calendar_feeds(
        &self,
        user: UserId,
        token: Option<TokenId>,
        paging: Paging,
    ) -> Result<Listed<CalendarFeed>, QueryError> {
        Ok(self
            .pool
            .point(&Reach::own(user), async |db| calendar::feeds(db, user, token, paging).await)
            .await?)
    }

    async fn calendar_feed_of(
        &self,
        id: CalendarFeedId,
    ) -> Result<Option<CalendarFeed>, QueryError> {
        Ok(self.pool.point(EVERYTHING, async |db| calendar::feed_of(db, id).await).await?)
    }

    async fn cancelled_shifts(
        &self,
        user: UserId,
        range: TimeRange,
        limit: u32,
    ) -> Result<Vec<CancelledShift>, QueryError> {
        Ok(self
            .pool
            .scan(EVERYTHING, async |db| calendar::cancelled(db, user, range, limit).await)
            .await?)
    }
}
