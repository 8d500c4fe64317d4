//! Tokens that people make for their programs.

use serde_json::{Value, json};

use crate::support::cli::text;
use crate::support::{Client, World, booking};

const PASSWORD: &str = "a fine long passphrase";

/// Kim, a manager, at a browser.
async fn kim(world: &World) -> Client {
    let organization = Some(world.organization.as_str());
    world.home.add_user_with("kim@example.com", PASSWORD, "client_manager", organization);
    world.admin.sign_in("kim@example.com", PASSWORD).await
}

async fn make(maker: &Client, body: &Value) -> (String, Client) {
    let made = maker.post("/api/tokens", body).await.is(201);
    (made.id(), maker.with_token(&text(&made.body, "token")))
}

/// The ids in a list of tokens.
async fn listed(reader: &Client, query: &str) -> Vec<String> {
    let list = reader.get(&format!("/api/tokens{query}")).await.is(200);
    list.list("tokens").iter().map(|token| text(token, "id")).collect()
}

#[tokio::test]
async fn a_token_is_shown_once_acts_for_its_maker_and_dies_at_once() {
    let world = World::new().await;
    let kim = kim(&world).await;
    let body = json!({ "name": "calendar", "expiresInDays": 30 });
    let made = kim.post_once("/api/tokens", "k", &body).await.is(201);
    let again = kim.post_once("/api/tokens", "k", &body).await.is(201);
    assert_eq!((again.id(), &again.body["token"]), (made.id(), &Value::Null), "shown once");

    let program = kim.with_token(&text(&made.body, "token"));
    let me = program.get("/api/auth/me").await.is(200);
    assert_eq!(me.body["signedInBy"]["kind"], "token");
    assert_eq!(me.body["signedInBy"]["id"], made.body["id"]);
    program.post("/api/bookings", &booking(&world.organization, None, 1, 2)).await.is(201);
    let list = kim.get("/api/tokens").await.is(200);
    let [token] = &list.list("tokens")[..] else { panic!("{list:#?}") };
    assert_eq!((&token["name"], &token["token"]), (&json!("calendar"), &Value::Null));
    assert!(token["lastUsedAt"].is_string(), "{token}");

    kim.delete(&format!("/api/tokens/{}", made.id())).await.is(204);
    program.get("/api/auth/me").await.problem(401);
    kim.delete(&format!("/api/tokens/{}", made.id())).await.problem(404);
    assert!(listed(&kim, "").await.is_empty());
}

#[tokio::test]
async fn a_token_does_no_more_than_its_scopes() {
    let world = World::new().await;
    let kim = kim(&world).await;
    let own = booking(&world.organization, None, 1, 2);
    let id = kim.post("/api/bookings", &own).await.is(201).id();
    let (_, reader) = make(&kim, &json!({ "name": "r", "scopes": ["read_bookings"] })).await;
    let path = format!("/api/bookings/{id}");
    let seen = reader.get(&path).await.is(200);
    assert_eq!(seen.list("allowedTransitions").len(), 0, "{seen:#?}");
    reader.post("/api/bookings", &own).await.problem(403);
    reader.patch(&path, 1, &json!({ "title": "Mine" })).await.problem(403);
    reader.transition(&id, "pending_approval").await.problem(403);
    for path in ["/api/users", "/api/events", "/api/bookings/statistics"] {
        let answer = reader.get(path).await;
        assert!(answer.is_one_of(&[403]), "{path}: {answer:#?}");
    }
    let me = reader.get("/api/auth/me").await.is(200);
    let permitted = me.body["permissions"].as_object().expect("an object");
    assert_eq!(permitted.keys().collect::<Vec<_>>(), ["read_bookings"]);
    for scopes in [json!([]), json!(["fly"]), json!("read_bookings")] {
        let body = json!({ "name": "x", "scopes": scopes });
        kim.post("/api/tokens", &body).await.problem(400);
    }
}

#[tokio::test]
async fn a_token_makes_none_that_does_more_or_lives_longer_and_takes_its_own_along() {
    let world = World::new().await;
    let kim = kim(&world).await;
    let scopes = json!(["read_bookings", "read_locations"]);
    let body = json!({ "name": "parent", "scopes": scopes, "expiresInDays": 10 });
    let (parent, program) = make(&kim, &body).await;
    for body in [
        json!({ "name": "x", "scopes": ["create_bookings"] }),
        json!({ "name": "x", "scopes": ["read_bookings"], "expiresInDays": 11 }),
    ] {
        program.post("/api/tokens", &body).await.problem(400);
    }
    let made = program.post("/api/tokens", &json!({ "name": "child" })).await.is(201);
    assert_eq!(made.body["scopes"], scopes, "as limited as its maker");
    let list = kim.get("/api/tokens").await.is(200);
    let ends: Vec<&Value> = list.list("tokens").iter().map(|one| &one["expiresAt"]).collect();
    assert_eq!(ends[0], ends[1], "and as short-lived");
    let child = program.with_token(&text(&made.body, "token"));
    child.get("/api/bookings").await.is(200);
    kim.delete(&format!("/api/tokens/{parent}")).await.is(204);
    child.get("/api/bookings").await.problem(401);
    let path = "/api/events?type=API_TOKEN_REVOKED&limit=200";
    assert_eq!(world.admin.get(path).await.is(200).list("events").len(), 2, "each is told of");
}

#[tokio::test]
async fn i9_tokens_are_ones_own_and_those_of_an_organization_its_managers() {
    let world = World::new().await;
    let kim = kim(&world).await;
    let organization = Some(world.organization.as_str());
    world.home.add_user_with("lee@example.com", PASSWORD, "client_user", organization);
    let lee = world.admin.sign_in("lee@example.com", PASSWORD).await;
    let neighbour = world.neighbour(2).await;
    let stranger = world.person("client_manager", Some(&neighbour)).client;
    let (id, program) = make(&lee, &json!({ "name": "lee's" })).await;
    let query = format!("?organizationId={}", world.organization);
    assert!(listed(&kim, &query).await.contains(&id), "the managers see it");
    assert!(!listed(&kim, "").await.contains(&id), "among their own it is not");
    assert_eq!(listed(&lee, &query).await, std::slice::from_ref(&id), "only one's own");
    assert!(!listed(&stranger, "").await.contains(&id));
    stranger.get(&format!("/api/tokens{query}")).await.problem(404);
    stranger.delete(&format!("/api/tokens/{id}")).await.problem(404);
    let foreign = json!({ "name": "x", "organizationId": neighbour });
    lee.post("/api/tokens", &foreign).await.problem(404);
    program.post("/api/tokens", &foreign).await.problem(404);
    kim.delete(&format!("/api/tokens/{id}")).await.is(204);
    program.get("/api/auth/me").await.problem(401);
}
