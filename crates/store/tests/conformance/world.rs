//! What a test starts from: an engine with the operator, two clients, and somebody who may book.

use std::sync::Arc;

use rishi_app::auth::{Authenticator, Principal};
use rishi_app::calendar::CalendarChange;
use rishi_app::commit::{Change, CommitError, Committed};
use rishi_app::credentials::AccessChange;
use rishi_app::events::subject;
use rishi_app::scope::Scope;
use rishi_app::store::Paging;
use rishi_app::tokens::NewToken;
use rishi_app::transport::TransportChange;
use rishi_app::users::{Entry, NewMember};
use rishi_app::webhooks::WebhookChange;
use rishi_app::{App, Commit, Store};
use rishi_bus::testing::TestClock;
use rishi_bus::{Desk, Envelope, Ledger, NewEvent, Subject};
use rishi_domain::booking::Booking;
use rishi_domain::id::{BookingId, OrganizationId};
use rishi_domain::location::Location;
use rishi_domain::organization::{Organization, OrganizationKind};
use rishi_domain::permission::{Capability, Role};
use rishi_domain::user::{CreateUser, User};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::things;

/// An engine, as far as the suite must know it.
pub(crate) trait Fixture: Sized + Send + Sync + 'static {
    type Engine: Store + Ledger<Commit = Commit> + Desk;

    /// How many events go through the soak unless it is asked for more.
    const SOAK: u64;

    /// A place for one database, with nothing in it.
    async fn fresh() -> Self;

    /// Opens it as a process does: for the first time, again, or while another has it open.
    async fn open(&self) -> Arc<Self::Engine>;

    /// Closes it as a process does that ends in peace.
    async fn close(engine: Arc<Self::Engine>);

    /// The first row that a query past the platform finds, as texts.
    async fn texts(&self, sql: &str) -> Vec<String>;
}

/// The whole list.
pub(crate) const ALL: Paging = Paging { limit: 200, offset: 0 };

pub(crate) struct World<F: Fixture> {
    pub(crate) fixture: F,
    pub(crate) store: Arc<F::Engine>,
    pub(crate) app: App,
    /// The operator.
    pub(crate) house: Organization,
    /// A client, in Denver.
    pub(crate) client: Organization,
    /// A client that has nothing to do with the other.
    pub(crate) stranger: Organization,
    /// A place of the client's.
    pub(crate) place: Location,
    /// A manager of the client's.
    pub(crate) author: User,
    everything: Arc<Principal>,
}

/// Somebody who is signed in.
pub(crate) struct Member {
    pub(crate) user: User,
    pub(crate) principal: Arc<Principal>,
}

impl Member {
    pub(crate) fn sees(&self, capability: Capability) -> Scope {
        self.principal.scope(capability)
    }
}

impl<F: Fixture> World<F> {
    pub(crate) async fn new() -> Self {
        let fixture = F::fresh().await;
        let store = fixture.open().await;
        let app = App::new(store.clone(), store.clone(), Arc::new(TestClock::default()));
        let now = app.clock.now();
        let organization = |name: &str, kind| things::organization(app.ids.next(), name, kind, now);
        let house = organization("House", OrganizationKind::Internal);
        let client = organization("Client", OrganizationKind::Client);
        let stranger = organization("Stranger", OrganizationKind::Client);
        let place = things::location(app.ids.next(), "Main Street", Some(client.id), now);
        let changes = vec![
            Change::Organization(Box::new(house.clone())),
            Change::Organization(Box::new(client.clone())),
            Change::Organization(Box::new(stranger.clone())),
            Change::Location(Box::new(place.clone())),
        ];
        store.commit(told(&app, changes)).await.unwrap();
        let author = sign_in(&app, &client, Role::ClientManager, &[]).await.user;
        let everything = sign_in(&app, &house, Role::SuperAdmin, &[]).await.principal;
        Self { fixture, store, app, house, client, stranger, place, author, everything }
    }

    /// A scope that covers everything.
    pub(crate) fn all(&self) -> Scope {
        self.everything.scope(Capability::ReadBookings)
    }

    pub(crate) fn id<T: From<Uuid>>(&self) -> T {
        self.app.ids.next()
    }

    /// Adds a person with a role and signs them in.
    pub(crate) async fn member(
        &self,
        organization: &Organization,
        role: Role,
        serves: &[OrganizationId],
    ) -> Member {
        sign_in(&self.app, organization, role, serves).await
    }

    pub(crate) fn event(&self, subject: Subject, event_type: &str) -> NewEvent {
        event(&self.app, subject, event_type)
    }

    /// A commit of rows, with one event for each subject.
    pub(crate) fn told(&self, changes: Vec<Change>) -> Commit {
        told(&self.app, changes)
    }

    pub(crate) async fn commit(&self, commit: Commit) -> Result<Committed, CommitError> {
        self.store.commit(commit).await
    }

    /// Commits rows that nothing speaks against.
    pub(crate) async fn put(&self, changes: impl IntoIterator<Item = Change>) {
        self.commit(self.told(changes.into_iter().collect())).await.unwrap();
    }

    /// A booking of the client's from one hour of the test's calendar to another.
    pub(crate) fn booking(&self, from: i64, to: i64) -> Booking {
        things::booking(self.id(), &self.client, &self.author, from, to, self.app.clock.now())
    }

    /// The same, at the client's place.
    pub(crate) fn booking_there(&self, from: i64, to: i64) -> Booking {
        Booking { location_id: Some(self.place.id), ..self.booking(from, to) }
    }

    pub(crate) async fn stored(&self, id: BookingId) -> Option<Booking> {
        self.store.booking_row(&self.all(), id).await.unwrap()
    }

    /// The whole log.
    pub(crate) async fn log(&self) -> Vec<Arc<Envelope>> {
        self.store.read(0, 100_000).await.unwrap()
    }

    /// How many events there are: a refused commit leaves it as it is.
    pub(crate) async fn log_length(&self) -> usize {
        self.log().await.len()
    }
}

async fn sign_in(
    app: &App,
    organization: &Organization,
    role: Role,
    serves: &[OrganizationId],
) -> Member {
    let name: Uuid = app.ids.next();
    let email = format!("{name}@example.com");
    let new = NewMember {
        user: CreateUser {
            email: email.clone(),
            display_name: format!("{role} {name}"),
            locale: None,
            timezone: None,
        },
        organization: organization.id,
        role,
        serves: serves.to_vec(),
        entry: Entry::Later,
    };
    let (user, _) = app.add_user(new).await.unwrap();
    let token = NewToken { email, organization: None, name: "test".to_owned(), days: 1 };
    let (_, secret) = app.add_token(token).await.unwrap();
    let authenticator = Authenticator::new(app);
    let principal = authenticator.bearer(secret.reveal(), app.clock.now()).await.unwrap();
    Member { user, principal }
}

fn event(app: &App, subject: Subject, event_type: &str) -> NewEvent {
    let data = RawValue::from_string("{}".to_owned()).unwrap();
    NewEvent::new(app.ids.next(), event_type, "test", subject, app.clock.now(), data)
}

fn told(app: &App, changes: Vec<Change>) -> Commit {
    let mut events: Vec<NewEvent> = Vec::new();
    for (subject, organization) in changes.iter().filter_map(about) {
        if events.iter().all(|known| known.subject != subject) {
            let told = event(app, subject.clone(), "SOMETHING_PUT").with_correlation(subject.id());
            events.push(told.with_organization(organization.map(Uuid::from)));
        }
    }
    Commit { changes, events, ..Commit::default() }
}

/// Which subject tells of a row, and whose it is.
fn about(change: &Change) -> Option<(Subject, Option<OrganizationId>)> {
    Some(match change {
        Change::Organization(row) => (subject::organization(row.id), Some(row.id)),
        Change::User(row) => (subject::user(row.id), None),
        Change::Membership(row) | Change::MembershipEnded(row) => {
            (subject::membership(row.id), Some(row.organization_id))
        }
        Change::Location(row) => (subject::location(row.id), row.organization_id),
        Change::Booking(row) => (subject::booking(row.id), Some(row.organization_id)),
        Change::BookingSeries(row) => (subject::series(row.id), Some(row.organization_id)),
        Change::Assignment(row) => (subject::booking(row.booking_id), None),
        Change::StaffProfile(row) => (subject::staff(row.user_id), Some(row.organization_id)),
        Change::Availability(row) => {
            (subject::availability(row.block.id), Some(row.block.organization_id))
        }
        Change::Token(row) => (subject::token(row.id), Some(row.organization_id)),
        Change::Password(row) => (subject::user(row.user_id), None),
        Change::Access(change) => match &**change {
            AccessChange::SessionBegun { session, .. } => (subject::session(session.id), None),
            AccessChange::SessionEnded(id) => (subject::session(*id), None),
            AccessChange::SessionsEnded { user, .. }
            | AccessChange::LinkUsed { user, .. }
            | AccessChange::TokensRevoked(user)
            | AccessChange::IdentityLinked { user, .. } => (subject::user(*user), None),
            AccessChange::LinkCreated { link, .. } => (subject::user(link.user_id), None),
            AccessChange::TokenRevoked(id) => (subject::token(*id), None),
            _ => return None,
        },
        Change::Webhook(change) => match &**change {
            WebhookChange::Put(row) => {
                (subject::webhook(row.endpoint.id), Some(row.endpoint.organization_id))
            }
            WebhookChange::Deleted(endpoint) => {
                (subject::webhook(endpoint.id), Some(endpoint.organization_id))
            }
            WebhookChange::Resent { webhook_id, .. }
            | WebhookChange::ReplayAsked { webhook_id, .. } => {
                (subject::webhook(*webhook_id), None)
            }
            _ => return None,
        },
        Change::Calendar(change) => match change {
            CalendarChange::Created { feed, .. } => {
                (subject::calendar_feed(feed.id), feed.organization_id)
            }
            CalendarChange::Revoked(id) => (subject::calendar_feed(*id), None),
        },
        Change::Preferences(row) => (subject::preferences(row.user_id), None),
        Change::InboxRead { user, .. } => (subject::inbox(*user), None),
        Change::Template(row) => {
            (subject::organization(row.organization_id), Some(row.organization_id))
        }
        Change::Transport(TransportChange::Received(row)) => {
            (row.subject.clone(), Some(row.organization))
        }
        Change::Transport(_)
        | Change::Notification(_)
        | Change::NotificationHtml { .. }
        | Change::MailStanding(_)
        | Change::Delivery(_) => return None,
    })
}
