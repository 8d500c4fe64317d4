//! A paused subscription takes nothing, in any process, and loses nothing.

use serde_json::Value;

use crate::support::{Client, World, eventually};

/// How a subscription is, as the API shows it.
pub(super) async fn subscription(admin: &Client, name: &str) -> Value {
    let answer = admin.get("/api/system/subscriptions").await.is(200);
    let found = answer.list("subscriptions").iter().find(|one| one["name"] == name);
    found.unwrap_or_else(|| panic!("{name} is there: {answer:#?}")).clone()
}

/// Waits until the running server knows whether it is paused.
pub(super) async fn noticed(admin: &Client, paused: bool) {
    eventually("the server has noticed", async || {
        let found = subscription(admin, "booking-created").await;
        (found["paused"] == paused && found["live"]["paused"] == paused).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_pause_by_the_command_line_holds_over_a_restart_and_loses_nothing() {
    let mut world = World::new().await;
    world.settle().await;
    world.home.rishi(&["subscriptions", "pause", "booking-created"]).ok();
    noticed(&world.admin, true).await;
    let listed = world.home.rishi(&["subscriptions", "list"]).ok().stdout;
    assert!(listed.contains("paused"), "{listed}");
    let booking = world.draft().await.id();
    eventually("the subscription is behind", async || {
        let found = subscription(&world.admin, "booking-created").await;
        (found["lagEvents"].as_u64() > Some(0)).then_some(())
    })
    .await;

    world.server.stop().await;
    let server = world.home.serve().await;
    world.moved_to(server);
    noticed(&world.admin, true).await;
    assert!(World::inbox_about(&world.manager, &booking).await.is_empty());

    world.home.rishi(&["subscriptions", "resume", "booking-created"]).ok();
    eventually("the notification has come", async || {
        (World::inbox_about(&world.manager, &booking).await.len() == 1).then_some(())
    })
    .await;
    noticed(&world.admin, false).await;
}

#[tokio::test]
async fn what_an_operator_says_is_in_the_log_with_who_said_it() {
    let world = World::new().await;
    let path = "/api/system/subscriptions/booking-created";
    let paused = world.admin.post(&format!("{path}/pause"), &serde_json::json!({})).await.is(200);
    assert_eq!(paused.body, serde_json::json!({ "name": "booking-created", "paused": true }));
    // Pausing what is paused changes nothing, and neither does repeating it at the command line.
    world.admin.post(&format!("{path}/pause"), &serde_json::json!({})).await.is(200);
    let again = world.home.rishi(&["subscriptions", "pause", "booking-created"]).ok();
    assert!(again.stdout.contains("already"), "{again:?}");
    world.home.rishi(&["subscriptions", "resume", "booking-created"]).ok();

    let me = world.admin.get("/api/auth/me").await.is(200);
    let log = world.admin.get("/api/events?type=SUBSCRIPTION_*").await.is(200);
    let said = log.list("events");
    let types: Vec<&str> = said.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["SUBSCRIPTION_PAUSED", "SUBSCRIPTION_RESUMED"], "{log:#?}");
    assert_eq!(said[0]["userId"], me.body["user"]["id"], "{me:#?}");
    assert_eq!(said[0]["data"]["subscription"], "booking-created");
    assert_eq!(said[0]["subject"], "system/00000000-0000-0000-0000-000000000000");
    assert_eq!(said[0]["metadata"]["address"], "127.0.0.1", "from where it was said");
    assert!(said[1].get("metadata").is_none(), "the command line is here: {log:#?}");
    assert!(said[1].get("userId").is_none() && said[1].get("organizationId").is_none());
}

#[tokio::test]
async fn a_subscription_that_is_not_there_can_be_told_nothing() {
    let world = World::new().await;
    world
        .admin
        .post("/api/system/subscriptions/nobody/pause", &serde_json::json!({}))
        .await
        .refused(404, "not_found");
    for arguments in [
        &["subscriptions", "pause", "nobody"][..],
        &["subscriptions", "swap", "booking-created", "nobody"],
        &["events", "replay", "--subscription", "nobody", "--from", "1"],
        &["dead-letters", "redrive", "--subscription", "nobody"],
        &["dead-letters", "show", "booking-created:1"],
    ] {
        let run = world.home.rishi(arguments);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(run.stderr.contains("list` names them all"), "{run:?}");
    }
    let unpaused =
        world.home.rishi(&["subscriptions", "swap", "booking-created", "booking-created"]);
    assert_eq!(unpaused.code, Some(1), "{unpaused:?}");
}
