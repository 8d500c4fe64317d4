//! Versions of a subscription: compared, exchanged, and the old one forgotten.

use serde_json::json;

use crate::support::World;

const NAME: &str = "booking-created";
const OLD: &str = "booking-created@v1";

/// A database in which another release has left a subscription of its own behind, at position 2.
async fn with_a_leftover() -> World {
    let mut world = World::on_file().await;
    world.settle().await;
    world.server.stop().await;
    let file = rusqlite::Connection::open(world.home.database()).unwrap();
    let sql = "INSERT INTO subscriptions (name, cursor, rows) VALUES (?1, 2, 1)";
    assert_eq!(file.execute(sql, [OLD]).unwrap(), 1);
    let owed = "INSERT INTO deliveries (subscription, position, key, state, attempts, created_at, updated_at)
        VALUES (?1, 2, 'a', 'dead', 6, 0, 0)";
    assert_eq!(file.execute(owed, [OLD]).unwrap(), 1);
    drop(file);
    let server = world.home.serve().await;
    world.moved_to(server);
    world
}

#[tokio::test]
async fn a_subscription_that_is_no_longer_in_the_program_is_seen_and_forgotten() {
    let world = with_a_leftover().await;
    let rishi = |arguments: &[&str]| world.home.rishi(arguments);
    let listed = rishi(&["subscriptions", "list"]).ok().stdout;
    assert!(listed.contains("not in this program"), "{listed}");
    let refused = rishi(&["events", "retain", "--through", "3", "--yes"]);
    assert!(refused.stderr.contains(OLD) && refused.stderr.contains("forgotten"), "{refused:?}");

    let refused = rishi(&["subscriptions", "forget", OLD]);
    assert!(refused.code == Some(1) && refused.stderr.contains("pause"), "{refused:?}");
    rishi(&["subscriptions", "pause", NAME]).ok();
    let refused = rishi(&["subscriptions", "forget", NAME]);
    assert!(refused.code == Some(1) && refused.stderr.contains("part of this"), "{refused:?}");
    rishi(&["subscriptions", "resume", NAME]).ok();

    rishi(&["subscriptions", "pause", OLD]).ok();
    rishi(&["subscriptions", "forget", OLD]).ok();
    let listed = rishi(&["subscriptions", "list"]).ok().stdout;
    assert!(!listed.contains(OLD), "{listed}");
    let log = world.admin.get("/api/events?type=SUBSCRIPTION_FORGOTTEN").await.is(200);
    assert_eq!(log.list("events")[0]["data"], json!({ "subscription": OLD }), "{log:#?}");
    rishi(&["events", "retain", "--through", "3", "--yes"]).ok();
    rishi(&["events", "verify"]).ok();
}

#[tokio::test]
async fn the_same_through_the_api() {
    let world = with_a_leftover().await;
    let path = |verb: &str| format!("/api/system/subscriptions/{OLD}/{verb}");
    world.admin.post(&path("forget"), &json!({})).await.refused(409, "order_refused");
    let own = format!("/api/system/subscriptions/{NAME}/forget");
    let told = world.admin.post(&own, &json!({})).await;
    assert!(told.text.contains("part of this program"), "{told:#?}");
    world.admin.post(&path("pause"), &json!({})).await.is(200);
    let gone = world.admin.post_once(&path("forget"), "once", &json!({})).await.is(200);
    assert_eq!(gone.body, json!({ "name": OLD, "cursor": 2, "abandoned": 1 }));
    world.admin.post_once(&path("forget"), "once", &json!({})).await.is(200);
    world.admin.post(&path("forget"), &json!({})).await.refused(404, "not_found");
}

#[tokio::test]
async fn two_paused_subscriptions_are_exchanged_through_the_api_as_by_the_command_line() {
    let world = with_a_leftover().await;
    let path = format!("/api/system/subscriptions/{NAME}/swap");
    world.admin.post(&path, &json!({ "with": "nobody" })).await.refused(404, "not_found");
    world.admin.post(&path, &json!({ "with": OLD })).await.refused(409, "order_refused");
    for name in [NAME, OLD] {
        world.home.rishi(&["subscriptions", "pause", name]).ok();
    }
    let cursor = |name: &str| {
        let listed = world.home.rishi(&["subscriptions", "list", "--json"]).json();
        let found = listed["subscriptions"].as_array().unwrap().iter();
        let found = found.clone().find(|one| one["name"] == name).unwrap();
        (found["cursor"].as_u64().unwrap(), found["dead"].as_u64().unwrap())
    };
    let before = cursor(NAME);
    assert!(before.0 > 2 && before.1 == 0, "{before:?}");
    let swapped = world.admin.post(&path, &json!({ "with": OLD })).await.is(200);
    assert_eq!(swapped.body, json!({ "name": NAME, "with": OLD }));
    assert_eq!((cursor(NAME), cursor(OLD)), ((2, 1), before));
    world.home.rishi(&["subscriptions", "swap", NAME, OLD]).ok();
    assert_eq!((cursor(NAME), cursor(OLD)), (before, (2, 1)));
    world.home.rishi(&["events", "verify"]).ok();
}

#[tokio::test]
async fn a_handler_compared_with_itself_differs_nowhere_although_its_ids_do() {
    let world = World::on_file().await;
    for _ in 0..3 {
        world.draft().await;
    }
    world.settle().await;
    let before = world.home.rishi(&["events", "checkpoint"]).ok().stdout;
    let compare = |more: &[&str]| {
        world.home.rishi(&[&["subscriptions", "compare", NAME, NAME][..], more].concat())
    };
    let said = compare(&[]).ok().stdout;
    assert_eq!(said.trim(), "4 events compared, 0 differences");
    let head = before.split(':').next().unwrap().to_owned();
    let made = world.admin.get("/api/events?type=BOOKING_CREATED&after=0").await.is(200);
    let last = made.list("events").last().unwrap()["position"].to_string();
    let said = compare(&["--from", &last, "--json"]).json();
    assert_eq!((said["compared"].as_u64(), said["through"].to_string()), (Some(1), head), "{said}");
    let unknown = world.home.rishi(&["subscriptions", "compare", NAME, "booking-created@v2"]);
    assert!(unknown.code == Some(1) && unknown.stderr.contains("both versions"), "{unknown:?}");

    let path = format!("/api/system/subscriptions/{NAME}/comparison");
    let found = world.admin.get(&format!("{path}?with={NAME}&limit=3")).await.is(200).body;
    assert_eq!((found["compared"].as_u64(), &found["differences"]), (Some(3), &json!([])));
    let rest = format!("{path}?with={NAME}&after={}", found["through"]);
    assert_eq!(world.admin.get(&rest).await.is(200).body["compared"], 1);
    world.admin.get(&format!("{path}?with=nobody")).await.refused(404, "not_found");
    world.admin.get(&path).await.refused(400, "validation_failed");
    assert_eq!(world.home.rishi(&["events", "checkpoint"]).ok().stdout, before);
}

#[tokio::test]
async fn a_rehearsal_through_the_api_tells_what_a_replay_would_do() {
    let world = World::on_file().await;
    let booking = world.draft().await.id();
    world.settle().await;
    let before = world.home.rishi(&["events", "checkpoint"]).ok().stdout;
    let path = format!("/api/system/subscriptions/{NAME}/rehearsal");
    let found = world.admin.get(&format!("{path}?after=0&limit=1")).await.is(200).body;
    let event = &found["events"][0];
    assert_eq!((&event["type"], &event["decision"]), (&json!("BOOKING_CREATED"), &json!("commit")));
    assert!(event["commit"].as_str().unwrap().contains(&booking), "{found:#}");
    world.admin.get(&path).await.refused(400, "validation_failed");
    world.admin.get(&format!("{path}?after=100000")).await.refused(409, "order_refused");
    assert_eq!(world.home.rishi(&["events", "checkpoint"]).ok().stdout, before);
    assert_eq!(World::inbox_about(&world.manager, &booking).await.len(), 1);
}
