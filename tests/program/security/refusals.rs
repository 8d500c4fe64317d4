//! What is not to be done is refused, and nothing has changed: neither a row nor an event, told by a
//! hash over the whole database.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::{demand, etag};
use crate::support::database::Database;
use crate::support::{Answer, Client, World, booking, drafts};

/// Two organizations that know nothing of each other, and a client manager of one.
struct Tenants {
    world: World,
    /// The other organization, with a manager, a location, a person and a booking.
    theirs: String,
    their_location: String,
    their_person: String,
    their_booking: String,
    own_booking: String,
    database: Database,
}

impl Tenants {
    async fn new() -> Self {
        let world = World::new().await;
        let theirs = world.neighbour(3).await;
        let their_location =
            world.admin.post("/api/locations", &drafts::location(Some(&theirs), "Theirs")).await;
        let their_person = world.person("client_user", Some(&theirs)).id;
        let their_booking =
            world.admin.post("/api/bookings", &booking(&theirs, None, 5, 6)).await.is(201).id();
        let own_booking = world.book(1, 2).await.is(201).id();
        world.settle().await;
        let database = Database::of(&world.home);
        Self {
            their_location: their_location.is(201).id(),
            theirs,
            their_person,
            their_booking,
            own_booking,
            database,
            world,
        }
    }

    /// Asks, and demands one of these refusals and that nothing has changed.
    async fn refuses(
        &self,
        case: &str,
        statuses: &[u16],
        ask: impl Future<Output = Answer>,
    ) -> Answer {
        let before = self.database.state();
        let answer = ask.await;
        assert!(answer.is_one_of(statuses), "{case}: {answer:#?}");
        assert_eq!(self.database.state(), before, "{case} has changed something");
        answer
    }

    fn draft(&self) -> Value {
        booking(&self.world.organization, Some(&self.world.location), 3, 4)
    }
}

/// A change by PATCH without saying of which version.
async fn patch(client: &Client, path: &str, body: Value) -> Answer {
    demand(client.request(Method::PATCH, path).header("If-Match", "*").json(&body)).await
}

#[tokio::test]
async fn i9_ids_of_others_in_path_query_and_body_are_refused_and_change_nothing() {
    let there = Tenants::new().await;
    let (manager, hidden) = (&there.world.manager, &[404][..]);
    let title = json!({ "title": "Mine now" });
    for (path, body) in [
        (format!("/api/bookings/{}", there.their_booking), title),
        (format!("/api/locations/{}", there.their_location), json!({ "name": "Mine now" })),
        (format!("/api/organizations/{}", there.theirs), json!({ "name": "Mine now" })),
        (format!("/api/users/{}", there.their_person), json!({ "displayName": "Mine now" })),
    ] {
        there.refuses(&path, hidden, patch(manager, &path, body)).await;
    }
    let path = format!("/api/bookings/{}/status", there.their_booking);
    let step = json!({ "status": "cancelled" });
    there.refuses(&path, hidden, manager.post(&path, &step)).await;

    let with = |field: &str, value: &str| {
        let mut body = there.draft();
        body[field] = json!(value);
        body
    };
    let refused = &[404, 422][..];
    for (case, body) in [
        ("a booking for others", with("organizationId", &there.theirs)),
        ("a booking at others' place", with("locationId", &there.their_location)),
        ("an id of another kind", with("locationId", &there.own_booking)),
    ] {
        there.refuses(case, refused, manager.post("/api/bookings", &body)).await;
    }
    let move_it = json!({ "locationId": there.their_location });
    let own = format!("/api/bookings/{}", there.own_booking);
    there.refuses("a move to others' place", refused, patch(manager, &own, move_it)).await;
    let theirs = drafts::location(Some(&there.theirs), "Mine");
    there.refuses("a place for others", refused, manager.post("/api/locations", &theirs)).await;
    for (case, organization, serves) in [
        ("a person for others", &there.theirs, vec![]),
        ("a person who serves others", &there.world.organization, vec![&there.theirs]),
    ] {
        let body = json!({
            "email": "new@example.com", "displayName": "New", "role": "client_user",
            "organizationId": organization, "serves": serves,
        });
        let asking = manager.post("/api/users", &body);
        there.refuses(case, &[400, 403, 404, 422], asking).await;
    }
    for query in [
        "bookings?organizationId=",
        "bookings/statistics?organizationId=",
        "events/stream?organizationId=",
    ] {
        let path = format!("/api/{query}{}", there.theirs);
        there.refuses(&path, hidden, manager.get(&path)).await;
    }
}

#[tokio::test]
async fn fields_that_nobody_may_set_are_refused_by_name_and_change_nothing() {
    let there = Tenants::new().await;
    let manager = &there.world.manager;
    let own = format!("/api/bookings/{}", there.own_booking);
    for (field, value) in [
        ("organizationId", json!(there.theirs)),
        ("status", json!("approved")),
        ("createdBy", json!(there.their_person)),
        ("submittedBy", json!(there.their_person)),
        ("version", json!(7)),
        ("id", json!(there.their_booking)),
        ("createdAt", json!("2020-01-01T00:00:00Z")),
        ("role", json!("super_admin")),
        ("__proto__", json!({ "admin": true })),
    ] {
        let asking = patch(manager, &own, json!({ field: value }));
        let answer = there.refuses(&format!("{field} in an edit"), &[400], asking).await;
        assert!(answer.text.contains(field), "{field} is named: {}", answer.text);
        if field != "organizationId" {
            let mut body = there.draft();
            body[field] = value;
            let asking = manager.post("/api/bookings", &body);
            there.refuses(&format!("{field} in a new booking"), &[400], asking).await;
        }
    }
    let me = format!("/api/users/{}", there.world.manager_id);
    for (field, value) in [
        ("role", json!("super_admin")),
        ("roles", json!(["super_admin"])),
        ("memberships", json!([])),
        ("organizationId", json!(there.theirs)),
        ("serves", json!([there.theirs])),
        ("id", json!(there.their_person)),
    ] {
        let asking = patch(manager, &me, json!({ field: value }));
        there.refuses(&format!("{field} of oneself"), &[400], asking).await;
    }
    let organization = format!("/api/organizations/{}", there.world.organization);
    for (body, status) in [
        (json!({ "kind": "internal" }), 403),
        (json!({ "tier": 3 }), 403),
        (json!({ "status": "active" }), 403),
        (json!({ "settings": { "role": "super_admin" } }), 400),
    ] {
        let asking = patch(manager, &organization, body.clone());
        there.refuses(&body.to_string(), &[status], asking).await;
    }
    let raised = json!({
        "email": "new@example.com", "displayName": "New", "role": "super_admin",
        "organizationId": there.world.organization,
    });
    there.refuses("a role above one's own", &[400, 403], manager.post("/api/users", &raised)).await;
}

#[tokio::test]
async fn bodies_that_are_ambiguous_or_no_json_are_refused_and_change_nothing() {
    let there = Tenants::new().await;
    let text = there.draft().to_string();
    let twice = |field: &str| format!("{{{field},{}", &text[1..]);
    let send = |kind: Option<&str>, body: String| {
        let request = there.world.manager.request(Method::POST, "/api/bookings").body(body);
        demand(match kind {
            Some(kind) => request.header("Content-Type", kind),
            None => request,
        })
    };
    let json = Some("application/json");
    for (case, body) in [
        ("an organization twice", twice(&format!("\"organizationId\":\"{}\"", there.theirs))),
        ("a title twice", twice("\"title\":\"Another\"")),
        ("a key twice far inside", twice(r#""requirements":{"a":[{"b":1,"b":2}]}"#)),
    ] {
        there.refuses(case, &[400], send(json, body)).await;
    }
    for kind in [
        None,
        Some("text/plain"),
        Some("text/plain; charset=application/json"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("application/merge-patch+json"),
    ] {
        there.refuses(&format!("{kind:?}"), &[415], send(kind, text.clone())).await;
    }
    let form = "title=Harvest&organizationId=x".to_owned();
    there.refuses("a form", &[415], send(Some("application/x-www-form-urlencoded"), form)).await;
}

#[tokio::test]
async fn another_method_in_a_header_or_a_field_is_not_another_method() {
    let there = Tenants::new().await;
    let own = format!("/api/bookings/{}", there.own_booking);
    for name in ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"] {
        let request = there.world.manager.request(Method::POST, &own).header(name, "PATCH");
        let request = request.header("If-Match", etag(1)).json(&json!({ "title": "Mine" }));
        there.refuses(name, &[405], demand(request)).await;
    }
    let read = |path: &str| {
        let request = there.world.manager.request(Method::GET, path);
        demand(request.header("X-HTTP-Method-Override", "PATCH"))
    };
    read(&format!("{own}?_method=PATCH")).await.is(400);
    assert_eq!(read(&own).await.is(200).version(), 1, "it was only read");
}
