//! A database of its own with one organization in it, and the reactions running.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rishi_app::auth::{Authenticator, Caller, Visitor};
use rishi_app::bookings::{BookingFilter, StatisticsQuery};
use rishi_app::commit::Answer;
use rishi_app::tokens::NewToken;
use rishi_app::users::{Entry, NewMember};
use rishi_app::{App, policies};
use rishi_bus::{Clock, Dispatcher, SystemClock};
use rishi_domain::booking::create::CreateBooking;
use rishi_domain::id::{LocationId, OrganizationId};
use rishi_domain::location::CreateLocation;
use rishi_domain::organization::CreateOrganization;
use rishi_domain::permission::Role;
use rishi_domain::user::CreateUser;
use rishi_store::sqlite::{Sqlite, SqliteOptions};
use serde::de::DeserializeOwned;
use serde_json::json;
use uuid::Uuid;

use super::Work;
use crate::failure::Failure;

/// Between the starts of two bookings of a location.
const SLOT: SignedDuration = SignedDuration::from_hours(1);

/// What the clients work on.
pub(super) struct Stage {
    pub(super) clock: Arc<dyn Clock>,
    store: Arc<Sqlite>,
    app: App,
    dispatcher: Dispatcher,
    caller: Caller,
    organization: OrganizationId,
    locations: Vec<LocationId>,
    first: Timestamp,
}

impl Stage {
    /// Opens a database in `folder` with a location for each client.
    pub(super) async fn set(folder: &Path, clients: usize) -> Result<Self, Failure> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let opened = Sqlite::open(SqliteOptions::new(folder.join("rishi.db"))).await;
        let store = opened.map_err(|error| Failure::broken("cannot make a database", error))?;
        let app = App::new(store.clone(), store.clone(), Arc::clone(&clock));
        let reactions = policies::subscriptions(&app);
        let dispatcher =
            Dispatcher::start(Arc::clone(&store), reactions, Arc::clone(&clock), Arc::new(|| 1.0));
        let dispatcher = dispatcher
            .await
            .map_err(|error| Failure::broken("cannot start the event handlers", error))?;
        let caller = somebody(&app, &clock).await?;
        let organization = organization(&app, &caller).await?;
        let mut locations = Vec::with_capacity(clients);
        for number in 0..clients {
            locations.push(location(&app, &caller, organization, number).await?);
        }
        manager(&app, organization).await?;
        let first = clock.now() + SignedDuration::from_hours(24);
        Ok(Self { clock, store, app, dispatcher, caller, organization, locations, first })
    }

    /// Does a piece of work once; `slot` grows with every call.
    pub(super) async fn work(&self, work: Work, client: usize, slot: u64) -> Result<(), Failure> {
        let principal = &self.caller.principal;
        let organization = self.organization;
        match work {
            Work::Create => {
                let command = self.command(client, slot)?;
                let made = self.app.create_booking(&self.caller, command, |_| Ok(nothing()));
                made.await.map(drop)
            }
            Work::List => self.app.bookings(principal, &page(organization)).await.map(drop),
            Work::Statistics => {
                let query = StatisticsQuery { organization, from: None, to: None };
                self.app.statistics(principal, &query).await.map(drop)
            }
        }
        .map_err(Failure::refusal)
    }

    /// Waits until all reactions are done.
    pub(super) async fn settled(&self) {
        self.dispatcher.idle().await;
    }

    /// Ends the reactions and closes the database.
    pub(super) async fn clear(self: Arc<Self>) {
        // The clients have ended, so nobody else holds the stage.
        if let Ok(stage) = Arc::try_unwrap(self) {
            stage.dispatcher.shutdown(Duration::from_secs(5)).await;
            stage.store.close().await;
        }
    }

    /// A booking in a slot that no other has.
    fn command(&self, client: usize, slot: u64) -> Result<CreateBooking, Failure> {
        let start = i32::try_from(slot)
            .ok()
            .and_then(|slot| self.first.checked_add(SLOT.checked_mul(slot)?).ok());
        let start =
            start.ok_or_else(|| refused("there are no free slots left; measure shorter"))?;
        read(json!({
            "organizationId": self.organization,
            "locationId": self.locations[client],
            "title": "Budtender training",
            "budget": 1250.5,
            "scheduledStart": start,
            "scheduledEnd": start + SLOT,
        }))
    }
}

/// The first page of an organization's bookings.
fn page(organization: OrganizationId) -> BookingFilter {
    BookingFilter { organization: Some(organization), ..BookingFilter::default() }
}

/// Somebody who may do everything.
async fn somebody(app: &App, clock: &Arc<dyn Clock>) -> Result<Caller, Failure> {
    let internal = app.ensure_internal_organization("Bench").await.map_err(Failure::refusal)?;
    person(app, "admin@bench.example", internal.id, Role::SuperAdmin).await?;
    let token = NewToken {
        email: "admin@bench.example".to_owned(),
        organization: None,
        name: "bench".to_owned(),
        days: 1,
    };
    let (_, secret) = app.add_token(token).await.map_err(Failure::refusal)?;
    let authenticator = Authenticator::new(app);
    let principal = authenticator.bearer(secret.reveal(), clock.now()).await;
    let principal = principal.map_err(Failure::refusal)?;
    Ok(Caller::new(principal, Visitor::here(app.ids.next())))
}

/// The one who is told of every booking.
async fn manager(app: &App, organization: OrganizationId) -> Result<(), Failure> {
    person(app, "manager@bench.example", organization, Role::ClientManager).await
}

async fn person(
    app: &App,
    email: &str,
    organization: OrganizationId,
    role: Role,
) -> Result<(), Failure> {
    let user = CreateUser {
        email: email.to_owned(),
        display_name: role.to_string(),
        locale: None,
        timezone: None,
    };
    let new = NewMember { user, organization, role, serves: Vec::new(), entry: Entry::Later };
    app.add_user(new).await.map(drop).map_err(Failure::refusal)
}

async fn organization(app: &App, caller: &Caller) -> Result<OrganizationId, Failure> {
    let command: CreateOrganization = read(json!({ "name": "Bench", "kind": "client" }))?;
    let made = app.create_organization(caller, command, |made| Ok(named(made.id.0))).await;
    id(made)
}

async fn location(
    app: &App,
    caller: &Caller,
    organization: OrganizationId,
    number: usize,
) -> Result<LocationId, Failure> {
    let command: CreateLocation = read(json!({
        "organizationId": organization,
        "name": format!("Room {number}"),
        "locationType": "event_venue",
        "address": {
            "line1": "1 Main Street", "city": "Denver", "region": "CO",
            "postalCode": "80202", "country": "US",
        },
        "timezone": "America/Denver",
    }))?;
    let made = app.create_location(caller, command, |made| Ok(named(made.id.0))).await;
    id(made)
}

/// A command from its JSON, as a client would send it.
fn read<T: DeserializeOwned>(command: serde_json::Value) -> Result<T, Failure> {
    serde_json::from_value(command)
        .map_err(|error| Failure::broken("cannot set up the benchmark", error))
}

fn nothing() -> Answer {
    Answer { status: 201, location: None, version: None, body: String::new() }
}

/// An answer that is only the new thing's id.
fn named(id: Uuid) -> Answer {
    Answer { body: id.to_string(), ..nothing() }
}

/// The id that [`named`] answered.
fn id<T: From<Uuid>>(answer: Result<Answer, rishi_app::Error>) -> Result<T, Failure> {
    let id = Uuid::parse_str(&answer.map_err(Failure::refusal)?.body);
    Ok(id.map_err(|error| Failure::broken("cannot set up the benchmark", error))?.into())
}

fn refused(why: &str) -> Failure {
    Failure::Refused(why.to_owned())
}
