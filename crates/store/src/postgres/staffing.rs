//! Staffing's port.

use async_trait::async_trait;
use rishi_app::scope::Scope;
use rishi_app::staffing::{
    PeopleQuery, PersonRecord, StaffFilter, StaffRecord, StaffingQueries, Worked,
};
use rishi_app::store::{Listed, QueryError};
use rishi_domain::assignment::Assignment;
use rishi_domain::id::{AssignmentId, BookingId, OrganizationId, UserId};
use rishi_domain::time::TimeRange;

use super::Postgres;
use super::reach::{EVERYTHING, Reach};
use super::read::{assignable, staff, worked};

#[async_trait]
impl StaffingQueries for Postgres {
    async fn staff_member(
        &self,
        scope: &Scope,
        user: UserId,
    ) -> Result<Option<StaffRecord>, QueryError> {
        Ok(self.pool.point(&Reach::of(scope), async |db| staff::one(db, scope, user).await).await?)
    }

    async fn staff(
        &self,
        scope: &Scope,
        filter: &StaffFilter,
    ) -> Result<Listed<StaffRecord>, QueryError> {
        Ok(self
            .pool
            .scan(&Reach::of(scope), async |db| staff::page(db, scope, filter).await)
            .await?)
    }

    async fn staff_ids(
        &self,
        scope: &Scope,
        filter: &StaffFilter,
    ) -> Result<Vec<UserId>, QueryError> {
        Ok(self
            .pool
            .scan(&Reach::of(scope), async |db| staff::ids(db, scope, filter).await)
            .await?)
    }

    async fn people(
        &self,
        scope: &Scope,
        query: &PeopleQuery,
    ) -> Result<Vec<PersonRecord>, QueryError> {
        Ok(self
            .pool
            .scan(EVERYTHING, async |db| assignable::people(db, scope, query).await)
            .await?)
    }

    async fn worked(
        &self,
        organization: OrganizationId,
        range: TimeRange,
    ) -> Result<Vec<Worked>, QueryError> {
        Ok(self
            .pool
            .scan(&Reach::within(organization), async |db| {
                worked::worked(db, organization, range).await
            })
            .await?)
    }

    async fn assignment(
        &self,
        booking: BookingId,
        id: AssignmentId,
    ) -> Result<Option<Assignment>, QueryError> {
        Ok(self
            .pool
            .point(EVERYTHING, async |db| assignable::assignment(db, booking, id).await)
            .await?)
    }
}
