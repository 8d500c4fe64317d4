//! A new version of a handler, from its trial beside the old one to its place: a whole server over its API, with a
//! second handler that really decides otherwise.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Client, Method, StatusCode};
use rishi_app::Commit;
use rishi_app::commit::Change;
use rishi_app::policies::Handler;
use rishi_app::tokens::NewToken;
use rishi_app::users::{Entry, NewMember};
use rishi_bus::{Envelope, HandlerError, Policy, Start, Subscription, SubscriptionSpec};
use rishi_domain::id::{OrganizationId, UserId};
use rishi_domain::notification::Notification;
use rishi_domain::permission::Role;
use rishi_domain::user::CreateUser;
use rishi_store::sqlite::{Sqlite, SqliteOptions};
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;

const NAME: &str = "booking-created";
const NEW: &str = "booking-created@v2";
const TITLE: &str = "A booking is new";

/// Who asks: whose token it is.
const ADMIN: usize = 0;
const MANAGER: usize = 1;

/// Tells the same people in other words.
struct TellBriefly(App);

#[async_trait]
impl Policy<Commit> for TellBriefly {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let organization_id = event.organization_id.unwrap().into();
        let managers = self.0.store.managers(organization_id).await.unwrap();
        let told = managers.into_iter().map(|user_id: UserId| {
            Change::Notification(Box::new(Notification {
                id: self.0.ids.next(),
                user_id,
                organization_id,
                kind: "booking_created".to_owned(),
                title: TITLE.to_owned(),
                message: event.position.to_string(),
                related_entity_type: "booking".to_owned(),
                related_entity_id: event.subject.id(),
                read_at: None,
                created_at: self.0.clock.now(),
            }))
        });
        Ok(Some(Commit { changes: told.collect(), ..Commit::default() }))
    }
}

fn named(name: &'static str, app: App) -> Subscription<Commit> {
    let spec = SubscriptionSpec::new(name).on_type("BOOKING_CREATED").starting(Start::Now);
    Subscription::policy(spec, TellBriefly(app))
}

fn beside(app: App) -> Subscription<Commit> {
    named(NEW, app)
}

fn in_front(app: App) -> Subscription<Commit> {
    named(NAME, app)
}

/// A server with these handlers beside its own, and somebody's token.
struct Place {
    running: Running,
    app: App,
    http: Client,
    tokens: [String; 2],
}

impl Place {
    async fn open(config: &Config, tokens: &[String; 2], handlers: &[Handler]) -> Self {
        let mut base = Base::open(config).await.unwrap();
        base.app.handlers = handlers.to_vec();
        let app = base.app.clone();
        let running = base.serve(config).await.unwrap();
        // Another test may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { running, app, http: Client::new(), tokens: tokens.clone() }
    }

    async fn ask(
        &self,
        who: usize,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let url = format!("http://{}/api/{path}", self.running.address);
        let mut request = self.http.request(method, url).bearer_auth(&self.tokens[who]);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    async fn get(&self, who: usize, path: &str) -> Value {
        let (status, body) = self.ask(who, Method::GET, path, None).await;
        assert!(status.is_success(), "{path}: {status} {body}");
        body
    }

    async fn post(&self, who: usize, path: &str, body: Value) -> Value {
        let (status, body) = self.ask(who, Method::POST, path, Some(body)).await;
        assert!(status.is_success(), "{path}: {status} {body}");
        body
    }

    async fn order(&self, name: &str, verb: &str) {
        self.post(ADMIN, &format!("system/subscriptions/{name}/{verb}"), json!({})).await;
    }

    async fn book(&self, organization: &str) -> String {
        let booking = json!({
            "organizationId": organization, "title": "Tasting",
            "scheduledStart": "2040-01-01T10:00:00Z", "scheduledEnd": "2040-01-01T12:00:00Z",
        });
        self.post(MANAGER, "bookings", booking).await["id"].as_str().unwrap().to_owned()
    }

    /// A subscription, as soon as it is so.
    async fn until(&self, name: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..600 {
            let all = self.get(ADMIN, "system/subscriptions").await;
            let found = all["subscriptions"].as_array().unwrap().iter();
            let found = found.clone().find(|one| one["name"] == name).unwrap();
            if is_so(found) {
                return found.clone();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{name} never came there");
    }

    async fn caught_up(&self) {
        for name in [NAME, NEW] {
            self.until(name, |one| one["lagEvents"] == 0).await;
        }
    }

    /// What the token's owner was told of bookings: which, and in what words.
    async fn told(&self) -> Vec<(String, String)> {
        let inbox = self.get(MANAGER, "notifications?limit=100").await;
        let text = |one: &Value, field: &str| one[field].as_str().unwrap().to_owned();
        let all = inbox["notifications"].as_array().unwrap().iter().rev();
        all.map(|one| (text(one, "relatedEntityId"), text(one, "title"))).collect()
    }
}

/// Somebody new, and their token.
async fn enter(app: &App, organization: OrganizationId, role: Role) -> String {
    let email = format!("{}@example.com", app.ids.next::<Uuid>());
    let (display_name, locale, timezone) = ("Ana".to_owned(), None, None);
    let user = CreateUser { email: email.clone(), display_name, locale, timezone };
    let (serves, entry) = (Vec::new(), Entry::Later);
    app.add_user(NewMember { user, organization, role, serves, entry }).await.unwrap();
    let token = NewToken { email, organization: None, name: "test".to_owned(), days: 1 };
    let (_, secret) = app.add_token(token).await.unwrap();
    secret.reveal().to_owned()
}

/// A new database with an operator and a client's manager, and the client.
async fn settled(config: &Config) -> ([String; 2], String) {
    let base = Base::open(config).await.unwrap();
    let app = base.app.clone();
    let house = app.store.internal_organization().await.unwrap().unwrap().id;
    let admin = enter(&app, house, Role::SuperAdmin).await;
    base.close().await;
    let place = Place::open(config, &[admin.clone(), admin.clone()], &[]).await;
    let client = json!({ "name": "Green Leaf", "kind": "client", "tier": 2 });
    let made = place.post(ADMIN, "organizations", client).await["id"].as_str().unwrap().to_owned();
    let organization = OrganizationId(made.parse().unwrap());
    let manager = enter(&place.app, organization, Role::ClientManager).await;
    place.running.stop().await;
    ([admin, manager], made)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_version_runs_beside_the_old_one_is_compared_and_takes_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(&folder);
    let (tokens, client) = settled(&config).await;

    // The old version alone.
    let place = Place::open(&config, &tokens, &[]).await;
    let mut bookings = vec![place.book(&client).await, place.book(&client).await];
    place.until(NAME, |one| one["lagEvents"] == 0).await;
    place.running.stop().await;

    // Both, and where they differ.
    let place = Place::open(&config, &tokens, &[beside]).await;
    place.caught_up().await;
    let old_words = place.told().await;
    assert_eq!(old_words.len(), 2, "the new one begins now: {old_words:?}");
    let path = format!("system/subscriptions/{NAME}/comparison?with={NEW}");
    let compared = place.get(ADMIN, &path).await;
    let differences = compared["differences"].as_array().unwrap();
    assert_eq!((differences.len(), &compared["compared"]), (2, &json!(2)), "{compared:#}");
    assert!(differences[0].to_string().contains(TITLE), "{compared:#}");
    bookings.push(place.book(&client).await);
    place.caught_up().await;
    let told = place.told().await;
    let of_the_third: Vec<_> = told.iter().filter(|(booking, _)| *booking == bookings[2]).collect();
    assert_eq!(of_the_third.len(), 2, "both act: {told:?}");

    // What each has reached is exchanged, once neither works. The old one is let fall behind first.
    let swap = format!("system/subscriptions/{NAME}/swap");
    let (refused, _) = place.ask(ADMIN, Method::POST, &swap, Some(json!({ "with": NEW }))).await;
    assert_eq!(refused, StatusCode::CONFLICT);
    place.order(NAME, "pause").await;
    place.until(NAME, |one| one["live"]["paused"] == true).await;
    bookings.push(place.book(&client).await);
    place.until(NEW, |one| one["lagEvents"] == 0).await;
    place.order(NEW, "pause").await;
    let cursor = async |name: &str| place.until(name, |_| true).await["cursor"].clone();
    let before = (cursor(NAME).await, cursor(NEW).await);
    assert!(before.0.as_u64() < before.1.as_u64(), "{before:?}");
    place.post(ADMIN, &swap, json!({ "with": NEW })).await;
    // What was shown may have been some events without interest for it ahead of what was kept.
    let after = (cursor(NAME).await, cursor(NEW).await);
    assert!(after.1.as_u64() < after.0.as_u64(), "{before:?} became {after:?}");
    bookings.push(place.book(&client).await);
    place.running.stop().await;

    // The release that has the new one in front and the old one no more.
    let place = Place::open(&config, &tokens, &[in_front]).await;
    place.order(NAME, "resume").await;
    place.until(NAME, |one| one["lagEvents"] == 0).await;
    bookings.push(place.book(&client).await);
    place.until(NAME, |one| one["lagEvents"] == 0).await;
    place.order(NEW, "forget").await;
    let told = place.told().await;
    let words = |booking: &String| -> Vec<bool> {
        told.iter().filter(|(one, _)| one == booking).map(|(_, title)| title == TITLE).collect()
    };
    // By the old one, by both, and from the exchange on once by the new one: nothing twice, nothing left out.
    let expected: [&[bool]; 6] = [&[false], &[false], &[], &[true], &[true], &[true]];
    for (number, (booking, expected)) in bookings.iter().zip(expected).enumerate() {
        let mut found = words(booking);
        found.sort_unstable();
        let expected = if number == 2 { &[false, true][..] } else { expected };
        assert_eq!(found, expected, "booking {number}: {told:?}");
    }
    place.running.stop().await;

    let store =
        Sqlite::open(SqliteOptions::new(folder.path().join("data/rishi.db"))).await.unwrap();
    rishi_bus::verify(&*store, None, &mut |_| {}).await.unwrap();
    store.close().await;
}
