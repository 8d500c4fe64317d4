//! One booking from the request to its completion and one that is cancelled, as those concerned get it: by mail, in
//! their language and on their clock, and by a webhook whose signatures another library verifies.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

use super::mail::deliveries;
use super::postbox::Postbox;
use crate::staffing::cast::{Worker, agent, path_of, settings};
use crate::support::cli::text;
use crate::support::client::demand;
use crate::support::{Client, Home, World, eventually};
use crate::webhooks::receiver::{Message, Receiver};
use crate::webhooks::verify::verified;
use crate::workflows::story::{on_it, request, seen, status, told};

/// Everything in somebody's inbox, oldest first.
async fn inbox(reader: &Client) -> Vec<Value> {
    let answer = reader.get("/api/notifications?limit=200").await.is(200);
    answer.list("notifications").iter().rev().cloned().collect()
}

async fn speaks(world: &World, user: &str, locale: &str, timezone: &str) {
    let request = world.admin.request(Method::PATCH, &format!("/api/users/{user}"));
    let body = json!({ "locale": locale, "timezone": timezone });
    demand(request.header("If-Match", "*").json(&body)).await.is(200);
}

/// The kinds of these, of one booking.
fn kinds(told: &[Value], booking: &str) -> Vec<String> {
    let about = told.iter().filter(|one| one["relatedEntityId"] == booking);
    about.map(|one| text(one, "type")).collect()
}

#[tokio::test]
async fn what_happens_is_told_once_each_in_the_right_words_and_never_when_it_was_cancelled() {
    let home = Home::new();
    let postbox = Postbox::open(&home, 0);
    let mail = Postbox::environment(postbox.port);
    let mut environment = vec![("RISHI_WEBHOOK_ALLOW_LOOPBACK", "on")];
    environment.extend(mail.iter().map(|(name, value)| (*name, value.as_str())));
    let world = World::configured(&environment).await;
    let receiver = Receiver::willing().await;
    let hook = json!({
        "organizationId": world.organization, "url": receiver.url, "ordered": true,
        "eventTypes": ["BOOKING_*", "STAFF_*", "ASSIGNMENT_*"],
    });
    let hook = world.manager.post("/api/webhooks", &hook).await.is(201);
    let people = [agent(&world).await, agent(&world).await];
    speaks(&world, &world.manager_id, "de-DE", "Europe/Berlin").await;
    speaks(&world, &people[0].id, "es-MX", "America/Denver").await;
    speaks(&world, &people[1].id, "en-US", "America/Denver").await;
    let wanted = json!({
        "unknownAvailability": "allow", "autoAssign": true,
        "autoConfirm": "when_staff_confirmed", "reminderHoursBefore": [1],
    });
    settings(&world, wanted).await;

    let soon = Timestamp::now() + SignedDuration::from_hours(1) + SignedDuration::from_secs(30);
    let cancelled = request(&world, soon).await;
    let kept = request(&world, soon + SignedDuration::from_millis(500)).await;
    let workers: [&Worker; 2] = [&people[0], &people[1]];
    for booking in [&cancelled, &kept] {
        world.admin.transition(booking, "approved").await.is(200);
        told(&world, booking, "STAFF_ASSIGNED_TO_BOOKING").await;
        let agent = on_it(&world, booking, &workers).await;
        let path = path_of(&seen(&world, booking).await, agent);
        agent.client.post(&format!("{path}/confirm"), &json!({})).await.is(200);
        status(&world, booking, "confirmed").await;
    }
    world.manager.transition(&cancelled, "cancelled").await.is(200);
    assert!(Timestamp::now() + SignedDuration::from_hours(1) < soon, "this machine is too slow");
    crate::support::wait::within(std::time::Duration::from_mins(1), "the reminder", async || {
        let story = world.story(&kept).await;
        story.iter().any(|event| event["type"] == "BOOKING_REMINDER_DUE").then_some(())
    })
    .await;
    let agent = on_it(&world, &kept, &workers).await;
    let path = path_of(&seen(&world, &kept).await, agent);
    agent.client.post(&format!("{path}/check-in"), &json!({})).await.is(200);
    for step in ["in_progress", "completed"] {
        world.admin.transition(&kept, step).await.is(200);
    }
    told(&world, &kept, "BOOKING_SETTLED").await;
    world.settle().await;
    eventually("no mail waits", async || {
        deliveries(&world, "pending").await.is_empty().then_some(())
    })
    .await;

    // Each that was told of in the inbox came by mail once, under its name, with its title; and nothing else did.
    let mut mailed: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    // Those who were added got a link as well, which is no notification.
    let is_link = |mail: &Value| mail["text"].as_str().unwrap().contains("/#/link/");
    for mail in postbox.messages().into_iter().filter(|mail| !is_link(mail)) {
        mailed.entry(text(&mail["headers"], "message-id")).or_default().push(mail);
    }
    let suppressed: Vec<String> = deliveries(&world, "suppressed")
        .await
        .iter()
        .map(|one| text(one, "notificationId"))
        .collect();
    let readers = [(&world.manager, "de"), (&people[0].client, "es"), (&people[1].client, "en")];
    let mut all = 0;
    for (reader, language) in readers {
        for one in inbox(reader).await {
            let id = text(&one, "id");
            let found = mailed.remove(&format!("<{id}@example.org>")).unwrap_or_default();
            let wanted = usize::from(!suppressed.contains(&id));
            assert_eq!(found.len(), wanted, "{one}");
            all += wanted;
            let Some(mail) = found.first() else { continue };
            assert_eq!(mail["headers"]["subject"], one["title"]);
            assert_eq!(mail["headers"]["content-language"], language, "{mail}");
            let said = text(&one, "message");
            assert!(mail["text"].as_str().unwrap().starts_with(&said), "{mail}");
            let zone = if language == "de" { " CE" } else { " M" };
            let has_time =
                !["booking_created", "completion_summary"].contains(&one["type"].as_str().unwrap());
            assert!(!has_time || said.contains(zone), "{said}");
        }
    }
    assert!(mailed.is_empty() && all > 15, "{all}, and also {mailed:#?}");

    // In order, and of what was cancelled nothing after that.
    let mine = inbox(&world.manager).await;
    let steps =
        ["booking_created", "booking_status_changed", "booking_approved", "booking_confirmed"];
    let rest = ["booking_reminder", "booking_status_changed", "completion_summary"];
    assert_eq!(kinds(&mine, &kept), [&steps[..], &rest].concat());
    assert_eq!(kinds(&mine, &cancelled), [&steps[..], &["booking_cancelled"]].concat());
    for person in &people {
        let told = inbox(&person.client).await;
        assert!(!kinds(&told, &cancelled).contains(&"booking_reminder".to_owned()));
    }

    // The webhook was told of the same, each once, in order, signed.
    let secret = text(&hook.body, "secret");
    for booking in [&kept, &cancelled] {
        let story = world.story(booking).await;
        let wanted: Vec<String> = story
            .iter()
            .filter(|event| {
                let kind = event["type"].as_str().unwrap();
                ["BOOKING_", "STAFF_", "ASSIGNMENT_"].iter().any(|start| kind.starts_with(start))
            })
            .map(|event| text(event, "id"))
            .collect();
        let heard = eventually("the webhook has heard all", async || {
            let about = format!("booking/{booking}");
            let all = receiver.messages().into_iter();
            let heard: Vec<_> =
                all.filter(|one| one.event()["subject"] == about.as_str()).collect();
            (heard.len() >= wanted.len()).then_some(heard)
        })
        .await;
        let ids: Vec<&str> = heard.iter().map(Message::id).collect();
        assert_eq!(ids, wanted, "each once and in order");
        assert_eq!(verified(&secret, &heard[0]), "ok");
        assert_eq!(verified(&secret, heard.last().unwrap()), "ok");
    }
}
