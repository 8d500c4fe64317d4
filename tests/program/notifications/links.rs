//! One-time links by mail: invitations and passwords that were forgotten.

use reqwest::Method;
use serde_json::{Value, json};

use super::mail;
use super::postbox::Postbox;
use crate::support::cli::text;
use crate::support::client::demand;
use crate::support::database::Database;
use crate::support::{Answer, Client, Home, World, eventually};

const PASSWORD: &str = "four herons argue about rain";

/// What follows `#/link/` in a mail.
fn secret(mail: &Value) -> String {
    let text = mail["text"].as_str().unwrap();
    let (_, rest) = text.split_once("/#/link/").unwrap_or_else(|| panic!("no link in {text}"));
    rest.split_whitespace().next().unwrap().to_owned()
}

fn to<'a>(mails: &'a [Value], address: &str) -> Vec<&'a Value> {
    mails.iter().filter(|mail| mail["to"] == json!([address])).collect()
}

/// Waits until so many mails have come to an address.
async fn mailed(postbox: &Postbox, address: &str, count: usize) -> Vec<Value> {
    eventually("the link has come", async || {
        let mails = postbox.messages();
        let found: Vec<Value> = to(&mails, address).into_iter().cloned().collect();
        (found.len() >= count).then_some(found)
    })
    .await
}

async fn choose(world: &World, token: &str) -> Answer {
    let body = json!({ "token": token, "password": PASSWORD });
    Client::new(&world.server.base).post("/api/auth/link", &body).await
}

async fn forgot(world: &World, email: &str) -> Answer {
    let nobody = Client::new(&world.server.base);
    demand(nobody.request(Method::POST, "/api/auth/forgot").json(&json!({ "email": email }))).await
}

/// What was recorded of mailed links.
async fn concluded(world: &World, count: usize) -> Vec<Value> {
    eventually("it is recorded", async || {
        let path = "/api/events?type=SIGN_IN_LINK_MAIL_CONCLUDED&limit=200";
        let found = world.admin.get(path).await.is(200).list("events").clone();
        (found.len() == count).then_some(found)
    })
    .await
}

/// That a secret is in no event and nowhere else in the database.
fn assert_nowhere(world: &World, secret: &str) {
    assert!(!Database::holds(&world.home, secret.as_bytes()), "the secret is in the database");
    let found = |bytes: &[u8]| bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
    let server_log = std::fs::read(world.home.path("server.log")).unwrap();
    assert!(!found(&server_log), "the secret is in the server's log");
}

#[tokio::test]
async fn who_is_invited_gets_the_link_by_mail_and_nobody_else_gets_it() {
    let home = Home::new();
    let postbox = Postbox::open(&home, 0);
    let world = mail::world(postbox.port).await;
    let body = json!({
        "email": "kim@example.com", "displayName": "Kim Lee", "role": "client_manager",
        "organizationId": world.organization, "locale": "de", "timezone": "Europe/Berlin",
    });
    let added = world.admin.post("/api/users", &body).await.is(201);
    let link = &added.body["signInLink"];
    assert_eq!((&link["mailed"], &link["purpose"]), (&json!(true), &json!("invitation")));
    assert_eq!(link.get("link"), None, "{added:#?}");
    let mails = mailed(&postbox, "kim@example.com", 1).await;
    assert_eq!(mails[0]["headers"]["subject"], "Ihr Zugang zu Green Leaf");
    assert_eq!(mails[0]["headers"]["content-language"], "de");
    assert_eq!(mails[0]["headers"].get("list-unsubscribe"), None, "it is asked for each time");
    assert!(mails[0]["text"].as_str().unwrap().contains(" CE"), "{}", mails[0]["text"]);
    let token = secret(&mails[0]);
    assert!(mails[0]["html"].as_str().unwrap().contains(&token));
    assert_eq!(concluded(&world, 1).await[0]["data"]["outcome"], "sent");
    assert_nowhere(&world, &token);
    choose(&world, &token).await.is(204);
    choose(&world, &token).await.refused(400, "link_invalid");
    Client::new(&world.server.base).sign_in("kim@example.com", PASSWORD).await;

    let member = json!({ "email": "lou@example.com", "displayName": "Lou", "role": "client_user" });
    let path = format!("/api/organizations/{}/members", world.organization);
    let added = world.manager.post(&path, &member).await.is(201);
    assert_eq!(added.body["signInLink"].get("link"), None, "{added:#?}");
    let first = secret(&mailed(&postbox, "lou@example.com", 1).await[0]);
    let lou = text(&added.body["user"], "id");
    let path = format!("/api/users/{lou}/sign-in-link");
    let made = world.manager.post(&path, &json!({})).await.is(200);
    assert_eq!((&made.body["mailed"], made.body.get("link")), (&json!(true), None));
    let second = secret(&mailed(&postbox, "lou@example.com", 2).await[1]);
    choose(&world, &first).await.refused(400, "link_invalid");
    choose(&world, &second).await.is(204);
    assert_eq!(to(&postbox.messages(), "kim@example.com").len(), 1, "each once");
    // Who sits at the machine is shown it there.
    let shown = world.home.rishi(&["user", "link", "--user", "lou@example.com", "--json"]).json();
    assert!(text(&shown, "link").contains("/#/link/"));
}

#[tokio::test]
async fn a_forgotten_password_is_answered_alike_for_everybody_and_mailed_to_its_owner() {
    let home = Home::new();
    let postbox = Postbox::open(&home, 0);
    let world = mail::world(postbox.port).await;
    let organization = Some(world.organization.as_str());
    let id = world.home.add_user_with("ana@example.com", PASSWORD, "client_user", organization);
    world.home.add_user("gone@example.com", "client_user", organization);
    let gone = world.admin.get("/api/users?limit=200").await.is(200);
    let gone = gone.list("users").iter().find(|one| one["email"] == "gone@example.com").unwrap();
    let gone = format!("/api/users/{}", text(gone, "id"));
    world.admin.patch(&gone, 1, &json!({ "status": "disabled" })).await.is(200);

    let known = forgot(&world, "Ana@Example.com").await.is(204);
    for nobodys in ["nobody-there@example.com", "gone@example.com", "no address"] {
        let unknown = forgot(&world, nobodys).await.is(204);
        assert_eq!(unknown.text, known.text);
        let names = |answer: &Answer| {
            let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
            names.sort_unstable();
            names
        };
        assert_eq!(names(&unknown), names(&known), "{nobodys}");
    }
    let first = secret(&mailed(&postbox, "ana@example.com", 1).await[0]);
    forgot(&world, "ana@example.com").await.is(204);
    let mails = mailed(&postbox, "ana@example.com", 2).await;
    assert_eq!(mails[1]["headers"]["subject"], "Choose another password");
    let second = secret(&mails[1]);
    assert_nowhere(&world, &second);
    choose(&world, &first).await.refused(400, "link_invalid");
    choose(&world, &second).await.is(204);
    assert_eq!(concluded(&world, 2).await.len(), 2);
    assert_eq!(postbox.messages().len(), 2, "nobody else gets anything");
    let asked = Database::of(&world.home).payloads("PASSWORD_RESET_REQUESTED");
    let of = |n: usize| (asked[n]["account"].as_str(), asked[n]["userId"].as_str());
    assert_eq!(of(0), (Some("ana@example.com"), Some(id.as_str())));
    assert_eq!(of(1), (Some("nobody-there@example.com"), None));
    assert_eq!(of(3), (None, None), "what is no address might be a password");
}

#[tokio::test]
async fn asking_again_and_again_has_an_end() {
    let home = Home::new();
    let postbox = Postbox::open(&home, 0);
    let mail = Postbox::environment(postbox.port);
    let mut environment = vec![
        ("RISHI_RATE_LIMIT", "on"),
        ("RISHI_RATE_LIMIT_GENERAL", "1000000"),
        ("RISHI_RATE_LIMIT_SIGN_IN", "5"),
    ];
    environment.extend(mail.iter().map(|(name, value)| (*name, value.as_str())));
    let world = World::configured(&environment).await;
    let mut answers = Vec::new();
    for _ in 0..12 {
        answers.push(forgot(&world, "manager@example.com").await.status);
    }
    assert!(answers.contains(&204) && answers.last() == Some(&429), "{answers:?}");
    let heard = answers.iter().filter(|status| **status == 204).count();
    assert!(heard <= 5, "{answers:?}");
    forgot(&world, "manager@example.com").await.refused(429, "too_many_attempts");
}

#[tokio::test]
async fn without_mail_a_link_is_shown_and_nobody_can_ask_for_one() {
    let world = World::new().await;
    let body = json!({
        "email": "kim@example.com", "displayName": "Kim Lee", "role": "client_manager",
        "organizationId": world.organization,
    });
    let added = world.admin.post("/api/users", &body).await.is(201);
    let link = &added.body["signInLink"];
    assert!(text(link, "link").contains("/#/link/") && link["mailed"] == false, "{added:#?}");
    forgot(&world, "manager@example.com").await.refused(409, "order_refused");
}

#[tokio::test]
async fn a_link_that_waits_for_mail_survives_a_kill_and_works() {
    let home = Home::new();
    let port = Postbox::open(&home, 0).port;
    let mut world = mail::world(port).await;
    forgot(&world, "manager@example.com").await.is(204);
    mail::retrying(&world, "sign-in-link-mail").await;
    let postbox = Postbox::open(&home, port);
    mail::time_passes(&mut world, port).await;
    let mails = mailed(&postbox, "manager@example.com", 1).await;
    assert_eq!(concluded(&world, 1).await[0]["data"]["outcome"], "sent");
    choose(&world, &secret(&mails[0])).await.is(204);
    assert_eq!(postbox.messages().len(), 1);
}
