//! The inbox: unread, read, live, and nobody else's.

use reqwest::Method;
use serde_json::json;

use crate::operations::tail::Tail;
use crate::support::{World, eventually};

async fn told(world: &World, count: usize) -> Vec<serde_json::Value> {
    eventually("the manager is told", async || {
        let answer = world.manager.get("/api/notifications").await.is(200);
        let rows = answer.list("notifications").clone();
        (rows.len() == count).then_some(rows)
    })
    .await
}

async fn unread(world: &World) -> (u64, usize) {
    let answer = world.manager.get("/api/notifications?unread=true").await.is(200);
    let count = answer.body["unreadCount"].as_u64().unwrap();
    (count, answer.list("notifications").len())
}

#[tokio::test]
async fn what_is_read_is_read_once_and_by_its_owner_alone() {
    let world = World::new().await;
    for _ in 0..3 {
        world.draft().await;
    }
    let rows = told(&world, 3).await;
    assert_eq!(unread(&world).await, (3, 3));

    let path = format!("/api/notifications/{}/read", rows[1]["id"].as_str().unwrap());
    world.admin.post(&path, &json!({})).await.refused(404, "not_found");
    assert_eq!(unread(&world).await, (3, 3), "nobody reads for another");
    let read = world.manager.post(&path, &json!({})).await.is(200);
    let again = world.manager.post(&path, &json!({})).await.is(200);
    assert_eq!(read.body["readAt"], again.body["readAt"], "once");
    assert_eq!(unread(&world).await, (2, 2));

    world.manager.post("/api/notifications/read-all", &json!({})).await.is(204);
    assert_eq!(unread(&world).await, (0, 0));
    world.manager.post("/api/notifications/read-all", &json!({})).await.is(204);
    let events = world.admin.get("/api/events?type=NOTIFICATION*&limit=200").await.is(200);
    let count =
        |kind: &str| events.list("events").iter().filter(|event| event["type"] == kind).count();
    assert_eq!(count("NOTIFICATION_CREATED"), 3);
    assert_eq!(count("NOTIFICATION_READ"), 1, "what changes nothing is no event");
    assert_eq!(count("NOTIFICATIONS_READ"), 1);
}

#[tokio::test]
async fn the_stream_tells_its_reader_alone_and_resumes() {
    let mut world = World::new().await;
    let other = world.person("client_manager", Some(&world.organization));
    let path = "/api/notifications/stream";
    let mut stream = Tail::at(&world.manager, path, None).await;
    let booking = world.draft().await.id();
    let heard = stream.next().await.unwrap();
    assert_eq!(heard.data["relatedEntityId"], booking.as_str());
    assert_eq!(heard.data["userId"], world.manager_id.as_str());
    assert_eq!(heard.data["title"], "New Booking Created");
    drop(stream);

    // Two are told of each booking; the stream shows one of both.
    let missed = [world.draft().await.id(), world.draft().await.id()];
    world.settle().await;
    let server = {
        world.server.kill();
        world.home.serve().await
    };
    world.moved_to(server);
    let mut stream = Tail::at(&world.manager, path, Some(&heard.id)).await;
    for booking in missed {
        let heard = stream.next().await.unwrap();
        assert_eq!(heard.data["relatedEntityId"], booking.as_str());
        assert_ne!(heard.data["userId"], other.id.as_str());
    }
}

#[tokio::test]
async fn a_muted_kind_comes_as_read_and_preferences_are_ones_own() {
    let world = World::new().await;
    let path = "/api/notification-preferences";
    let put = async |body: serde_json::Value| {
        let request = world.manager.request(Method::PUT, path).header("If-Match", "*");
        crate::support::client::demand(request.json(&body)).await
    };
    let unset = world.manager.get(path).await.is(200);
    assert_eq!(unset.body["muted"], json!({ "inApp": [], "email": [] }));
    put(json!({ "muted": { "inApp": ["booking_created"] } })).await.is(200);
    world.draft().await;
    assert!(told(&world, 1).await[0]["readAt"].is_string());
    assert_eq!(unread(&world).await, (0, 0));
    assert_eq!(world.admin.get(path).await.is(200).body["muted"]["inApp"], json!([]));

    put(json!({ "muted": { "inApp": ["nonsense"] } })).await.problem(400);
    let empty = json!({ "quietHours": { "from": "07:00", "to": "07:00" } });
    put(empty).await.refused(400, "validation_failed");
    let quiet = put(json!({ "quietHours": { "from": "22:00", "to": "07:00" } })).await.is(200);
    assert_eq!(quiet.body["muted"]["inApp"], json!([]), "what is left out is not muted");
    assert_eq!(quiet.version(), 2);
}
