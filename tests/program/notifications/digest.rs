//! One mail a day: all that is still true, once, whatever happens in between.

use reqwest::Method;
use serde_json::{Value, json};

use super::mail::{self, concluded, deliveries};
use super::postbox::Postbox;
use crate::support::client::demand;
use crate::support::database::Database;
use crate::support::{Client, Home, eventually};

async fn prefer(by: &Client, body: Value) {
    let request = by.request(Method::PUT, "/api/notification-preferences");
    demand(request.json(&body)).await.is(200);
}

async fn daily(by: &Client) {
    prefer(by, json!({ "digest": { "at": "08:00" } })).await;
}

/// The mails that hold a whole day.
fn of_the_day(postbox: &Postbox) -> Vec<Value> {
    let is = |mail: &Value| mail["headers"]["subject"].as_str().unwrap().starts_with("Your day");
    postbox.messages().into_iter().filter(is).collect()
}

#[tokio::test]
async fn a_day_is_one_mail_without_what_was_cancelled_and_nothing_is_told_twice() {
    let home = Home::new();
    let postbox = Postbox::open(&home, 0);
    let mut world = mail::world(postbox.port).await;
    daily(&world.manager).await;
    let preferences = world.manager.get("/api/notification-preferences").await.is(200);
    assert_eq!(preferences.body["digest"]["at"], "08:00:00");
    let approved = world.booking_in("approved").await.id();
    world.draft().await;
    world.admin.transition(&approved, "cancelled").await.is(200);
    // Created, submitted, approved, cancelled; created.
    let waiting = concluded(&world, "pending", 5).await;
    assert!(waiting.iter().all(|one| one["digest"] == true && one["attempts"] == 0));
    let due: Vec<&Value> = waiting.iter().map(|one| &one["dueAt"]).collect();
    assert!(due.iter().all(|one| *one == due[0] && one.is_string()), "{due:?}");
    assert!(postbox.messages().is_empty(), "not one by one");

    // What was written down before a crash is there after it.
    world.server.kill();
    Database::hurry(&world.home);
    let environment = Postbox::environment(postbox.port);
    let environment = environment.each_ref().map(|(name, value)| (*name, value.as_str()));
    let server = world.home.serve_with(&environment).await;
    world.moved_to(server);
    let mails = postbox.take(1).await;
    assert_eq!(mails[0]["headers"]["subject"], "Your day: 4 messages");
    assert_eq!(mails[0]["to"], json!(["manager@example.com"]));
    let said = mails[0]["text"].as_str().unwrap();
    assert_eq!(said.matches("New Booking Created").count(), 2, "{said}");
    assert!(said.contains("Booking cancelled") && !said.contains("Booking approved"), "{said}");
    assert!(said.contains("· Green Leaf"), "{said}");
    let sent = concluded(&world, "sent", 4).await;
    assert!(sent.iter().all(|one| one["attempts"] == 1), "{sent:?}");
    let left_out = concluded(&world, "suppressed", 1).await;
    assert!(left_out[0]["reason"].as_str().unwrap().contains("cancelled"), "{left_out:?}");

    // The next one has what came after it.
    world.draft().await;
    concluded(&world, "pending", 1).await;
    Database::hurry(&world.home);
    concluded(&world, "sent", 5).await;
    world.server.kill();
    let server = world.home.serve_with(&environment).await;
    world.moved_to(server);
    Database::hurry(&world.home);
    world.settle().await;
    let all = postbox.messages();
    assert_eq!(all.len(), 2, "{all:#?}");
    assert_eq!(all[1]["headers"]["subject"], "Your day: 1 message");
    assert_ne!(all[0]["headers"]["message-id"], all[1]["headers"]["message-id"]);
}

#[tokio::test]
async fn others_get_theirs_one_by_one_and_one_click_ends_all_of_a_daily_mail() {
    let home = Home::new();
    let postbox = Postbox::open(&home, 0);
    let world = mail::world(postbox.port).await;
    let other = world.person("client_manager", Some(&world.organization));
    daily(&world.manager).await;
    world.draft().await;
    let mails = postbox.take(1).await;
    assert_eq!(mails[0]["to"], json!([other.email]));
    concluded(&world, "pending", 1).await;
    Database::hurry(&world.home);
    concluded(&world, "sent", 2).await;
    let day = of_the_day(&postbox).remove(0);
    let link = day["headers"]["list-unsubscribe"].as_str().unwrap().trim_matches(['<', '>']);
    let path = link.strip_prefix(&world.server.base).expect("a link to this platform");
    let form = "application/x-www-form-urlencoded";
    let nobody = Client::new(&world.server.base).request(Method::POST, path);
    let click = nobody.header("Content-Type", form).body("List-Unsubscribe=One-Click");
    assert_eq!(click.send().await.unwrap().status(), 200);
    let preferences = world.manager.get("/api/notification-preferences").await.is(200);
    let muted = preferences.body["muted"]["email"].as_array().unwrap();
    assert!(muted.len() > 10 && preferences.body["digest"].is_object(), "{preferences:#?}");
    world.draft().await;
    assert_eq!(concluded(&world, "suppressed", 1).await[0]["digest"], false);
}

#[tokio::test]
async fn a_daily_mail_waits_for_a_server_that_is_down_and_is_then_sent_once() {
    let home = Home::new();
    let port = Postbox::open(&home, 0).port;
    let mut world = mail::world(port).await;
    daily(&world.manager).await;
    for _ in 0..3 {
        world.draft().await;
    }
    concluded(&world, "pending", 3).await;
    Database::hurry(&world.home);
    eventually("it was tried in vain", async || {
        let waiting = deliveries(&world, "pending").await;
        waiting.iter().all(|one| one["attempts"] == 1).then_some(())
    })
    .await;
    mail::retrying(&world, "notification-digest").await;
    let postbox = Postbox::open(&home, port);
    mail::time_passes(&mut world, port).await;
    let sent = concluded(&world, "sent", 3).await;
    assert!(sent.iter().all(|one| one["attempts"] == 2), "{sent:?}");
    assert_eq!(of_the_day(&postbox).len(), 1);
}
