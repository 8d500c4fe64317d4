//! E-mail, to a real mail server.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::postbox::Postbox;
use crate::support::client::demand;
use crate::support::database::Database;
use crate::support::drafts::titled;
use crate::support::wait::within;
use crate::support::{Client, Home, World, booking, eventually};

pub(super) async fn world(port: u16) -> World {
    let settings = Postbox::environment(port);
    let settings = settings.each_ref().map(|(name, value)| (*name, value.as_str()));
    World::configured(&settings).await
}

/// Waits until a subscription has written down that it will try something again.
pub(super) async fn retrying(world: &World, subscription: &str) {
    eventually("it is to be tried again", async || {
        let answer = world.admin.get("/api/system/subscriptions").await.is(200);
        let waits = |one: &&Value| one["name"] == subscription && one["retrying"] == 1;
        answer.list("subscriptions").iter().find(waits).map(|_| ())
    })
    .await;
}

/// Lets what waits for another attempt have it, as if time had passed: the server reads when it is due when it starts.
pub(super) async fn time_passes(world: &mut World, port: u16) {
    world.server.kill();
    Database::hurry_retries(&world.home);
    let settings = Postbox::environment(port);
    let settings = settings.each_ref().map(|(name, value)| (*name, value.as_str()));
    let server = world.home.serve_with(&settings).await;
    world.moved_to(server);
}

pub(super) async fn deliveries(world: &World, outcome: &str) -> Vec<Value> {
    let path = format!("/api/notification-deliveries?organizationId={}", world.organization);
    let answer = world.manager.get(&path).await.is(200);
    let found = answer.list("deliveries").iter().filter(|one| one["outcome"] == outcome);
    found.cloned().collect()
}

pub(super) async fn concluded(world: &World, outcome: &str, count: usize) -> Vec<Value> {
    eventually("so many deliveries have come to it", async || {
        let found = deliveries(world, outcome).await;
        (found.len() == count).then_some(found)
    })
    .await
}

#[tokio::test]
async fn each_notification_is_one_mail_in_the_readers_language_until_it_is_not_wanted() {
    let home = Home::new();
    let postbox = Postbox::open(&home, 0);
    let world = world(postbox.port).await;
    let me = format!("/api/users/{}", world.manager_id);
    let request = world.manager.request(Method::PATCH, &me).header("If-Match", "*");
    demand(request.json(&json!({ "locale": "de-AT" }))).await.is(200);
    for _ in 0..4 {
        world.draft().await;
    }
    let draft = titled(booking(&world.organization, None, 0, 2), "<b>{{ 7 * 7 }}</b>");
    world.manager.post("/api/bookings", &draft).await.is(201);

    let mails = postbox.take(5).await;
    let sent = concluded(&world, "sent", 5).await;
    assert!(sent.iter().all(|one| one["attempts"] == 1 && one["channel"] == "email"), "{sent:?}");
    assert_eq!(postbox.messages().len(), 5, "each once");
    let mut ids: Vec<&str> =
        mails.iter().map(|mail| mail["headers"]["message-id"].as_str().unwrap()).collect();
    for one in &sent {
        let id = format!("<{}@example.org>", one["notificationId"].as_str().unwrap());
        assert!(ids.contains(&id.as_str()), "{id} in {ids:?}");
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 5);
    for mail in &mails {
        let headers = &mail["headers"];
        assert_eq!(mail["to"], json!(["manager@example.com"]));
        assert_eq!(headers["subject"], "Neue Buchung angelegt");
        assert_eq!(headers["from"], "Rishi <rishi@example.org>");
        assert_eq!(headers["list-unsubscribe-post"], "List-Unsubscribe=One-Click");
        assert_eq!(headers["content-language"], "de");
        assert!(mail["text"].as_str().unwrap().contains("weil Sie mit Green Leaf arbeiten"));
    }
    let marked = |part: &str, text: &str| {
        mails.iter().filter(|mail| mail[part].as_str().unwrap().contains(text)).count()
    };
    assert_eq!(marked("text", "<b>{{ 7 * 7 }}</b>"), 1, "a title is no template");
    assert_eq!(marked("html", "<b>"), 0, "and no markup");

    // One click, by whoever has the mail: no sign-in, a form as its body.
    let link = mails[0]["headers"]["list-unsubscribe"].as_str().unwrap();
    let link = link.trim_matches(['<', '>']);
    let path = link.strip_prefix(&world.server.base).expect("a link to this platform");
    let nobody = Client::new(&world.server.base);
    let click = |path: &str| {
        let form = "application/x-www-form-urlencoded";
        let request = nobody.request(Method::POST, path).header("Content-Type", form);
        request.body("List-Unsubscribe=One-Click").send()
    };
    let asked = nobody.request(Method::GET, path).send().await.unwrap();
    assert_eq!(asked.status(), 200);
    let preferences = world.manager.get("/api/notification-preferences").await.is(200);
    assert_eq!(preferences.body["muted"]["email"], json!([]), "opening the page ends nothing");
    let forged = path.replace("booking_created", "booking_approved");
    assert_eq!(click(&forged).await.unwrap().status(), 404);
    assert_eq!(click(path).await.unwrap().status(), 200);
    assert_eq!(click(path).await.unwrap().status(), 200, "once more is fine");
    let preferences = world.manager.get("/api/notification-preferences").await.is(200);
    assert_eq!(preferences.body["muted"]["email"], json!(["booking_created"]));
    world.draft().await;
    let suppressed = concluded(&world, "suppressed", 1).await;
    assert!(suppressed[0]["reason"].as_str().unwrap().contains("does not want"));
    assert_eq!(postbox.messages().len(), 5);
}

#[tokio::test]
async fn a_refused_address_bounces_and_is_not_tried_again() {
    let home = Home::new();
    let postbox = Postbox::open(&home, 0);
    let world = world(postbox.port).await;
    world.home.add_user("nobody@example.com", "client_manager", Some(&world.organization));
    world.draft().await;
    let bounced = concluded(&world, "bounced", 1).await;
    assert_eq!(bounced[0]["attempts"], 1);
    assert!(bounced[0]["reason"].as_str().unwrap().contains("550"), "{bounced:?}");
    assert_eq!(concluded(&world, "sent", 1).await.len(), 1, "others are not concerned");
    let letters = world.admin.get("/api/system/dead-letters").await.is(200);
    assert!(letters.list("deadLetters").is_empty(), "nobody has to look after it");
}

#[tokio::test]
async fn an_address_that_refuses_again_and_again_gets_nothing_until_somebody_says_so() {
    let home = Home::new();
    let postbox = Postbox::open(&home, 0);
    let world = world(postbox.port).await;
    let id = world.home.add_user("nobody@example.com", "client_manager", Some(&world.organization));
    let standing = async || {
        let path = format!("/api/users/{id}/mail-address");
        world.manager.get(&path).await.is(200).body
    };
    assert_eq!(standing().await["failures"], 0);
    for count in 1..=3 {
        world.draft().await;
        concluded(&world, "bounced", count).await;
        eventually("it is counted", async || (standing().await["failures"] == count).then_some(()))
            .await;
    }
    let bad = standing().await;
    assert_eq!(
        (&bad["undeliverable"], &bad["email"]),
        (&json!(true), &json!("nobody@example.com"))
    );
    assert!(bad["reason"].as_str().unwrap().contains("550"), "{bad}");
    world.draft().await;
    let held = concluded(&world, "suppressed", 1).await;
    assert_eq!(held[0]["attempts"], 0);
    assert!(held[0]["reason"].as_str().unwrap().contains("takes nothing"), "{held:?}");
    assert_eq!(concluded(&world, "sent", 4).await.len(), 4, "others are not concerned");

    let path = format!("/api/users/{id}/mail-address/reset");
    let good = world.manager.post(&path, &json!({})).await.is(200);
    assert_eq!((&good.body["undeliverable"], &good.body["failures"]), (&json!(false), &json!(0)));
    world.draft().await;
    concluded(&world, "bounced", 4).await;
    let told = world.admin.get("/api/events?type=MAIL_ADDRESS_*").await.is(200);
    let types: Vec<&Value> = told.list("events").iter().map(|event| &event["type"]).collect();
    assert_eq!(types, ["MAIL_ADDRESS_UNDELIVERABLE", "MAIL_ADDRESS_RESET"]);
    // Another address is another matter.
    let user = format!("/api/users/{id}");
    world.admin.patch(&user, 1, &json!({ "email": "somebody@example.com" })).await.is(200);
    world.draft().await;
    concluded(&world, "sent", 7).await;
    assert_eq!(standing().await["failures"], 0);
}

#[tokio::test]
async fn who_says_later_is_asked_again_and_is_not_counted_as_bad() {
    let home = Home::new();
    let postbox = Postbox::open(&home, 0);
    let mut world = world(postbox.port).await;
    let id = world.home.add_user("later@example.com", "client_manager", Some(&world.organization));
    world.draft().await;
    concluded(&world, "sent", 1).await;
    let waiting = eventually("it was tried", async || {
        let waiting = deliveries(&world, "pending").await;
        waiting.into_iter().find(|one| one["attempts"] == 1)
    })
    .await;
    assert!(waiting["reason"].as_str().unwrap().contains("450"), "{waiting}");
    retrying(&world, "notification-mail").await;
    time_passes(&mut world, postbox.port).await;
    let done = concluded(&world, "sent", 2).await;
    let later = done.iter().find(|one| one["userId"] == id.as_str()).unwrap();
    assert_eq!(later["attempts"], 2, "the second time it is taken");
    let standing = world.manager.get(&format!("/api/users/{id}/mail-address")).await.is(200);
    assert_eq!(standing.body["failures"], 0);
}

#[tokio::test]
async fn mail_waits_for_a_server_that_is_down() {
    let home = Home::new();
    let port = Postbox::open(&home, 0).port;
    let world = world(port).await;
    world.draft().await;
    eventually("it was tried in vain", async || {
        let waiting = deliveries(&world, "pending").await;
        (waiting.first()?["attempts"] == 1).then_some(())
    })
    .await;
    let postbox = Postbox::open(&home, port);
    within(Duration::from_mins(2), "it is tried again", async || {
        (!postbox.messages().is_empty()).then_some(())
    })
    .await;
    let sent = concluded(&world, "sent", 1).await;
    assert_eq!(sent[0]["attempts"], 2);
    assert_eq!(postbox.messages().len(), 1);
}

#[tokio::test]
async fn a_mail_server_that_says_nothing_slows_nobody_down() {
    let home = Home::new();
    let postbox = Postbox::tarpit(&home);
    let world = world(postbox.port).await;
    let started = Instant::now();
    let mut slowest = Duration::ZERO;
    for _ in 0..20 {
        let asked = Instant::now();
        world.draft().await;
        slowest = slowest.max(asked.elapsed());
    }
    // A call to the mail server takes ten seconds before it is given up.
    assert!(slowest < Duration::from_secs(5), "{slowest:?} of {:?}", started.elapsed());
    eventually("the manager is told in the inbox", async || {
        let answer = world.manager.get("/api/notifications?limit=200").await.is(200);
        (answer.list("notifications").len() == 20).then_some(())
    })
    .await;
    assert!(deliveries(&world, "sent").await.is_empty());
}

#[tokio::test]
async fn who_sends_mail_is_known_at_the_command_line_and_cannot_be_forgotten_there() {
    let home = Home::new();
    let postbox = Postbox::open(&home, 0);
    let settings = Postbox::environment(postbox.port);
    let with_mail = settings.each_ref().map(|(name, value)| (*name, value.as_str()));
    let world = world(postbox.port).await;
    world.draft().await;
    concluded(&world, "sent", 1).await;
    let home = &world.home;
    let state = |environment: &[(&str, &str)], name: &str| {
        let listed = home.rishi_with(environment, &["subscriptions", "list"]).ok().stdout;
        let line = listed.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
        assert!(!listed.contains("not in this program"), "{listed}");
        line
    };
    for name in ["notification-mail", "notification-digest", "sign-in-link-mail"] {
        assert!(state(&with_mail, name).contains("at work"), "{name}");
        assert!(state(&[], name).contains("not configured"), "{name}");
        let dry = ["events", "replay", "--subscription", name, "--from", "1", "--dry-run"];
        let told = home.rishi_with(&with_mail, &dry).ok().stdout;
        let expected = if name == "notification-mail" { "would act outside" } else { "" };
        assert!(told.contains(expected), "{told}");
        let run = home.rishi(&dry);
        assert!(run.code == Some(1) && run.stderr.contains("needs mail"), "{run:#?}");

        home.rishi(&["subscriptions", "pause", name]).ok();
        for environment in [with_mail.as_slice(), &[]] {
            let run = home.rishi_with(environment, &["subscriptions", "forget", name]);
            assert_eq!(run.code, Some(1), "{run:#?}");
            assert!(run.stderr.contains("is part of this program"), "{run:#?}");
        }
    }
}
