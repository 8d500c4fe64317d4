//! From a decision's facts to events in the log, and reading the log.

use std::sync::Arc;

use jiff::Timestamp;
use rishi_bus::{Envelope, NewEvent, Subject};
use rishi_domain::event::Fact;
use rishi_domain::id::{
    AvailabilityBlockId, BookingId, BookingSeriesId, CalendarFeedId, ExportId, LocationId,
    MembershipId, NotificationId, OrganizationId, SessionId, TokenId, UserId, WebhookId,
};
use rishi_domain::permission::Capability;
use uuid::Uuid;

use crate::auth::{Caller, Principal, Visitor};
use crate::scope::Scope;
use crate::store::{EventFilter, Listed};
use crate::{App, Error};

pub(crate) mod redact;

/// Subjects: what an event is about.
pub mod subject {
    use super::{
        AvailabilityBlockId, BookingId, BookingSeriesId, CalendarFeedId, ExportId, LocationId,
        MembershipId, NotificationId, OrganizationId, SessionId, Subject, TokenId, UserId, Uuid,
        WebhookId,
    };

    /// `booking/<id>`
    pub fn booking(id: BookingId) -> Subject {
        Subject::new("booking", id.0)
    }

    /// `series/<id>`: bookings that recur.
    pub fn series(id: BookingSeriesId) -> Subject {
        Subject::new("series", id.0)
    }

    /// `organization/<id>`
    pub fn organization(id: OrganizationId) -> Subject {
        Subject::new("organization", id.0)
    }

    /// `user/<id>`
    pub fn user(id: UserId) -> Subject {
        Subject::new("user", id.0)
    }

    /// `membership/<id>`
    pub fn membership(id: MembershipId) -> Subject {
        Subject::new("membership", id.0)
    }

    /// `location/<id>`
    pub fn location(id: LocationId) -> Subject {
        Subject::new("location", id.0)
    }

    /// `staff/<id>`: a person's staff profile.
    pub fn staff(id: UserId) -> Subject {
        Subject::new("staff", id.0)
    }

    /// `availability/<id>`
    pub fn availability(id: AvailabilityBlockId) -> Subject {
        Subject::new("availability", id.0)
    }

    /// `notification/<id>`
    pub fn notification(id: NotificationId) -> Subject {
        Subject::new("notification", id.0)
    }

    /// `inbox/<id>`: a person's inbox.
    pub fn inbox(id: UserId) -> Subject {
        Subject::new("inbox", id.0)
    }

    /// `preferences/<id>`: what a person wants to be told.
    pub fn preferences(id: UserId) -> Subject {
        Subject::new("preferences", id.0)
    }

    /// `token/<id>`
    pub fn token(id: TokenId) -> Subject {
        Subject::new("token", id.0)
    }

    /// `session/<id>`
    pub fn session(id: SessionId) -> Subject {
        Subject::new("session", id.0)
    }

    /// `webhook/<id>`
    pub fn webhook(id: WebhookId) -> Subject {
        Subject::new("webhook", id.0)
    }

    /// `calendar_feed/<id>`
    pub fn calendar_feed(id: CalendarFeedId) -> Subject {
        Subject::new("calendar_feed", id.0)
    }

    /// `export/<id>`: data that was taken out.
    pub fn export(id: ExportId) -> Subject {
        Subject::new("export", id.0)
    }

    /// The platform itself: `system/00000000-0000-0000-0000-000000000000`
    pub fn system() -> Subject {
        Subject::new("system", Uuid::nil())
    }
}

/// Why and for whom something happens: the part of an event that its fact does not know.
#[derive(Debug, Clone, Default)]
pub struct Cause {
    /// The person who did it.
    pub user: Option<UserId>,
    /// The request or event that directly led to it.
    pub causation: Option<Uuid>,
    /// W3C trace context.
    pub traceparent: Option<String>,
}

impl From<&Caller> for Cause {
    fn from(caller: &Caller) -> Self {
        Self {
            user: Some(caller.principal.user_id()),
            causation: Some(caller.request_id),
            traceparent: caller.traceparent.clone(),
        }
    }
}

/// What follows from an event is done on behalf of whoever caused the event.
impl From<&Envelope> for Cause {
    fn from(event: &Envelope) -> Self {
        Self {
            user: event.user_id.map(UserId),
            causation: Some(event.id),
            traceparent: event.traceparent.clone(),
        }
    }
}

impl Cause {
    /// A request of somebody who was not signed in, and who it turned out to be.
    pub(crate) fn of(visitor: &Visitor, user: Option<UserId>) -> Self {
        let causation = Some(visitor.request_id);
        Self { user, causation, traceparent: visitor.traceparent.clone() }
    }
}

/// Where an event belongs.
#[derive(Debug, Clone)]
pub struct Place {
    /// The service that speaks, e.g. `rishi/bookings`.
    pub source: &'static str,
    /// What it is about.
    pub subject: Subject,
    /// Whose it is; nothing for what concerns no single organization.
    pub organization: Option<OrganizationId>,
}

impl App {
    /// Events that tell `facts`, one workflow named by the subject's id.
    pub(crate) fn tell(
        &self,
        place: &Place,
        cause: &Cause,
        now: Timestamp,
        facts: Vec<Fact>,
    ) -> Vec<NewEvent> {
        let event = |fact: Fact| {
            NewEvent::new(
                self.ids.next(),
                fact.event_type,
                place.source,
                place.subject.clone(),
                now,
                fact.data,
            )
            .with_schema_version(fact.schema_version)
            .with_metadata(fact.metadata)
            .with_correlation(place.subject.id())
            .with_causation(cause.causation)
            .with_user(cause.user.map(Uuid::from))
            .with_organization(place.organization.map(Uuid::from))
            .with_traceparent(cause.traceparent.clone())
        };
        facts.into_iter().map(event).collect()
    }

    /// Events of the organizations whose log the caller may read.
    pub async fn events(
        &self,
        principal: &Principal,
        filter: &EventFilter,
        limit: u32,
    ) -> Result<Listed<Arc<Envelope>>, Error> {
        let scope = principal.scope(Capability::ReadEvents);
        if let Some(organization) = filter.organization
            && !scope.covers(organization)
        {
            return Ok(Listed { items: Vec::new(), total: 0 });
        }
        let found = self.listed(principal, &scope, filter, limit).await?;
        self.of_existing(filter.organization, found).await
    }

    /// The same without counting what matches: for those who follow the log.
    pub async fn tail(
        &self,
        principal: &Principal,
        filter: &EventFilter,
        limit: u32,
    ) -> Result<Vec<Arc<Envelope>>, Error> {
        let scope = principal.scope(Capability::ReadEvents);
        shown(principal, self.store.tail(&scope, filter, limit).await?)
    }

    async fn listed(
        &self,
        principal: &Principal,
        scope: &Scope,
        filter: &EventFilter,
        limit: u32,
    ) -> Result<Listed<Arc<Envelope>>, Error> {
        let items = shown(principal, self.store.events(scope, filter, limit).await?)?;
        let total = self.store.event_count(scope, filter).await?;
        Ok(Listed { items, total })
    }

    /// One event.
    pub async fn event(&self, principal: &Principal, id: Uuid) -> Result<Arc<Envelope>, Error> {
        let scope = principal.scope(Capability::ReadEvents);
        let event = self.store.event(&scope, id).await?.ok_or(Error::NotFound("event"))?;
        redact::for_reader(principal, event)
    }

    /// A booking's story, to whoever may read the booking.
    pub async fn booking_events(
        &self,
        principal: &Principal,
        id: BookingId,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Listed<Arc<Envelope>>, Error> {
        let scope = principal.scope(Capability::ReadBookings);
        let booking = self.store.booking_row(&scope, id).await?;
        let booking = booking.ok_or(Error::NotFound("booking"))?;
        let filter = EventFilter {
            correlation: Some(id.0),
            organization: Some(booking.organization_id),
            after,
            ..EventFilter::default()
        };
        self.listed(principal, &Scope::system(), &filter, limit).await
    }
}

/// Events as a reader may see them.
fn shown(principal: &Principal, events: Vec<Arc<Envelope>>) -> Result<Vec<Arc<Envelope>>, Error> {
    events.into_iter().map(|event| redact::for_reader(principal, event)).collect()
}
