//! The port of series.

use async_trait::async_trait;
use rishi_app::scope::Scope;
use rishi_app::series::{SeriesQueries, SeriesRecord};
use rishi_app::store::QueryError;
use rishi_domain::id::BookingSeriesId;

use super::Postgres;
use super::reach::Reach;
use super::read::series;

#[async_trait]
impl SeriesQueries for Postgres {
    async fn series(
        &self,
        scope: &Scope,
        id: BookingSeriesId,
    ) -> Result<Option<SeriesRecord>, QueryError> {
        Ok(self
            .pool
            .view(&Reach::of(scope), async |db| series::series(db, scope, id).await)
            .await?)
    }
}
