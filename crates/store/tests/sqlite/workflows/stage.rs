//! People who work on bookings while all reactions run.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rishi_app::auth::{Authenticator, Caller, Visitor};
use rishi_app::bookings::BookingView;
use rishi_app::commit::Answer;
use rishi_app::scope::Scope;
use rishi_app::staffing::AssignmentStep;
use rishi_app::store::Paging;
use rishi_app::tokens::NewToken;
use rishi_app::users::{Entry, NewMember};
use rishi_app::{App, Error, policies};
use rishi_bus::testing::TestClock;
use rishi_bus::{Dispatcher, Envelope, Ledger as _, Order};
use rishi_domain::assignment::CheckIn;
use rishi_domain::booking::BookingStatus;
use rishi_domain::booking::transition::ChangeStatus;
use rishi_domain::id::{AssignmentId, BookingId, OrganizationId, UserId};
use rishi_domain::notification::Notification;
use rishi_domain::permission::{Capability, Role};
use rishi_domain::user::CreateUser;
use rishi_store::sqlite::{Sqlite, SqliteOptions};
use rusqlite::Connection;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

/// A client organization with a manager, the operator's staff, and everything that reacts.
pub(crate) struct Stage {
    pub(crate) app: App,
    pub(crate) store: Arc<Sqlite>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) dispatcher: Dispatcher,
    pub(crate) admin: Caller,
    pub(crate) manager: Caller,
    pub(crate) organization: OrganizationId,
    pub(crate) house: OrganizationId,
    all: Scope,
    pub(crate) folder: TempDir,
}

/// Somebody who can be assigned.
pub(crate) struct Agent {
    pub(crate) id: UserId,
    pub(crate) caller: Caller,
}

impl Stage {
    /// With these settings of the client's; whoever declared nothing may be assigned.
    pub(crate) async fn new(settings: Value) -> Self {
        Self::with(settings, |_, _| {}).await
    }

    /// The same with use cases that were changed before anything reacts.
    pub(crate) async fn with(
        mut settings: Value,
        change: impl FnOnce(&mut App, &Arc<TestClock>),
    ) -> Self {
        let folder = TempDir::new().unwrap();
        let store = Sqlite::open(SqliteOptions::new(folder.path().join("rishi.db"))).await.unwrap();
        let clock = Arc::new(TestClock::default());
        let mut app = App::new(store.clone(), store.clone(), clock.clone());
        change(&mut app, &clock);
        let dispatcher = Dispatcher::start(
            store.clone(),
            policies::subscriptions(&app),
            clock.clone(),
            Arc::new(|| 0.5),
        );
        let dispatcher = dispatcher.await.unwrap();
        let house = app.ensure_internal_organization("House").await.unwrap().id;
        let (_, admin) = enter(&app, house, Role::SuperAdmin, &[]).await;
        settings["unknownAvailability"] = json!("allow");
        let client = json!({ "name": "Green Leaf", "kind": "client", "settings": settings });
        let made = app.create_organization(&admin, command(client), |made| named(made.id)).await;
        let organization = id(made);
        let (_, manager) = enter(&app, organization, Role::ClientManager, &[]).await;
        let all = admin.principal.scope(Capability::ReadBookings);
        Self { app, store, clock, dispatcher, admin, manager, organization, house, all, folder }
    }

    /// An agent with this profile.
    pub(crate) async fn agent(&self, profile: Value) -> Agent {
        let (id, caller) =
            enter(&self.app, self.house, Role::BrandAgent, &[self.organization]).await;
        self.profile(id, profile).await;
        Agent { id, caller }
    }

    /// Makes somebody's profile, or replaces it.
    pub(crate) async fn profile(&self, user: UserId, mut profile: Value) {
        profile["organizationId"] = json!(self.house);
        let put = self.app.put_staff_profile(&self.admin, user, None, command(profile), |_, _| {
            named(Uuid::nil())
        });
        put.await.unwrap();
    }

    /// The manager's booking, two hours long, so many minutes from now.
    pub(crate) async fn book(&self, minutes: i64, needs: Value) -> BookingId {
        let start = self.now() + SignedDuration::from_mins(minutes);
        let body = json!({
            "organizationId": self.organization,
            "title": "Tasting",
            "scheduledStart": start,
            "scheduledEnd": start + SignedDuration::from_hours(2),
            "staffRequirements": needs,
        });
        let made = self
            .app
            .create_booking(&self.manager, command(body), |made| named(made.booking.id))
            .await;
        let made = id(made);
        self.dispatcher.idle().await;
        made
    }

    /// The manager submits a booking, without a wait for what follows.
    pub(crate) async fn submit(&self, booking: BookingId) -> Result<Answer, Error> {
        let command = ChangeStatus { status: BookingStatus::PendingApproval, notes: None };
        let nil = |_: &BookingView| named(Uuid::nil());
        self.app.change_booking_status(&self.manager, booking, None, command, nil).await
    }

    /// The same, submitted and approved.
    pub(crate) async fn approved(&self, minutes: i64, needs: Value) -> BookingId {
        let made = self.book(minutes, needs).await;
        self.step(made, BookingStatus::PendingApproval).await;
        self.step(made, BookingStatus::Approved).await;
        made
    }

    /// Takes a booking on, and lets follow what follows.
    pub(crate) async fn step(&self, booking: BookingId, status: BookingStatus) {
        let caller = match status {
            BookingStatus::PendingApproval => &self.manager,
            _ => &self.admin,
        };
        let command = ChangeStatus { status, notes: None };
        let moved =
            self.app.change_booking_status(caller, booking, None, command, |_| named(Uuid::nil()));
        moved.await.unwrap();
        self.dispatcher.idle().await;
    }

    /// Edits a booking, and lets follow what follows.
    pub(crate) async fn edit(&self, booking: BookingId, fields: Value) {
        let edited = self
            .app
            .edit_booking(&self.admin, booking, None, command(fields), |_| named(Uuid::nil()));
        edited.await.unwrap();
        self.dispatcher.idle().await;
    }

    /// Assigns people as hosts, and lets follow what follows.
    pub(crate) async fn assign(&self, booking: BookingId, people: &[&Agent]) {
        self.ask_for(booking, people).await;
        self.dispatcher.idle().await;
    }

    /// The same, without a wait for what follows.
    pub(crate) async fn ask_for(&self, booking: BookingId, people: &[&Agent]) {
        let order = |one: &&Agent| json!({ "staffId": one.id, "role": "host" });
        let orders: Vec<Value> = people.iter().map(order).collect();
        let asked = command(json!({ "assignments": orders }));
        let assigned =
            self.app.assign_staff(&self.admin, booking, None, asked, |_| named(Uuid::nil()));
        assigned.await.unwrap();
    }

    /// Somebody takes a step of their own.
    pub(crate) async fn act(&self, agent: &Agent, booking: BookingId, step: AssignmentStep) {
        self.act_by(&agent.caller, agent, booking, step).await;
    }

    /// Somebody takes a step with an agent's assignment.
    pub(crate) async fn act_by(
        &self,
        caller: &Caller,
        agent: &Agent,
        booking: BookingId,
        step: AssignmentStep,
    ) {
        let (assignment, _) = self.of(agent, booking).await;
        let both = (booking, assignment);
        let done = self.app.step_assignment(caller, both, None, step, |_| named(Uuid::nil())).await;
        done.unwrap();
        self.dispatcher.idle().await;
    }

    /// Accepts, comes and, if so, goes again so much later.
    pub(crate) async fn work(&self, agent: &Agent, booking: BookingId, minutes: Option<u64>) {
        self.act(agent, booking, AssignmentStep::Confirm(None)).await;
        self.act(agent, booking, AssignmentStep::CheckIn(CheckIn::default())).await;
        if let Some(minutes) = minutes {
            self.clock.advance(Duration::from_mins(minutes));
            self.act(agent, booking, AssignmentStep::CheckOut(CheckIn::default())).await;
        }
    }

    /// Time passes, and what falls due happens.
    pub(crate) async fn pass(&self, minutes: u64) {
        self.clock.advance(Duration::from_mins(minutes));
        self.dispatcher.idle().await;
    }

    /// A subscription takes no more events.
    pub(crate) async fn pause(&self, name: &str) {
        let subscription = name.to_owned();
        self.app.operate(vec![Order::Pause { subscription }]).await.unwrap();
        self.dispatcher.idle().await;
    }

    /// A paused subscription goes on.
    pub(crate) async fn resume(&self, name: &str) {
        let subscription = name.to_owned();
        self.app.operate(vec![Order::Resume { subscription }]).await.unwrap();
        self.dispatcher.idle().await;
    }

    /// What somebody was told, oldest first.
    pub(crate) async fn inbox(&self, who: UserId) -> Vec<Notification> {
        let paging = Paging { limit: 200, offset: 0 };
        let mut inbox = self.app.store.notifications(who, paging).await.unwrap().items;
        inbox.reverse();
        inbox
    }

    /// How many timers are set about a booking.
    pub(crate) fn timers(&self, booking: BookingId) -> usize {
        timers(self.folder.path(), booking)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.app.clock.now()
    }

    /// A booking as everybody who may see everything sees it.
    pub(crate) async fn seen(&self, booking: BookingId) -> rishi_app::bookings::BookingRecord {
        self.app.store.booking(&self.all, booking).await.unwrap().unwrap()
    }

    pub(crate) async fn status(&self, booking: BookingId) -> BookingStatus {
        self.seen(booking).await.booking.status
    }

    /// Somebody's last assignment on a booking, and how far it has come.
    pub(crate) async fn of(&self, agent: &Agent, booking: BookingId) -> (AssignmentId, String) {
        let seen = self.seen(booking).await;
        let own = seen.staff.iter().rev().find(|one| one.staff.id == agent.id).unwrap();
        (own.id, own.status.to_string())
    }

    /// What has happened to a booking or another thing.
    pub(crate) async fn story(&self, thing: Uuid) -> Vec<Arc<Envelope>> {
        let mut log = self.store.read(0, 100_000).await.unwrap();
        log.retain(|event| event.subject.id() == thing);
        log
    }

    /// The same, only what it is called.
    pub(crate) async fn types(&self, booking: BookingId) -> Vec<String> {
        let story = self.story(booking.0).await;
        story.iter().map(|event| event.event_type.to_string()).collect()
    }

    /// How often something has happened to a booking.
    pub(crate) async fn count(&self, booking: BookingId, event_type: &str) -> usize {
        self.types(booking).await.iter().filter(|one| *one == event_type).count()
    }
}

/// How many timers are set about a booking in the file of a folder.
pub(crate) fn timers(folder: &Path, booking: BookingId) -> usize {
    let file = Connection::open(folder.join("rishi.db")).unwrap();
    let count = "SELECT count(*) FROM timers WHERE subject_id = ?1";
    file.query_one(count, [booking.0], |row| row.get(0)).unwrap()
}

/// The payload of an event.
pub(crate) fn data(event: &Envelope) -> Value {
    serde_json::from_str(event.data.get()).unwrap()
}

async fn enter(
    app: &App,
    organization: OrganizationId,
    role: Role,
    serves: &[OrganizationId],
) -> (UserId, Caller) {
    let name: Uuid = app.ids.next();
    let email = format!("{name}@example.com");
    let user = CreateUser {
        email: email.clone(),
        display_name: format!("{role} {name}"),
        locale: None,
        timezone: Some("America/Denver".to_owned()),
    };
    let serves = serves.to_vec();
    let new = NewMember { user, organization, role, serves, entry: Entry::Later };
    let (user, _) = app.add_user(new).await.unwrap();
    let token = NewToken { email, organization: None, name: "test".to_owned(), days: 365 };
    let (_, secret) = app.add_token(token).await.unwrap();
    let authenticator = Authenticator::new(app);
    let principal = authenticator.bearer(secret.reveal(), app.clock.now()).await.unwrap();
    (user.id, Caller::new(principal, Visitor::here(app.ids.next())))
}

fn command<T: DeserializeOwned>(body: Value) -> T {
    serde_json::from_value(body).unwrap()
}

/// An answer that is only an id.
#[expect(clippy::unnecessary_wraps, reason = "what a use case asks for")]
pub(crate) fn named(id: impl std::fmt::Display) -> Result<Answer, Error> {
    Ok(Answer { status: 201, location: None, version: None, body: id.to_string() })
}

fn id<T: From<Uuid>>(answer: Result<Answer, Error>) -> T {
    Uuid::parse_str(&answer.unwrap().body).unwrap().into()
}
