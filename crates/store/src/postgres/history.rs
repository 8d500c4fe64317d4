//! The port of the past: all of it scans.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use rishi_app::history::{AsOf, HistoryQueries, Moment};
use rishi_app::store::QueryError;
use rishi_bus::{Envelope, Position};
use rishi_domain::availability::AvailabilityBlock;
use rishi_domain::id::{BookingId, UserId};
use rishi_domain::staffing::person::Reliability;
use rishi_domain::time::TimeRange;
use uuid::Uuid;

use super::Postgres;
use super::reach::EVERYTHING;
use super::read::{availability, history};

#[async_trait]
impl HistoryQueries for Postgres {
    async fn moment(&self, as_of: AsOf) -> Result<Option<Moment>, QueryError> {
        Ok(self.pool.view(EVERYTHING, async |db| history::moment(db, as_of).await).await?)
    }

    async fn newest(
        &self,
        kind: &'static str,
        ids: Vec<Uuid>,
        types: &'static [&'static str],
        upto: Position,
    ) -> Result<HashMap<Uuid, Arc<Envelope>>, QueryError> {
        Ok(self
            .pool
            .scan(EVERYTHING, async |db| history::newest(db, kind, &ids, types, upto).await)
            .await?)
    }

    async fn of_types(
        &self,
        types: &'static [&'static str],
        upto: Position,
    ) -> Result<Vec<Arc<Envelope>>, QueryError> {
        Ok(self.pool.scan(EVERYTHING, async |db| history::of_types(db, types, upto).await).await?)
    }

    async fn stories(
        &self,
        bookings: Vec<BookingId>,
        upto: Position,
    ) -> Result<Vec<Arc<Envelope>>, QueryError> {
        Ok(self
            .pool
            .scan(EVERYTHING, async |db| history::stories(db, &bookings, upto).await)
            .await?)
    }

    async fn once_on(
        &self,
        people: Vec<UserId>,
        range: TimeRange,
        upto: Position,
    ) -> Result<Vec<BookingId>, QueryError> {
        Ok(self
            .pool
            .scan(EVERYTHING, async |db| history::once_on(db, &people, range, upto).await)
            .await?)
    }

    async fn ever_declared(
        &self,
        people: Vec<UserId>,
    ) -> Result<Vec<AvailabilityBlock>, QueryError> {
        Ok(self.pool.scan(EVERYTHING, async |db| availability::ever(db, &people).await).await?)
    }

    async fn reliability(
        &self,
        people: Vec<UserId>,
        before: Timestamp,
        known: Timestamp,
    ) -> Result<HashMap<UserId, Reliability>, QueryError> {
        Ok(self
            .pool
            .scan(EVERYTHING, async |db| history::reliability(db, &people, before, known).await)
            .await?)
    }
}
