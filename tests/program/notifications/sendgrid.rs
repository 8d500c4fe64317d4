//! E-mail over SendGrid's API, to a stand-in of the test's own.

use std::time::Duration;

use serde_json::{Value, json};

use super::mail::concluded;
use crate::support::wait::within;
use crate::support::{Home, World, eventually};
use crate::webhooks::receiver::{Manner, Message, Receiver};

const KEY: &str = "SG.a-key-that-nobody-sees";

fn answer(status: u16) -> Manner {
    Manner::Answer(status, String::new())
}

async fn world(service: &Receiver) -> World {
    let base = service.url.trim_end_matches("/hook");
    World::configured(&[
        ("RISHI_SENDGRID_API_KEY", KEY),
        ("RISHI_SENDGRID_URL", base),
        ("RISHI_MAIL_FROM", "Rishi <rishi@example.org>"),
    ])
    .await
}

/// The mails that came; the platform asks how the service is as well.
fn mails(service: &Receiver) -> Vec<Message> {
    let messages = service.messages().into_iter();
    messages.filter(|message| message.asked == "POST /v3/mail/send").collect()
}

/// Something dead, as its error.
async fn dead(world: &World) -> Value {
    eventually("there is a dead letter", async || {
        let letters = world.admin.get("/api/system/dead-letters").await.is(200);
        letters.list("deadLetters").first().cloned()
    })
    .await
}

#[tokio::test]
async fn each_notification_is_one_call_with_its_key_and_the_links_that_end_it() {
    let service = Receiver::new(answer(202)).await;
    let world = world(&service).await;
    world.draft().await;
    let sent = concluded(&world, "sent", 1).await;
    let mails = mails(&service);
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].headers["authorization"], format!("Bearer {KEY}"));
    let body: Value = serde_json::from_str(&mails[0].body).unwrap();
    let to = &body["personalizations"][0]["to"];
    assert_eq!(to[0]["email"], "manager@example.com");
    assert_eq!(body["from"], json!({ "email": "rishi@example.org", "name": "Rishi" }));
    assert_eq!(body["subject"], "New Booking Created");
    let types: Vec<&Value> =
        body["content"].as_array().unwrap().iter().map(|part| &part["type"]).collect();
    assert_eq!(types, ["text/plain", "text/html"]);
    let id = sent[0]["notificationId"].as_str().unwrap();
    assert_eq!(body["headers"]["Message-ID"], format!("<{id}@example.org>"));
    let link = body["headers"]["List-Unsubscribe"].as_str().unwrap();
    assert!(link.starts_with(&format!("<{}/api/unsubscribe/", world.server.base)), "{link}");
    assert_eq!(body["headers"]["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
    let health = world.admin.get("/api/system/health").await.is(200);
    assert_eq!(health.body["components"]["external"]["status"], "healthy", "{health:#?}");
    let named = health.body["components"]["external"]["details"].to_string();
    assert!(named.contains("sendgrid"), "{named}");
}

#[tokio::test]
async fn what_is_rejected_is_dead_with_its_reason_and_can_be_redriven() {
    let service = Receiver::new(answer(401)).await;
    let world = world(&service).await;
    world.draft().await;
    let failed = concluded(&world, "failed", 1).await;
    assert_eq!(failed[0]["reason"], "SendGrid answered 401");
    assert_eq!(failed[0]["attempts"], 1, "it is not tried again by itself");
    let letter = dead(&world).await;
    assert!(letter.to_string().contains("SendGrid answered 401"), "{letter}");
    assert!(!letter.to_string().contains(KEY));
    let health = world.admin.get("/api/system/health").await.is(200);
    let external = health.body["components"]["external"].to_string();
    assert!(external.contains("SendGrid answered 401"), "{external}");

    service.becomes(answer(202));
    let path = format!("/api/system/dead-letters/{}/redrive", letter["id"].as_str().unwrap());
    world.admin.post(&path, &json!({})).await.is(200);
    assert_eq!(concluded(&world, "sent", 1).await[0]["attempts"], 2);
}

#[tokio::test]
async fn who_is_asked_for_time_waits_as_long_and_no_longer() {
    let service = Receiver::new(Manner::Answer(429, "Retry-After: 2\r\n".to_owned())).await;
    let world = world(&service).await;
    world.draft().await;
    eventually("it was tried", async || (mails(&service).len() == 1).then_some(())).await;
    service.becomes(answer(202));
    // By itself it would be tried again after fifteen seconds at the earliest.
    within(Duration::from_secs(12), "it is tried again", async || {
        (mails(&service).len() == 2).then_some(())
    })
    .await;
    assert_eq!(concluded(&world, "sent", 1).await[0]["attempts"], 2);
}

#[tokio::test]
async fn a_service_that_fails_opens_its_circuit_and_costs_no_more_attempts() {
    let service = Receiver::new(answer(500)).await;
    let world = world(&service).await;
    for _ in 0..8 {
        world.draft().await;
    }
    eventually("the circuit is open", async || {
        let circuits = world.admin.get("/api/system/circuits").await.is(200);
        let open = |one: &&Value| one["name"] == "sendgrid" && one["state"] == "open";
        circuits.list("circuits").iter().find(open).map(|_| ())
    })
    .await;
    let asked = mails(&service).len();
    assert!((5..=8).contains(&asked), "{asked}");
    // Nothing is lost.
    concluded(&world, "pending", 8).await;
    world.admin.post("/api/system/circuits/sendgrid/open", &json!({})).await.is(200);
    world.draft().await;
    let waiting = concluded(&world, "pending", 9).await;
    assert_eq!(waiting[0]["attempts"], 0, "{waiting:?}");
    assert_eq!(mails(&service).len(), asked, "who is known to be down is not asked");
}

#[test]
fn two_who_carry_mail_or_none_with_a_sender_stop_the_start() {
    let home = Home::new();
    let key = ("RISHI_SENDGRID_API_KEY", KEY);
    let from = ("RISHI_MAIL_FROM", "rishi@example.org");
    let smtp = ("RISHI_SMTP_URL", "smtp://127.0.0.1:2525");
    for (environment, names) in [
        (vec![key, smtp, from], "sendgrid_api_key"),
        (vec![key], "mail_from"),
        (vec![from], "sendgrid_api_key"),
        (vec![key, from, ("RISHI_SENDGRID_URL", "http://10.0.0.1")], "sendgrid_url"),
        (vec![("RISHI_SENDGRID_API_KEY", "two words"), from], "sendgrid_api_key"),
    ] {
        let run = home.rishi_with(&environment, &["serve"]);
        assert_eq!(run.code, Some(1), "{environment:?}: {run:#?}");
        assert!(run.stderr.contains(names), "{environment:?}: {run:#?}");
        assert!(!run.stderr.contains(KEY), "{run:#?}");
    }
    std::fs::write(home.path("key"), format!("{KEY}\n")).unwrap();
    let file = ("RISHI_SENDGRID_API_KEY_FILE", "key");
    let run = home.rishi_with(&[file, from], &["config", "check"]).ok();
    assert!(run.stdout.contains("sendgrid_api_key") && !run.stdout.contains(KEY), "{run:#?}");
}
