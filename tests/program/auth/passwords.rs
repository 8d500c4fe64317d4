//! How people get a password, and another.

use serde_json::{Value, json};

use crate::support::cli::text;
use crate::support::database::Database;
use crate::support::{Answer, Client, World};

const PASSWORD: &str = "a fine long passphrase";
const NEXT: &str = "four herons argue about rain";

/// The secret in a link's address.
fn secret(link: &Value) -> String {
    let link = link.as_str().unwrap_or_else(|| panic!("no link: {link}"));
    let (base, secret) = link.split_once("/#/link/").unwrap_or_else(|| panic!("no link: {link}"));
    assert!(base.starts_with("http://127.0.0.1:"), "{link}");
    assert_eq!(secret.len(), 43, "{link}");
    secret.to_owned()
}

async fn accept(world: &World, secret: &str, password: &str) -> Answer {
    let body = json!({ "token": secret, "password": password });
    Client::new(&world.server.base).post("/api/auth/link", &body).await
}

async fn sign_in(world: &World, email: &str, password: &str) -> Answer {
    let body = json!({ "email": email, "password": password });
    Client::new(&world.server.base).post("/api/auth/login", &body).await
}

/// Somebody whom the manager adds.
fn somebody(world: &World, email: &str) -> Value {
    json!({
        "email": email, "displayName": "Lee", "role": "client_user",
        "organizationId": world.organization,
    })
}

#[tokio::test]
async fn who_is_added_chooses_a_password_by_a_link_that_works_once() {
    let world = World::new().await;
    let body = somebody(&world, "lee@example.com");
    let added = world.manager.post_once("/api/users", "k", &body).await.is(201);
    assert_eq!(added.body["signInLink"]["purpose"], "invitation");
    let secret = secret(&added.body["signInLink"]["link"]);
    let again = world.manager.post_once("/api/users", "k", &body).await.is(201);
    assert_eq!((again.id(), &again.body["signInLink"]), (added.id(), &Value::Null), "shown once");

    for guessable in ["too short", "passwordpassword", "lee@example.com lee"] {
        let answer = accept(&world, &secret, guessable).await.refused(400, "validation_failed");
        assert_eq!(answer.body["errors"][0]["field"], "password");
    }
    let answer = accept(&world, &secret, PASSWORD).await.is(204);
    assert!(answer.headers.get("set-cookie").is_none(), "one signs in with the password");
    sign_in(&world, "lee@example.com", PASSWORD).await.is(200);
    for used in [secret.as_str(), &"A".repeat(43), "nonsense"] {
        accept(&world, used, NEXT).await.refused(400, "link_invalid");
    }
    sign_in(&world, "lee@example.com", NEXT).await.is(401);
}

#[tokio::test]
async fn a_reset_ends_every_session_and_only_the_newest_link_counts() {
    let world = World::new().await;
    let organization = Some(world.organization.as_str());
    let id = world.home.add_user_with("kim@example.com", PASSWORD, "client_user", organization);
    let kim = world.admin.sign_in("kim@example.com", PASSWORD).await;
    let path = format!("/api/users/{id}/sign-in-link");
    let first = world.manager.post(&path, &json!({})).await.is(200);
    assert_eq!(first.body["purpose"], "reset");
    let second = world.manager.post(&path, &json!({})).await.is(200);
    accept(&world, &secret(&first.body["link"]), NEXT).await.refused(400, "link_invalid");
    kim.get("/api/auth/me").await.is(200);
    accept(&world, &secret(&second.body["link"]), NEXT).await.is(204);
    kim.get("/api/auth/me").await.problem(401);
    sign_in(&world, "kim@example.com", PASSWORD).await.is(401);
    sign_in(&world, "kim@example.com", NEXT).await.is(200);
}

#[tokio::test]
async fn a_link_is_made_by_who_may_change_the_person_and_never_for_oneself() {
    let world = World::new().await;
    let organization = Some(world.organization.as_str());
    let user = world.person("client_user", organization);
    let internal = world.person("internal_admin", None);
    let neighbour = world.neighbour(2).await;
    let stranger = world.person("client_manager", Some(&neighbour));
    let admin = text(&world.admin.get("/api/auth/me").await.is(200).body["user"], "id");
    for (case, client, id, status) in [
        ("a manager, of the own people", &world.manager, &user.id, 200),
        ("a stranger", &stranger.client, &user.id, 404),
        ("a user", &user.client, &world.manager_id, 404),
        ("a manager, of an admin", &world.manager, &internal.id, 404),
        ("an admin, of a super admin", &internal.client, &admin, 403),
        ("oneself", &world.manager, &world.manager_id, 403),
        ("a super admin", &world.admin, &internal.id, 200),
    ] {
        let answer = client.post(&format!("/api/users/{id}/sign-in-link"), &json!({})).await;
        assert_eq!(answer.status, status, "{case}: {answer:#?}");
    }
}

#[tokio::test]
async fn the_operator_prints_links() {
    let world = World::new().await;
    let words = ["user", "create", "--email", "ola@example.com", "--name", "Ola", "--role"];
    let created = [&words[..], &["super_admin", "--json"]].concat();
    let created = world.home.rishi(&created).json();
    let first = created["link"].as_str().expect("a link").to_owned();
    let printed = world.home.rishi(&["user", "link", "--user", "ola@example.com"]).ok();
    let second = printed.stdout.trim();
    assert!(second.contains("/#/link/") && second != first, "{printed:#?}");
    let secret = second.rsplit('/').next().expect("a secret");
    accept(&world, secret, PASSWORD).await.is(204);
    sign_in(&world, "ola@example.com", PASSWORD).await.is(200);
    let nobody = world.home.rishi(&["user", "link", "--user", "nobody@example.com"]);
    assert_eq!(nobody.code, Some(1), "{nobody:#?}");
}

#[tokio::test]
async fn who_changes_the_password_stays_and_every_other_session_ends() {
    let world = World::new().await;
    let organization = Some(world.organization.as_str());
    world.home.add_user_with("kim@example.com", PASSWORD, "client_user", organization);
    let desk = world.admin.sign_in("kim@example.com", PASSWORD).await;
    let phone = world.admin.sign_in("kim@example.com", PASSWORD).await;
    let change =
        |current: &str, new: &str| json!({ "currentPassword": current, "newPassword": new });
    for (current, new, field) in [
        ("not it", NEXT, "currentPassword"),
        (PASSWORD, "kim@example.com kim", "newPassword"),
        (PASSWORD, "short", "newPassword"),
    ] {
        let answer = desk.post("/api/auth/password", &change(current, new)).await;
        let answer = answer.refused(400, "validation_failed");
        assert_eq!(answer.body["errors"][0]["field"], field, "{answer:#?}");
    }
    phone.get("/api/auth/me").await.is(200);
    desk.post("/api/auth/password", &change(PASSWORD, NEXT)).await.is(204);
    phone.get("/api/auth/me").await.problem(401);
    let me = desk.get("/api/auth/me").await.is(200);
    let renewed = desk.with_cookie(&me.cookie());
    assert_ne!(renewed.cookie(), desk.cookie(), "and gets a new secret");
    let me = renewed.get("/api/auth/me").await.is(200);
    assert!(me.headers.get("set-cookie").is_none(), "once");
    desk.get("/api/auth/me").await.is(200); // What is on its way still arrives.
    sign_in(&world, "kim@example.com", PASSWORD).await.is(401);
    sign_in(&world, "kim@example.com", NEXT).await.is(200);
    world.manager.post("/api/auth/password", &change(PASSWORD, NEXT)).await.problem(403);
}

#[tokio::test]
async fn no_secret_lies_in_the_database() {
    let mut world = World::new().await;
    let body = somebody(&world, "lee@example.com");
    let added = world.manager.post_once("/api/users", "k1", &body).await.is(201);
    let link = secret(&added.body["signInLink"]["link"]);
    accept(&world, &link, PASSWORD).await.is(204);
    let path = format!("/api/users/{}/sign-in-link", added.id());
    let again = world.manager.post_once(&path, "k2", &json!({})).await.is(200);
    let lee = world.admin.sign_in("lee@example.com", PASSWORD).await;
    let made = json!({ "name": "calendar" });
    let made = lee.post_once("/api/tokens", "k3", &made).await.is(201);
    let cookie = lee.cookie().expect("a cookie").to_owned();
    let secrets = [
        link,
        secret(&again.body["link"]),
        cookie.split_once('=').expect("a pair").1.to_owned(),
        text(&made.body, "token"),
        PASSWORD.to_owned(),
    ];
    world.server.stop().await;
    assert!(Database::holds(&world.home, b"lee@example.com"), "one can look into it");
    for secret in secrets {
        let found = Database::holds(&world.home, secret.as_bytes());
        assert!(!found, "{secret} is in the database");
    }
}
