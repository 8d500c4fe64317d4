//! The availability port: all of it reads.

use async_trait::async_trait;
use rishi_app::availability::{AvailabilityFilter, AvailabilityQueries};
use rishi_app::scope::Scope;
use rishi_app::store::{Listed, Paging, QueryError};
use rishi_domain::availability::AvailabilityBlock;
use rishi_domain::id::{AvailabilityBlockId, UserId};
use rishi_domain::time::TimeRange;

use super::Sqlite;
use super::read::availability;

#[async_trait]
impl AvailabilityQueries for Sqlite {
    async fn availability_block(
        &self,
        scope: &Scope,
        id: AvailabilityBlockId,
    ) -> Result<Option<AvailabilityBlock>, QueryError> {
        Ok(self.readers.point(|db| availability::block(db, scope, id)).await?)
    }

    async fn availability_blocks(
        &self,
        scope: &Scope,
        filter: &AvailabilityFilter,
        paging: Paging,
    ) -> Result<Listed<AvailabilityBlock>, QueryError> {
        let (scope, filter) = (scope.clone(), filter.clone());
        let query = move |db: &_| availability::blocks(db, &scope, &filter, paging);
        Ok(self.readers.scan(query).await?)
    }

    async fn declared(
        &self,
        people: &[UserId],
        range: &TimeRange,
    ) -> Result<Vec<AvailabilityBlock>, QueryError> {
        if let [one] = people {
            return Ok(self.readers.point(|db| availability::declared(db, &[*one], range)).await?);
        }
        let (people, range) = (people.to_vec(), *range);
        Ok(self.readers.scan(move |db| availability::declared(db, &people, &range)).await?)
    }

    async fn declared_in(
        &self,
        scope: &Scope,
        people: &[UserId],
        range: &TimeRange,
    ) -> Result<Vec<AvailabilityBlock>, QueryError> {
        let (scope, people, range) = (scope.clone(), people.to_vec(), *range);
        let query = move |db: &_| availability::declared_in(db, &scope, &people, &range);
        Ok(self.readers.scan(query).await?)
    }
}
