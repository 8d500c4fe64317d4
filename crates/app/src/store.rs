//! The port that an engine implements: one `commit`, and queries that return what a screen or a
//! decision needs. It has no transaction objects, and every query for tenant data takes a
//! [`Scope`]. What staffing, availability, series and notifications ask are ports of their own,
//! [`StaffingQueries`], [`AvailabilityQueries`], [`SeriesQueries`] and [`NotificationQueries`].

use std::sync::Arc;

use async_trait::async_trait;
use rishi_bus::{Envelope, Position};
use rishi_domain::booking::Booking;
use rishi_domain::id::{BookingId, LocationId, OrganizationId, UserId};
use rishi_domain::location::Location;
use rishi_domain::membership::Membership;
use rishi_domain::organization::Organization;
use rishi_domain::user::User;
use uuid::Uuid;

use crate::availability::AvailabilityQueries;
use crate::bookings::{BookingFilter, BookingRecord, SharedRecord, Statistics, StatisticsQuery};
use crate::calendar::CalendarQueries;
use crate::commit::{Commit, CommitError, Committed, Kept, ReceiptKey};
use crate::credentials::Credentials;
use crate::exchange::ExchangeQueries;
use crate::history::HistoryQueries;
use crate::notifications::NotificationQueries;
use crate::scope::Scope;
use crate::series::SeriesQueries;
use crate::staffing::StaffingQueries;
use crate::transport::TransportQueries;
use crate::webhooks::WebhookQueries;

/// A query that could not be answered.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The engine is busy or gone; the same query may succeed later.
    #[error("the database cannot be read right now: {0}")]
    Unavailable(String),
    /// The engine is known to be down: nothing was tried.
    #[error("the database is known to be down")]
    CircuitOpen {
        /// When it is worth asking again.
        retry_after: std::time::Duration,
    },
    /// The engine failed, or a row is not what it must be: table, column and row are named.
    #[error("the database failed")]
    Storage(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Which stretch of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    /// How many entries, 1–200.
    pub limit: u32,
    /// How many entries come before.
    pub offset: u64,
}

/// A stretch of a list.
#[derive(Debug, Clone)]
pub struct Listed<T> {
    /// The entries.
    pub items: Vec<T>,
    /// How many there are in all.
    pub total: u64,
}

/// Which events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Types, exact or ending in `*`; empty for all.
    pub types: Vec<String>,
    /// `booking/<id>`.
    pub subject: Option<rishi_bus::Subject>,
    /// The workflow.
    pub correlation: Option<Uuid>,
    /// The organization.
    pub organization: Option<OrganizationId>,
    /// Only later positions.
    pub after: Option<Position>,
    /// Only earlier positions; then the newest come first.
    pub before: Option<Position>,
}

/// State and log, behind one door.
#[async_trait]
pub trait Store:
    Credentials
    + StaffingQueries
    + AvailabilityQueries
    + NotificationQueries
    + WebhookQueries
    + SeriesQueries
    + CalendarQueries
    + ExchangeQueries
    + HistoryQueries
    + TransportQueries
{
    /// Applies a change, all of it or nothing, and answers once it is durable. Dropping the
    /// future does not cut the change in half.
    async fn commit(&self, commit: Commit) -> Result<Committed, CommitError>;

    /// What is kept under `key`, expired or not.
    async fn receipt(&self, key: &ReceiptKey) -> Result<Option<Kept>, QueryError>;

    /// The operator's own organization: the first internal one.
    async fn internal_organization(&self) -> Result<Option<Organization>, QueryError>;

    /// An organization.
    async fn organization(
        &self,
        scope: &Scope,
        id: OrganizationId,
    ) -> Result<Option<Organization>, QueryError>;

    /// Organizations by name.
    async fn organizations(
        &self,
        scope: &Scope,
        paging: Paging,
    ) -> Result<Listed<Organization>, QueryError>;

    /// A person who is a member of an organization in scope.
    async fn user(&self, scope: &Scope, id: UserId) -> Result<Option<User>, QueryError>;

    /// The person with this e-mail address, in any case; memberships included.
    async fn user_by_email(
        &self,
        email: &str,
    ) -> Result<Option<(User, Vec<Membership>)>, QueryError>;

    /// People by display name; of one organization when named.
    async fn users(
        &self,
        scope: &Scope,
        organization: Option<OrganizationId>,
        paging: Paging,
    ) -> Result<Listed<User>, QueryError>;

    /// The memberships of a person.
    async fn memberships(&self, user: UserId) -> Result<Vec<Membership>, QueryError>;

    /// The members of an organization, each with the membership, by name.
    async fn members(
        &self,
        organization: OrganizationId,
        paging: Paging,
    ) -> Result<Listed<(User, Membership)>, QueryError>;

    /// The active people who manage an organization's bookings: its own client managers, and the
    /// operator's field managers who serve it. So nobody is told of a booking that the person may not
    /// read.
    async fn managers(&self, organization: OrganizationId) -> Result<Vec<UserId>, QueryError>;

    /// A location in scope, or one shared by all.
    async fn location(&self, scope: &Scope, id: LocationId)
    -> Result<Option<Location>, QueryError>;

    /// Locations by name, shared ones included; usable by one organization when named.
    async fn locations(
        &self,
        scope: &Scope,
        organization: Option<OrganizationId>,
        search: Option<&str>,
        paging: Paging,
    ) -> Result<Listed<Location>, QueryError>;

    /// A booking with what is shown beside it.
    async fn booking(
        &self,
        scope: &Scope,
        id: BookingId,
    ) -> Result<Option<BookingRecord>, QueryError>;

    /// Bookings with what is shown beside them, and the true total.
    async fn bookings(
        &self,
        scope: &Scope,
        filter: &BookingFilter,
    ) -> Result<Listed<Arc<SharedRecord>>, QueryError>;

    /// One organization's figures; `None` in the scope's eyes when it is not covered.
    async fn statistics(
        &self,
        scope: &Scope,
        query: &StatisticsQuery,
    ) -> Result<Statistics, QueryError>;

    /// Events in position order (or newest first with `before`), at most `limit`.
    async fn events(
        &self,
        scope: &Scope,
        filter: &EventFilter,
        limit: u32,
    ) -> Result<Vec<Arc<Envelope>>, QueryError>;

    /// The same for those who follow the log, in position order after `after`. What another process has written may
    /// come a second later; a thousand who follow at once cost no queries.
    async fn tail(
        &self,
        scope: &Scope,
        filter: &EventFilter,
        limit: u32,
    ) -> Result<Vec<Arc<Envelope>>, QueryError>;

    /// How many events match, whatever `after` and `before` say.
    async fn event_count(&self, scope: &Scope, filter: &EventFilter) -> Result<u64, QueryError>;

    /// One event.
    async fn event(&self, scope: &Scope, id: Uuid) -> Result<Option<Arc<Envelope>>, QueryError>;

    /// Whether a booking is in scope, and the booking alone.
    async fn booking_row(
        &self,
        scope: &Scope,
        id: BookingId,
    ) -> Result<Option<Booking>, QueryError>;

    /// Whether the engine answers a trivial query.
    async fn ping(&self) -> Result<(), QueryError>;
}
