//! Ids of others inside a body, however deep: refused, and nothing has changed.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::demand;
use crate::support::database::Database;
use crate::support::{World, drafts};

#[tokio::test]
async fn i9_ids_of_others_deep_in_a_body_are_refused_and_change_nothing() {
    let world = World::new().await;
    let theirs = world.neighbour(3).await;
    let stranger = world.person("client_user", Some(&theirs)).id;
    let place =
        world.admin.post("/api/locations", &drafts::location(Some(&theirs), "Theirs")).await;
    let (place, own) = (place.is(201).id(), world.draft().await.id());
    let foreign =
        world.admin.post("/api/bookings", &drafts::booking(&theirs, None, 5, 6)).await.is(201).id();
    world.settle().await;
    let database = Database::of(&world.home);
    let within = |extra: Value| {
        let mut body = drafts::booking(&world.organization, None, 3, 4);
        let (Value::Object(into), Value::Object(more)) = (&mut body, extra) else {
            panic!("objects")
        };
        into.extend(more);
        body
    };
    let (from, to) = (drafts::hour(0), drafts::hour(48));
    let assigned =
        |staff: &str| json!({ "assignments": [{ "staffId": staff, "role": "brand_agent" }] });
    let rule = json!({ "frequency": "weekly", "count": 3 });
    for (method, path, body) in [
        (Method::POST, format!("/api/bookings/{own}/staff"), assigned(&stranger)),
        (Method::POST, format!("/api/bookings/{foreign}/staff"), assigned(&world.manager_id)),
        (Method::POST, format!("/api/bookings/{own}/staff"), assigned(&foreign)),
        (Method::POST, "/api/bookings".into(), within(json!({ "organization": { "id": theirs } }))),
        (Method::POST, "/api/bookings".into(), within(json!({ "location": { "id": place } }))),
        (
            Method::POST,
            "/api/booking-series".into(),
            json!({ "booking": drafts::booking(&theirs, None, 3, 4), "recurrence": rule }),
        ),
        (
            Method::POST,
            "/api/booking-series".into(),
            json!({ "booking": within(json!({ "locationId": place })), "recurrence": rule }),
        ),
        (
            Method::POST,
            "/api/schedule/optimize".into(),
            json!({ "organizationIds": [world.organization, theirs], "from": from, "to": to }),
        ),
        (
            Method::POST,
            format!("/api/organizations/{}/members", world.organization),
            json!({ "userId": stranger, "role": "client_user" }),
        ),
        (
            Method::POST,
            format!("/api/organizations/{}/members", world.organization),
            json!({ "email": "n@example.com", "displayName": "N", "role": "client_user", "serves": [theirs] }),
        ),
        (Method::POST, "/api/tokens".into(), json!({ "name": "x", "organizationId": theirs })),
        (Method::POST, "/api/webhooks".into(), drafts::webhook(&theirs)),
        (
            Method::POST,
            "/api/availability".into(),
            json!({
                "organizationId": theirs, "type": "unavailable", "start": from, "end": to,
                "userId": stranger,
            }),
        ),
        (
            Method::PUT,
            format!("/api/staff/{stranger}"),
            json!({ "organizationId": world.organization, "skills": [] }),
        ),
    ] {
        let before = database.state();
        let answer = demand(world.manager.request(method, &path).json(&body)).await;
        let refused = answer.is_one_of(&[400, 403, 404, 409, 422]);
        assert!(refused, "{path} {body}: {answer:#?}");
        assert!(
            !answer.text.contains("Theirs") && !answer.text.contains("High Plains"),
            "{answer:#?}"
        );
        assert_eq!(database.state(), before, "{path} {body} has changed something");
    }
}

#[tokio::test]
async fn a_forged_address_is_neither_believed_nor_a_way_around_and_changes_nothing() {
    let world =
        World::configured(&[("RISHI_RATE_LIMIT", "on"), ("RISHI_RATE_LIMIT_GENERAL", "1000000")])
            .await;
    let email = "kim@example.com";
    let password = "a fine long passphrase";
    world.home.add_user_with(email, password, "client_manager", Some(&world.organization));
    world.settle().await;
    let headers = |n: u32| {
        [
            ("X-Forwarded-For", format!("203.0.113.{n}")),
            ("X-Real-IP", format!("203.0.113.{n}")),
            ("Forwarded", format!("for=203.0.113.{n};proto=https;host=evil.example")),
            ("X-Forwarded-Host", "evil.example".to_owned()),
            ("X-Forwarded-Proto", "https".to_owned()),
            ("CF-Connecting-IP", format!("203.0.113.{n}")),
        ]
    };
    let sign_in = async |n: u32, password: &str| {
        let request = crate::support::Client::new(&world.server.base);
        let request = request.request(Method::POST, "/api/auth/login");
        let request = headers(n)
            .into_iter()
            .fold(request, |request, (name, value)| request.header(name, value));
        demand(request.json(&json!({ "email": email, "password": password }))).await
    };
    sign_in(1, password).await.is(200);
    let log = world.admin.get("/api/events?type=SIGNED_IN").await.is(200);
    assert_eq!(log.list("events")[0]["metadata"]["address"], "127.0.0.1", "{log:#?}");
    let mut guesses = 0;
    let mut last = None;
    for n in 2..40 {
        let before = Database::of(&world.home).state();
        let answer = sign_in(n, "not the passphrase at all").await;
        if answer.status == 401 {
            guesses += 1;
        } else {
            last = Some(answer.refused(429, "too_many_attempts"));
            assert_eq!(Database::of(&world.home).state(), before, "nothing has changed");
        }
    }
    assert!(guesses <= 10 && last.is_some(), "{guesses} guesses went through");
    // A cookie is not bound to a host that somebody claims.
    let again = world.admin.request(Method::GET, "/api/auth/me");
    let answer =
        headers(7).into_iter().fold(again, |request, (name, value)| request.header(name, value));
    assert!(!demand(answer).await.is(200).text.contains("evil.example"));
}
