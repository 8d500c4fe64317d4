//! The availability port: all of it reads.

use async_trait::async_trait;
use rishi_app::availability::{AvailabilityFilter, AvailabilityQueries};
use rishi_app::scope::Scope;
use rishi_app::store::{Listed, Paging, QueryError};
use rishi_domain::availability::AvailabilityBlock;
use rishi_domain::id::{AvailabilityBlockId, UserId};
use rishi_domain::time::TimeRange;

use super::Postgres;
use super::connection::Db;
use super::reach::{EVERYTHING, Reach};
use super::read::availability;

#[async_trait]
impl AvailabilityQueries for Postgres {
    async fn availability_block(
        &self,
        scope: &Scope,
        id: AvailabilityBlockId,
    ) -> Result<Option<AvailabilityBlock>, QueryError> {
        Ok(self
            .pool
            .point(&Reach::of(scope), async |db| availability::block(db, scope, id).await)
            .await?)
    }

    async fn availability_blocks(
        &self,
        scope: &Scope,
        filter: &AvailabilityFilter,
        paging: Paging,
    ) -> Result<Listed<AvailabilityBlock>, QueryError> {
        let query = async |db: &Db<'_>| availability::blocks(db, scope, filter, paging).await;
        Ok(self.pool.scan(&Reach::of(scope), query).await?)
    }

    async fn declared(
        &self,
        people: &[UserId],
        range: &TimeRange,
    ) -> Result<Vec<AvailabilityBlock>, QueryError> {
        if let [one] = people {
            return Ok(self
                .pool
                .point(EVERYTHING, async |db| availability::declared(db, &[*one], range).await)
                .await?);
        }
        Ok(self
            .pool
            .scan(EVERYTHING, async |db| availability::declared(db, people, range).await)
            .await?)
    }

    async fn declared_in(
        &self,
        scope: &Scope,
        people: &[UserId],
        range: &TimeRange,
    ) -> Result<Vec<AvailabilityBlock>, QueryError> {
        let query = async |db: &Db<'_>| availability::declared_in(db, scope, people, range).await;
        Ok(self.pool.scan(&Reach::of(scope), query).await?)
    }
}
