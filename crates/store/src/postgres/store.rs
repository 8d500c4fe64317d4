//! The store port: changes to tasks of their own, queries to the pool.

use std::sync::Arc;

use async_trait::async_trait;
use rishi_app::bookings::{
    BookingFilter, BookingRecord, SharedRecord, Statistics, StatisticsQuery,
};
use rishi_app::commit::{Commit, CommitError, Committed, Kept, ReceiptKey};
use rishi_app::scope::Scope;
use rishi_app::store::{EventFilter, Listed, Paging, QueryError, Store};
use rishi_bus::Envelope;
use rishi_domain::booking::Booking;
use rishi_domain::id::{BookingId, LocationId, OrganizationId, UserId};
use rishi_domain::location::Location;
use rishi_domain::membership::Membership;
use rishi_domain::organization::Organization;
use rishi_domain::user::User;
use uuid::Uuid;

use super::connection::Db;
use super::error::StoreError;
use super::gathering::gathered;
use super::reach::{EVERYTHING, Reach};
use super::read::{bookings, events, people, places, statistics};
use super::{Postgres, log};
use crate::following;
use crate::guard::Weight;

#[async_trait]
impl Store for Postgres {
    async fn commit(&self, commit: Commit) -> Result<Committed, CommitError> {
        let pass = self.pool.guard().admit(Weight::Usual)?;
        let told = !commit.events.is_empty();
        let change = gathered(self.writing.enter()?, Arc::clone(&self.writing), commit);
        let limit = self.pool.guard().limit();
        let Ok(outcome) = tokio::time::timeout(limit, change).await else {
            pass.timed_out(limit);
            return Err(CommitError::Unavailable(
                "the database takes too long; whether the change was made is not known".to_owned(),
            ));
        };
        pass.read(&outcome);
        Ok(match outcome? {
            (Committed::Fresh { affected, .. }, first) => {
                let head = *self.signals.head.borrow();
                Committed::Fresh { first: if told { first } else { Some(head) }, affected }
            }
            (replayed, _) => replayed,
        })
    }

    async fn receipt(&self, key: &ReceiptKey) -> Result<Option<Kept>, QueryError> {
        Ok(self.pool.vital(async |db| log::receipt(db, key).await).await?)
    }

    async fn internal_organization(&self) -> Result<Option<Organization>, QueryError> {
        Ok(self.pool.point(EVERYTHING, places::internal_organization).await?)
    }

    async fn organization(
        &self,
        scope: &Scope,
        id: OrganizationId,
    ) -> Result<Option<Organization>, QueryError> {
        if !scope.names(id) {
            return Ok(None);
        }
        Ok(self
            .pool
            .point(&Reach::of(scope), async |db| places::organization_of_any(db, id).await)
            .await?)
    }

    async fn organizations(
        &self,
        scope: &Scope,
        paging: Paging,
    ) -> Result<Listed<Organization>, QueryError> {
        Ok(self
            .pool
            .scan(&Reach::of(scope), async |db| places::organizations(db, scope, paging).await)
            .await?)
    }

    async fn user(&self, scope: &Scope, id: UserId) -> Result<Option<User>, QueryError> {
        Ok(self.pool.point(&Reach::of(scope), async |db| people::user(db, scope, id).await).await?)
    }

    async fn user_by_email(
        &self,
        email: &str,
    ) -> Result<Option<(User, Vec<Membership>)>, QueryError> {
        Ok(self.pool.point(EVERYTHING, async |db| people::user_by_email(db, email).await).await?)
    }

    async fn users(
        &self,
        scope: &Scope,
        organization: Option<OrganizationId>,
        paging: Paging,
    ) -> Result<Listed<User>, QueryError> {
        let query = async |db: &Db<'_>| people::users(db, scope, organization, paging).await;
        Ok(self.pool.scan(&Reach::of(scope), query).await?)
    }

    async fn memberships(&self, user: UserId) -> Result<Vec<Membership>, QueryError> {
        Ok(self
            .pool
            .point(&Reach::own(user), async |db| people::memberships(db, user).await)
            .await?)
    }

    async fn members(
        &self,
        organization: OrganizationId,
        paging: Paging,
    ) -> Result<Listed<(User, Membership)>, QueryError> {
        let query =
            async |db: &Db<'_>| people::organization_members(db, organization, paging).await;
        Ok(self.pool.scan(&Reach::within(organization), query).await?)
    }

    async fn managers(&self, organization: OrganizationId) -> Result<Vec<UserId>, QueryError> {
        Ok(self
            .pool
            .point(&Reach::within(organization), async |db| {
                people::managers(db, organization).await
            })
            .await?)
    }

    async fn location(
        &self,
        scope: &Scope,
        id: LocationId,
    ) -> Result<Option<Location>, QueryError> {
        Ok(self
            .pool
            .point(&Reach::of(scope), async |db| places::location(db, scope, id).await)
            .await?)
    }

    async fn locations(
        &self,
        scope: &Scope,
        organization: Option<OrganizationId>,
        search: Option<&str>,
        paging: Paging,
    ) -> Result<Listed<Location>, QueryError> {
        let query =
            async |db: &Db<'_>| places::locations(db, scope, organization, search, paging).await;
        Ok(self.pool.scan(&Reach::of(scope), query).await?)
    }

    async fn booking(
        &self,
        scope: &Scope,
        id: BookingId,
    ) -> Result<Option<BookingRecord>, QueryError> {
        Ok(self
            .pool
            .point(&Reach::of(scope), async |db| bookings::booking(db, scope, id).await)
            .await?)
    }

    async fn bookings(
        &self,
        scope: &Scope,
        filter: &BookingFilter,
    ) -> Result<Listed<Arc<SharedRecord>>, QueryError> {
        Ok(self.list(scope, filter, true).await?)
    }

    async fn statistics(
        &self,
        scope: &Scope,
        query: &StatisticsQuery,
    ) -> Result<Statistics, QueryError> {
        if !scope.covers(query.organization) {
            return Ok(statistics::nothing());
        }
        let figures = async |db: &Db<'_>| statistics::statistics(db, query).await;
        if query.from.is_none() && query.to.is_none() {
            return Ok(self.pool.point(&Reach::of(scope), figures).await?);
        }
        Ok(self.pool.scan(&Reach::of(scope), figures).await?)
    }

    async fn events(
        &self,
        scope: &Scope,
        filter: &EventFilter,
        limit: u32,
    ) -> Result<Vec<Arc<Envelope>>, QueryError> {
        Ok(self
            .pool
            .scan(&Reach::of(scope), async |db| events::events(db, scope, filter, limit).await)
            .await?)
    }

    async fn tail(
        &self,
        scope: &Scope,
        filter: &EventFilter,
        limit: u32,
    ) -> Result<Vec<Arc<Envelope>>, QueryError> {
        let known = filter.after.filter(|_| filter.before.is_none());
        if let Some(known) = known.and_then(|after| self.recent.after(after, usize::MAX))
            && known.last().is_some_and(|event| event.position >= *self.signals.head.borrow())
        {
            let found = known.into_iter().filter(|event| following::matches(scope, filter, event));
            return Ok(found.take(limit as usize).collect());
        }
        self.events(scope, filter, limit).await
    }

    async fn event_count(&self, scope: &Scope, filter: &EventFilter) -> Result<u64, QueryError> {
        Ok(self
            .pool
            .scan(&Reach::of(scope), async |db| events::count(db, scope, filter).await)
            .await?)
    }

    async fn event(&self, scope: &Scope, id: Uuid) -> Result<Option<Arc<Envelope>>, QueryError> {
        Ok(self
            .pool
            .point(&Reach::of(scope), async |db| events::event(db, scope, id).await)
            .await?)
    }

    async fn booking_row(
        &self,
        scope: &Scope,
        id: BookingId,
    ) -> Result<Option<Booking>, QueryError> {
        Ok(self
            .pool
            .point(&Reach::of(scope), async |db| bookings::visible_row(db, scope, id).await)
            .await?)
    }

    async fn ping(&self) -> Result<(), QueryError> {
        let found: Result<u64, StoreError> = self.pool.probe(log::head).await;
        Ok(found.map(drop)?)
    }
}
