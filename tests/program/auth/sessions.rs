//! Signing in with a password, and what a session is good for.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::demand;
use crate::support::{Client, World};

const PASSWORD: &str = "a fine long passphrase";
const EMAIL: &str = "kim@example.com";

/// A world in which Kim, a manager, has a password.
async fn world_with_kim() -> (World, Client) {
    let world = World::new().await;
    world.home.add_user_with(EMAIL, PASSWORD, "client_manager", Some(&world.organization));
    let visitor = Client::new(&world.server.base);
    (world, visitor)
}

async fn attempt(visitor: &Client, email: &str, password: &str) -> crate::support::Answer {
    let body = json!({ "email": email, "password": password });
    visitor.post("/api/auth/login", &body).await
}

/// The events of a type, newest first.
async fn events(world: &World, kind: &str) -> Vec<Value> {
    let path = format!("/api/events?type={kind}&before=9007199254740991&limit=200");
    world.admin.get(&path).await.is(200).list("events").clone()
}

#[tokio::test]
async fn who_has_the_password_gets_a_session_and_leaves_it_by_signing_out() {
    let (world, visitor) = world_with_kim().await;
    let answer = attempt(&visitor, "KIM@example.com", PASSWORD).await.is(200);
    assert_eq!(answer.body["user"]["email"], EMAIL);
    assert_eq!(answer.body["memberships"][0]["organization"]["name"], "Green Leaf");
    assert_eq!(answer.body["signedInBy"]["kind"], "session");
    assert!(answer.body["permissions"]["create_bookings"].is_object(), "{answer:#?}");
    let cookie = answer.header("set-cookie").to_owned();
    for part in ["rishi=", "; Path=/", "; HttpOnly", "; SameSite=Strict"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    assert!(!cookie.contains("Secure"), "on a loopback address there is no TLS: {cookie}");

    let kim = visitor.with_cookie(&answer.cookie());
    let me = kim.get("/api/auth/me").await.is(200);
    assert_eq!(me.body, answer.body, "signing in answers who one is");
    kim.post("/api/bookings", &crate::support::booking(&world.organization, None, 1, 2))
        .await
        .is(201);

    let out = kim.post("/api/auth/logout", &json!({})).await.is(204);
    assert!(out.header("set-cookie").contains("Max-Age=0"), "{out:#?}");
    kim.get("/api/auth/me").await.problem(401);
    kim.post("/api/auth/logout", &json!({})).await.problem(401);

    let [signed_in] = &events(&world, "SIGNED_IN").await[..] else { panic!("one sign-in") };
    assert_eq!(signed_in["userId"], me.body["user"]["id"]);
    assert_eq!(signed_in["data"]["sessionId"], me.body["signedInBy"]["id"]);
    assert_eq!(signed_in["organizationId"], world.organization);
    assert_eq!(signed_in["metadata"]["address"], "127.0.0.1");
    assert_eq!(events(&world, "SIGNED_OUT").await.len(), 1);
}

#[tokio::test]
async fn who_is_refused_learns_nothing_and_is_recorded_without_the_password() {
    let (world, visitor) = world_with_kim().await;
    world.home.add_user("none@example.com", "client_user", Some(&world.organization));
    let mut wordings = Vec::new();
    for (email, password) in [
        (EMAIL, "not the passphrase"),
        ("nobody@example.com", PASSWORD),
        ("none@example.com", PASSWORD),
        ("", PASSWORD),
        ("oops my password", "x"),
    ] {
        let answer = attempt(&visitor, email, password).await.refused(401, "invalid_credentials");
        assert!(answer.headers.get("set-cookie").is_none(), "{answer:#?}");
        let mut body = answer.body;
        body["requestId"] = Value::Null;
        wordings.push(body);
    }
    wordings.dedup();
    assert_eq!(wordings.len(), 1, "the same words: {wordings:#?}");

    let failed = events(&world, "SIGN_IN_FAILED").await;
    let reasons: Vec<&Value> = failed.iter().rev().map(|one| &one["data"]["reason"]).collect();
    let expected =
        ["wrong_password", "unknown_account", "no_password", "unknown_account", "unknown_account"];
    assert_eq!(reasons, expected);
    assert_eq!(failed[4]["data"]["account"], EMAIL);
    assert_eq!(failed[4]["organizationId"], world.organization, "its managers may know");
    assert_eq!(failed[3]["organizationId"], Value::Null, "nobody's account, nobody's affair");
    let all = json!(failed).to_string();
    assert!(!all.contains("passphrase") && !all.contains("oops"), "{all}");
}

#[tokio::test]
async fn a_cookie_that_is_none_is_refused_and_so_are_two_ways_at_once() {
    let (world, visitor) = world_with_kim().await;
    let kim = visitor.sign_in(EMAIL, PASSWORD).await;
    kim.get("/api/auth/me").await.is(200);
    let short = "rishi=abc".to_owned();
    for cookie in [short, format!("rishi={}", "A".repeat(43)), "rishi=".to_owned()] {
        visitor.with_cookie(&cookie).get("/api/auth/me").await.problem(401);
    }
    let token = world.manager.token().expect("the manager has a token");
    let both = kim.request(Method::GET, "/api/auth/me").bearer_auth(token);
    demand(both).await.problem(400);
    // What concerns the account itself no token may do.
    world.manager.post("/api/auth/logout", &json!({})).await.refused(403, "session_required");
    world.manager.get("/api/auth/sessions").await.refused(403, "session_required");
}

#[tokio::test]
async fn people_see_their_own_sessions_and_end_them() {
    let (world, visitor) = world_with_kim().await;
    let laptop = visitor.sign_in(EMAIL, PASSWORD).await;
    let phone = visitor.sign_in(EMAIL, PASSWORD).await;
    world.home.add_user_with("lee@example.com", PASSWORD, "client_user", Some(&world.organization));
    let lee = visitor.sign_in("lee@example.com", PASSWORD).await;

    let seen = laptop.get("/api/auth/sessions").await.is(200);
    assert_eq!(seen.body["pagination"]["total"], 2);
    let [first, second] = &seen.list("sessions")[..] else { panic!("{seen:#?}") };
    assert_eq!((&first["current"], &second["current"]), (&json!(false), &json!(true)));
    assert_eq!(first["address"], "127.0.0.1");
    let phone_session = format!("/api/auth/sessions/{}", first["id"].as_str().unwrap());

    lee.delete(&phone_session).await.problem(404);
    phone.get("/api/auth/me").await.is(200);
    laptop.delete(&phone_session).await.is(204);
    phone.get("/api/auth/me").await.problem(401);
    laptop.delete(&phone_session).await.problem(404);
    let own = format!("/api/auth/sessions/{}", second["id"].as_str().unwrap());
    let ended = laptop.delete(&own).await.is(204);
    assert!(ended.header("set-cookie").contains("Max-Age=0"), "{ended:#?}");
    laptop.get("/api/auth/me").await.problem(401);
    lee.get("/api/auth/me").await.is(200);
    assert_eq!(events(&world, "SESSION_REVOKED").await.len(), 2);
}

#[tokio::test]
async fn i1_a_session_survives_the_server_and_i10_dies_with_its_owner_at_once() {
    let (mut world, visitor) = world_with_kim().await;
    let kim = visitor.sign_in(EMAIL, PASSWORD).await;
    let id = kim.get("/api/auth/me").await.is(200).body["user"]["id"].as_str().unwrap().to_owned();
    world.server.kill();
    let server = world.home.serve().await;
    world.moved_to(server);
    let kim = kim.moved_to(&world.server.base);
    kim.get("/api/auth/me").await.is(200);

    let disabled = json!({ "status": "disabled" });
    world.admin.patch(&format!("/api/users/{id}"), 1, &disabled).await.is(200);
    kim.get("/api/auth/me").await.problem(401);
    attempt(&Client::new(&world.server.base), EMAIL, PASSWORD)
        .await
        .refused(401, "invalid_credentials");
}

#[tokio::test]
async fn over_tls_the_cookie_is_bound_to_host_and_connection() {
    let (mut world, _) = world_with_kim().await;
    world.server.stop().await;
    let url = [("RISHI_PUBLIC_URL", "https://rishi.example.com")];
    let server = world.home.serve_with(&url).await;
    let visitor = Client::new(&server.base);
    let answer = attempt(&visitor, EMAIL, PASSWORD).await.is(200);
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-rishi="), "{cookie}");
    assert!(cookie.contains("; Secure") && cookie.contains("; Path=/"), "{cookie}");
    assert!(!cookie.contains("Domain"), "{cookie}");
    visitor.with_cookie(&answer.cookie()).get("/api/auth/me").await.is(200);
    let plain = answer.cookie().replace("__Host-rishi", "rishi");
    visitor.with_cookie(&plain).get("/api/auth/me").await.problem(401);
}

#[tokio::test]
async fn i14_two_hundred_who_sign_in_at_once_are_served_or_sent_away_in_time() {
    let (_world, visitor) = world_with_kim().await;
    let kim = visitor.sign_in(EMAIL, PASSWORD).await;
    let mut attempts = tokio::task::JoinSet::new();
    for number in 0..200 {
        let visitor = visitor.clone();
        let email = format!("nobody{number}@example.com");
        attempts.spawn(async move { attempt(&visitor, &email, "wrong").await.status });
    }
    let mut looks = 0;
    while !attempts.is_empty() {
        kim.get("/api/bookings").await.is(200);
        looks += 1;
        while let Some(status) = attempts.try_join_next() {
            assert!(matches!(status, Ok(401 | 503)), "{status:?}");
        }
    }
    assert!(looks > 1, "others are served meanwhile");
}
