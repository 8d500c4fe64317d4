//! What arrives, and how it is signed.

use serde_json::{Value, json};

use super::receiver::{Message, Receiver};
use super::verify::verified;
use super::{Hook, stands, told, world};
use crate::support::cli::text;
use crate::support::{World, eventually};

#[tokio::test]
async fn an_event_arrives_once_as_a_cloud_event_that_another_library_verifies() {
    let world = world().await;
    let receiver = Receiver::willing().await;
    let types = ["BOOKING_CREATED"];
    let hook = Hook::new(&world.manager, &world.organization, &receiver.url, &types).await;
    let booking = world.draft().await.id();
    let message = receiver.has("BOOKING_CREATED", 1).await.remove(0);
    let event = message.event();
    assert_eq!(message.headers["content-type"], "application/cloudevents+json");
    assert_eq!((&event["specversion"], &event["id"]), (&json!("1.0"), &json!(message.id())));
    assert_eq!(event["subject"], format!("booking/{booking}"));
    assert_eq!(event["data"]["booking"]["id"], booking);
    assert_eq!(event["organizationid"], world.organization);
    let schema = format!("{}/api/event-types/BOOKING_CREATED/1#", world.server.base);
    assert!(text(&event, "dataschema").starts_with(&schema), "{event}");
    let path = format!("/api/events/{}", message.id());
    assert_eq!(world.manager.get(&path).await.is(200).body["type"], "BOOKING_CREATED");

    assert_eq!(verified(&hook.secret, &message), "ok");
    let forged = Message { body: message.body.replace("Harvest", "Harvesd"), ..message.clone() };
    assert_ne!(forged.body, message.body);
    assert!(verified(&hook.secret, &forged).starts_with("refused"));

    let delivery = hook.delivery(&world.manager, message.id(), stands("delivered")).await;
    assert_eq!((&delivery["attempts"], &delivery["lastStatus"]), (&json!(1), &json!(204)));
    world.settle().await;
    let both = receiver.has("BOOKING_CREATED", 2).await;
    assert!(both.len() == 2 && both[0].id() != both[1].id(), "once each, the second of settling");
}

#[tokio::test]
async fn many_that_are_due_at_once_arrive_once_each() {
    let world = world().await;
    let receiver = Receiver::willing().await;
    let types = ["BOOKING_CREATED"];
    Hook::new(&world.manager, &world.organization, &receiver.url, &types).await;
    // All of them in one commit, and several on their way whenever the sender looks for the next.
    let mut series = crate::support::booking(&world.organization, None, 1, 2);
    series["recurrence"] = json!("FREQ=DAILY;COUNT=150");
    world.manager.post("/api/booking-series", &series).await.is(201);
    receiver.has("BOOKING_CREATED", 150).await;
    world.settle().await;
    receiver.has("BOOKING_CREATED", 151).await;
    let mut times = std::collections::BTreeMap::<String, usize>::new();
    for message in receiver.messages() {
        *times.entry(message.id().to_owned()).or_default() += 1;
    }
    times.retain(|_, times| *times > 1);
    assert!(times.is_empty(), "told more than once: {times:?}");
}

#[tokio::test]
async fn during_the_overlap_both_secrets_sign_and_without_one_the_new_one_alone() {
    let world = world().await;
    let receiver = Receiver::willing().await;
    let types = ["BOOKING_CREATED"];
    let hook = Hook::new(&world.manager, &world.organization, &receiver.url, &types).await;
    let path = format!("{}/rotate-secret", hook.path);
    let rotated = world.manager.post(&path, &json!({ "overlapHours": 2 })).await.is(200);
    let second = text(&rotated.body, "secret");
    assert!(!rotated.body["previousSecretUntil"].is_null(), "{rotated:#?}");
    world.draft().await;
    let message = receiver.has("BOOKING_CREATED", 1).await.remove(0);
    assert_eq!(message.headers["webhook-signature"].split(' ').count(), 2);
    assert_eq!(verified(&hook.secret, &message), "ok");
    assert_eq!(verified(&second, &message), "ok");

    let rotated = world.manager.post(&path, &json!({ "overlapHours": 0 })).await.is(200);
    let third = text(&rotated.body, "secret");
    world.draft().await;
    let message = receiver.has("BOOKING_CREATED", 2).await.remove(1);
    assert_eq!(verified(&third, &message), "ok");
    for old in [&hook.secret, &second] {
        assert!(verified(old, &message).starts_with("refused"));
    }
    let refused = world.manager.post(&path, &json!({ "overlapHours": 169 })).await;
    refused.refused(400, "validation_failed");
}

#[tokio::test]
async fn i9_only_what_the_organization_may_see_leaves_the_platform() {
    let world = world().await;
    let receiver = Receiver::willing().await;
    Hook::new(&world.manager, &world.organization, &receiver.url, &["*"]).await;
    let neighbour = world.neighbour(2).await;
    let foreign = crate::support::booking(&neighbour, None, 1, 2);
    let foreign = world.admin.post("/api/bookings", &foreign).await.is(201).id();
    let booking = world.draft().await.id();
    let internal = world.admin.get("/api/organizations").await.is(200);
    let internal = internal.list("organizations").iter().find(|row| row["kind"] == "internal");
    let house = text(internal.expect("the operator is there"), "id");
    let agent = json!({
        "email": "agent@example.com", "displayName": "Agent", "role": "brand_agent",
        "organizationId": house, "serves": [world.organization],
    });
    let agent = world.admin.post("/api/users", &agent).await.is(201).id();
    let profile = world.admin.request(reqwest::Method::PUT, &format!("/api/staff/{agent}"));
    let profile = profile.json(&json!({ "organizationId": house, "defaultHourlyRate": 31.25 }));
    crate::support::client::demand(profile).await.is(201);
    let assigned = json!({
        "assignments": [{ "staffId": agent, "role": "host", "hourlyRate": 447.11 }],
        "override": { "reason": "the test" },
    });
    world.admin.post(&format!("/api/bookings/{booking}/staff"), &assigned).await.is(201);

    let message = receiver.has("STAFF_ASSIGNED_TO_BOOKING", 1).await.remove(0);
    assert!(message.body.contains(&agent), "{}", message.body);
    for pay in ["447.11", "hourlyRate", "totalHourlyRate", "estimatedTotalCost"] {
        assert!(!message.body.contains(pay), "{pay} is told: {}", message.body);
    }
    for message in receiver.messages() {
        assert_eq!(message.event()["organizationid"], world.organization, "{}", message.body);
        assert!(!message.body.contains(&foreign) && !message.body.contains(&neighbour));
    }
}

#[tokio::test]
async fn a_test_goes_to_its_endpoint_alone_whatever_that_wants() {
    let world = world().await;
    let (tested, other) = (Receiver::willing().await, Receiver::willing().await);
    let hook = Hook::new(&world.manager, &world.organization, &tested.url, &["LEAVE_*"]).await;
    Hook::new(&world.manager, &world.organization, &other.url, &["*"]).await;
    let sent = world.manager.post(&format!("{}/test", hook.path), &json!({})).await.is(202);
    let event = text(&sent.body, "eventId");
    let message = tested.has("WEBHOOK_TEST_SENT", 1).await.remove(0);
    assert_eq!(message.id(), event);
    assert_eq!(verified(&hook.secret, &message), "ok");
    hook.delivery(&world.manager, &event, stands("delivered")).await;
    // What comes later has come, so that what was not sent will not come.
    world.draft().await;
    other.has("BOOKING_CREATED", 1).await;
    assert!(other.of_type("WEBHOOK_TEST_SENT").is_empty());
    let told: Vec<_> = tested.messages().iter().map(|message| message.body.clone()).collect();
    assert_eq!(told.len(), 1, "{told:#?}");
}

#[tokio::test]
async fn what_was_delivered_is_delivered_again_under_the_same_id_when_somebody_asks() {
    let world = world().await;
    let receiver = Receiver::willing().await;
    let types = ["BOOKING_CREATED"];
    let hook = Hook::new(&world.manager, &world.organization, &receiver.url, &types).await;
    world.draft().await;
    let first = receiver.has("BOOKING_CREATED", 1).await.remove(0);
    hook.delivery(&world.manager, first.id(), stands("delivered")).await;
    let path = format!("{}/deliveries/{}/resend", hook.path, first.id());
    let resent = world.manager.post(&path, &json!({})).await.is(202);
    assert_eq!(resent.body["status"], "pending");
    let second = receiver.has("BOOKING_CREATED", 2).await.remove(1);
    assert_eq!((second.id(), &second.body), (first.id(), &first.body));
    let unknown = format!("{}/deliveries/{}/resend", hook.path, world.location);
    world.manager.post(&unknown, &json!({})).await.refused(404, "not_found");
    assert!(told(&world, &hook).await.contains(&"WEBHOOK_DELIVERY_RESENT".to_owned()));
}

async fn disabled(world: &World, hook: &Hook, status: &str) {
    let version = hook.read(&world.manager).await.version();
    world.manager.patch(&hook.path, version, &json!({ "status": status })).await.is(200);
}

#[tokio::test]
async fn a_consumer_gets_everything_from_a_position_on_also_what_it_never_had() {
    let world = world().await;
    let receiver = Receiver::willing().await;
    let types = ["BOOKING_CREATED"];
    let hook = Hook::new(&world.manager, &world.organization, &receiver.url, &types).await;
    world.draft().await;
    let first = receiver.has("BOOKING_CREATED", 1).await.remove(0);
    hook.delivery(&world.manager, first.id(), stands("delivered")).await;
    disabled(&world, &hook, "disabled").await;
    let missed = world.draft().await.id();
    world.settle().await;
    disabled(&world, &hook, "enabled").await;
    world.draft().await;
    let heard = receiver.has("BOOKING_CREATED", 2).await;
    assert!(!heard.iter().any(|message| message.body.contains(&missed)), "it was disabled then");
    hook.delivery(&world.manager, heard[1].id(), stands("delivered")).await;

    let position: u64 = text(&first.event(), "sequence").parse().expect("a number");
    let path = format!("{}/replay", hook.path);
    let begun = world.manager.post(&path, &json!({ "position": position })).await.is(202);
    assert_eq!(begun.body["from"], position);
    let all = eventually("everything has come again", async || {
        let all = receiver.of_type("BOOKING_CREATED");
        all.iter().any(|message| message.body.contains(&missed)).then_some(all)
    });
    all.await;
    // The first, what was missed, what settling made meanwhile, and what was made since.
    let all = receiver.has("BOOKING_CREATED", 6).await;
    let ids = |messages: &[Message]| {
        let mut ids: Vec<String> = messages.iter().map(|one| one.id().to_owned()).collect();
        ids.sort();
        ids.dedup();
        ids.len()
    };
    assert_eq!((all.len(), ids(&all)), (6, 4), "four events, two of them twice");
    for wrong in [json!({ "position": 0 }), json!({ "position": 1_000_000 })] {
        world.manager.post(&path, &wrong).await.refused(400, "validation_failed");
    }
    let told = told(&world, &hook).await;
    assert!(told.contains(&"WEBHOOK_REPLAY_REQUESTED".to_owned()), "{told:?}");
    let pending = hook.deliveries(&world.manager, "status=pending").await;
    assert_eq!(pending, Vec::<Value>::new());
}
