//! Texts of an organization's own: tried out, set, used, failing visibly, and reset.

use reqwest::Method;
use serde_json::{Value, json};

use super::mail::{self, concluded};
use super::postbox::Postbox;
use crate::support::client::{demand, etag};
use crate::support::drafts::titled;
use crate::support::{Answer, Client, Home, World, booking, eventually};

fn path(world: &World, kind: &str, language: &str) -> String {
    format!("/api/organizations/{}/notification-templates/{kind}/{language}", world.organization)
}

async fn put(by: &Client, path: &str, body: &Value) -> Answer {
    demand(by.request(Method::PUT, path).json(body)).await
}

async fn book(world: &World, title: &str) -> String {
    let draft = titled(booking(&world.organization, None, 0, 2), title);
    world.manager.post("/api/bookings", &draft).await.is(201).id()
}

/// What somebody was told of a booking.
async fn told(reader: &Client, booking: &str) -> Value {
    eventually("it is told", async || World::inbox_about(reader, booking).await.pop()).await
}

#[tokio::test]
async fn an_organizations_own_words_are_told_in_their_language_until_they_are_reset() {
    let home = Home::new();
    let postbox = Postbox::open(&home, 0);
    let world = mail::world(postbox.port).await;
    let other = world.person("client_manager", Some(&world.organization));
    let me = format!("/api/users/{}", world.manager_id);
    world.admin.patch(&me, 1, &json!({ "locale": "de-CH" })).await.is(200);
    let german = path(&world, "booking_created", "de");
    let before = world.manager.get(&german).await.is(200);
    assert_eq!((&before.body["own"], &before.body["version"]), (&json!(false), &json!(0)));
    assert_eq!(before.body["title"], "Neue Buchung angelegt");
    assert_eq!(before.body["example"]["booking"]["title"], "Tasting at the dispensary");

    let own = json!({
        "title": "{{ organization.name }}: {{ booking.title }}",
        "text": "Hallo {{ recipient.name }}, los geht es {{ booking.start | time }}.",
        "html": "<h1 class=\"own\">{{ booking.title }}</h1>",
    });
    let preview = world.manager.post(&format!("{german}/preview"), &own).await.is(200);
    assert_eq!(preview.body["title"], "Green Leaf: Tasting at the dispensary");
    assert!(preview.body["text"].as_str().unwrap().contains("Fr 3. Juli 2026"), "{preview:#?}");
    assert_eq!(world.manager.get(&german).await.is(200).body["own"], false, "nothing is set yet");
    let set = put(&world.manager, &german, &own).await.is(200);
    assert_eq!((&set.body["own"], set.version()), (&json!(true), 1));

    let made = book(&world, "<b>Fest</b>").await;
    let mine = told(&world.manager, &made).await;
    assert_eq!(mine["title"], "Green Leaf: <b>Fest</b>");
    assert!(mine["message"].as_str().unwrap().starts_with("Hallo Test client_manager, los geht"));
    assert_eq!(told(&other.client, &made).await["title"], "New Booking Created");
    let mails = postbox.take(2).await;
    let mine = mails.iter().find(|mail| mail["to"] == json!(["manager@example.com"])).unwrap();
    assert_eq!(mine["headers"]["subject"], "Green Leaf: <b>Fest</b>");
    let html = mine["html"].as_str().unwrap();
    assert!(html.contains("<h1 class=\"own\">&lt;b&gt;Fest&lt;&#x2f;b&gt;</h1>"), "{html}");
    assert!(html.contains("/api/unsubscribe/") || html.contains("&#x2f;unsubscribe"), "{html}");
    assert!(mine["text"].as_str().unwrap().starts_with("Hallo Test client_manager"));

    let neighbour = world.neighbour(2).await;
    let elsewhere = format!("/api/organizations/{neighbour}/notification-templates");
    world.manager.get(&elsewhere).await.refused(404, "not_found");
    let all = elsewhere.replace(&neighbour, &world.organization);
    assert_eq!(world.manager.get(&all).await.is(200).list("templates").len(), 1);

    let stale = world.manager.request(Method::DELETE, &german).header("If-Match", etag(7));
    demand(stale).await.refused(412, "precondition_failed");
    world.manager.delete(&german).await.is(204);
    world.manager.delete(&german).await.is(204);
    let made = book(&world, "Danach").await;
    assert_eq!(told(&world.manager, &made).await["title"], "Neue Buchung angelegt");
    let events = world.admin.get("/api/events?type=NOTIFICATION_TEMPLATE_*").await.is(200);
    let types: Vec<&Value> = events.list("events").iter().map(|event| &event["type"]).collect();
    assert_eq!(types, ["NOTIFICATION_TEMPLATE_SET", "NOTIFICATION_TEMPLATE_RESET"]);
    let verified = world.home.rishi(&["events", "verify", "--json"]).json();
    assert_eq!(verified["valid"], true, "{verified:#}");
}

#[tokio::test]
async fn what_cannot_be_filled_in_is_refused_with_the_line() {
    let world = World::new().await;
    let created = path(&world, "booking_created", "en");
    let cancelled = path(&world, "booking_cancelled", "en");
    for (at, body, field, names) in [
        (&created, json!({ "title": "{{ nobody }}", "text": "x" }), "title", "line 1"),
        (&created, json!({ "title": "x", "text": "one\n{{ booking.titel }}" }), "text", "line 2"),
        (&created, json!({ "title": "x", "text": "x", "html": "\n\n{% if %}" }), "html", "line 3"),
        (&created, json!({ "title": "x", "text": "{% include 'y' %}" }), "text", "include"),
        (
            &created,
            json!({ "title": "x", "text": "{% for a in range(9000) %}{% for b in range(9000) %}x{% endfor %}{% endfor %}" }),
            "text",
            "too long",
        ),
        (
            &created,
            json!({ "title": "{% if false %}x{% endif %}", "text": "x" }),
            "title",
            "nothing",
        ),
        (
            &cancelled,
            json!({ "title": "x", "text": "{{ notes }}" }),
            "text",
            "notes may be missing",
        ),
    ] {
        let refused = put(&world.manager, at, &body).await.refused(400, "validation_failed");
        let error = &refused.body["errors"][0];
        assert_eq!((&error["field"], &error["code"]), (&json!(field), &json!("template")));
        assert!(error["message"].as_str().unwrap().contains(names), "{body}: {refused:#?}");
        let preview = world.manager.post(&format!("{at}/preview"), &body).await;
        preview.refused(400, "validation_failed");
    }
    let guarded =
        json!({ "title": "x", "text": "Off.{% if notes is defined %} {{ notes }}{% endif %}" });
    put(&world.manager, &cancelled, &guarded).await.is(200);
    let long = json!({ "title": "x".repeat(501), "text": "x" });
    put(&world.manager, &created, &long).await.refused(400, "validation_failed");
    for wrong in [path(&world, "nonsense", "en"), path(&world, "booking_created", "EN")] {
        world.manager.get(&wrong).await.refused(404, "not_found");
    }
    assert_eq!(world.manager.get(&created).await.is(200).body["own"], false);
}

#[tokio::test]
async fn a_template_that_fails_later_keeps_nobody_from_being_told_and_is_seen() {
    let home = Home::new();
    let postbox = Postbox::open(&home, 0);
    let world = mail::world(postbox.port).await;
    // Fails for titles of seven characters alone, and the example has more.
    let brittle = json!({ "title": "{{ 100 // (booking.title | length - 7) }}", "text": "x" });
    put(&world.manager, &path(&world, "booking_created", "en"), &brittle).await.is(200);
    let made = book(&world, "seven77").await;
    assert_eq!(told(&world.manager, &made).await["title"], "New Booking Created");
    let sent = concluded(&world, "sent", 1).await;
    let why = sent[0]["templateError"].as_str().unwrap();
    assert!(why.starts_with("title: ") && why.contains("line 1"), "{why}");
    assert_eq!(postbox.take(1).await[0]["headers"]["subject"], "New Booking Created");
    let events = world.admin.get("/api/events?type=NOTIFICATION_CREATED").await.is(200);
    assert_eq!(events.list("events")[0]["data"]["templateError"], why);
    let metrics = world.admin.request(Method::GET, "/metrics").send().await.unwrap();
    let metrics = metrics.text().await.unwrap();
    assert!(metrics.contains("rishi_notification_template_failures_total 1"), "{metrics}");
    let made = book(&world, "eight888").await;
    assert_eq!(told(&world.manager, &made).await["title"], "100");
}
