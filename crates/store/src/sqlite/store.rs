//! The store port: commits to the writer, queries to the readers.

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

use super::read::{bookings, events, people, places, statistics};
use super::writer::{Asked, Job, closed};
use super::{Sqlite, log};
use crate::following;
use crate::guard::Weight;

#[async_trait]
impl Store for Sqlite {
    async fn commit(&self, commit: Commit) -> Result<Committed, CommitError> {
        let pass = self.guard.admit(Weight::Usual)?;
        let (asked, answer) = Asked::new(commit);
        self.jobs.offer(Job::Commit(Box::new(asked)))?;
        let limit = self.guard.limit();
        let Ok(answer) = tokio::time::timeout(limit, answer).await else {
            pass.timed_out(limit);
            return Err(CommitError::Unavailable(
                "the disk takes too long; whether the change was made is not known".to_owned(),
            ));
        };
        let outcome = answer.map_err(|_| closed())?.0;
        pass.wrote(&outcome);
        outcome
    }

    async fn receipt(&self, key: &ReceiptKey) -> Result<Option<Kept>, QueryError> {
        Ok(self.readers.vital(|db| Ok(log::receipt(db, key)?)).await?)
    }

    async fn internal_organization(&self) -> Result<Option<Organization>, QueryError> {
        Ok(self.readers.point(places::internal_organization).await?)
    }

    async fn organization(
        &self,
        scope: &Scope,
        id: OrganizationId,
    ) -> Result<Option<Organization>, QueryError> {
        let reading = self.readers.point(|db| places::organization_of_any(db, id));
        Ok(self.known.or_read(id, reading).await?.filter(|found| scope.names(found.id)))
    }

    async fn organizations(
        &self,
        scope: &Scope,
        paging: Paging,
    ) -> Result<Listed<Organization>, QueryError> {
        let scope = scope.clone();
        Ok(self.readers.scan(move |db| places::organizations(db, &scope, paging)).await?)
    }

    async fn user(&self, scope: &Scope, id: UserId) -> Result<Option<User>, QueryError> {
        Ok(self.readers.point(|db| people::user(db, scope, id)).await?)
    }

    async fn user_by_email(
        &self,
        email: &str,
    ) -> Result<Option<(User, Vec<Membership>)>, QueryError> {
        Ok(self.readers.point(|db| people::user_by_email(db, email)).await?)
    }

    async fn users(
        &self,
        scope: &Scope,
        organization: Option<OrganizationId>,
        paging: Paging,
    ) -> Result<Listed<User>, QueryError> {
        let scope = scope.clone();
        Ok(self.readers.scan(move |db| people::users(db, &scope, organization, paging)).await?)
    }

    async fn memberships(&self, user: UserId) -> Result<Vec<Membership>, QueryError> {
        Ok(self.readers.point(|db| people::memberships(db, user)).await?)
    }

    async fn members(
        &self,
        organization: OrganizationId,
        paging: Paging,
    ) -> Result<Listed<(User, Membership)>, QueryError> {
        let query = move |db: &_| people::organization_members(db, organization, paging);
        Ok(self.readers.scan(query).await?)
    }

    async fn managers(&self, organization: OrganizationId) -> Result<Vec<UserId>, QueryError> {
        let reading =
            async { self.readers.point(|db| people::managers(db, organization)).await.map(Some) };
        Ok(self.known.or_read(organization, reading).await?.unwrap_or_default())
    }

    async fn location(
        &self,
        scope: &Scope,
        id: LocationId,
    ) -> Result<Option<Location>, QueryError> {
        let reading = self.readers.point(|db| places::location_of_any(db, id));
        let Some(found) = self.known.or_read(id, reading).await? else { return Ok(None) };
        if found.organization_id.is_none_or(|owner| scope.covers(owner)) {
            return Ok(Some(found));
        }
        // Perhaps the person is to work there.
        Ok(self.readers.point(|db| places::location(db, scope, id)).await?)
    }

    async fn locations(
        &self,
        scope: &Scope,
        organization: Option<OrganizationId>,
        search: Option<&str>,
        paging: Paging,
    ) -> Result<Listed<Location>, QueryError> {
        let (scope, search) = (scope.clone(), search.map(str::to_owned));
        let query =
            move |db: &_| places::locations(db, &scope, organization, search.as_deref(), paging);
        Ok(self.readers.scan(query).await?)
    }

    async fn booking(
        &self,
        scope: &Scope,
        id: BookingId,
    ) -> Result<Option<BookingRecord>, QueryError> {
        Ok(self.readers.point(|db| bookings::booking(db, scope, id)).await?)
    }

    async fn bookings(
        &self,
        scope: &Scope,
        filter: &BookingFilter,
    ) -> Result<Listed<Arc<SharedRecord>>, QueryError> {
        if filter.is_indexed() {
            let query = |db: &_| bookings::bookings(db, &self.records, scope, filter);
            return Ok(self.readers.point(query).await?);
        }
        let (records, scope, filter) = (Arc::clone(&self.records), scope.clone(), filter.clone());
        let query = move |db: &_| bookings::bookings(db, &records, &scope, &filter);
        Ok(self.readers.scan(query).await?)
    }

    async fn statistics(
        &self,
        scope: &Scope,
        query: &StatisticsQuery,
    ) -> Result<Statistics, QueryError> {
        if !scope.covers(query.organization) {
            return Ok(statistics::nothing());
        }
        if query.from.is_none() && query.to.is_none() {
            return Ok(self.readers.point(|db| statistics::statistics(db, query)).await?);
        }
        let query = query.clone();
        Ok(self.readers.scan(move |db| statistics::statistics(db, &query)).await?)
    }

    async fn events(
        &self,
        scope: &Scope,
        filter: &EventFilter,
        limit: u32,
    ) -> Result<Vec<Arc<Envelope>>, QueryError> {
        let (scope, filter) = (scope.clone(), filter.clone());
        Ok(self.readers.scan(move |db| events::events(db, &scope, &filter, limit)).await?)
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
        let (scope, filter) = (scope.clone(), filter.clone());
        Ok(self.readers.scan(move |db| events::count(db, &scope, &filter)).await?)
    }

    async fn event(&self, scope: &Scope, id: Uuid) -> Result<Option<Arc<Envelope>>, QueryError> {
        Ok(self.readers.point(|db| events::event(db, scope, id)).await?)
    }

    async fn booking_row(
        &self,
        scope: &Scope,
        id: BookingId,
    ) -> Result<Option<Booking>, QueryError> {
        Ok(self.readers.point(|db| bookings::visible_row(db, scope, id)).await?)
    }

    async fn ping(&self) -> Result<(), QueryError> {
        Ok(self.readers.probe(|db| log::head(db).map(drop)).await?)
    }
}
