//! Retention: only when told to, only what is handled, and the rest stays provable.

use serde_json::{Value, json};

use super::pause::noticed;
use super::tamper::verify;
use crate::operations::tail::Tail;
use crate::support::{World, eventually};

/// Waits until it is written down that all but a paused subscription have handled everything up to now,
/// which happens every second, and answers where the log ends.
async fn handled(world: &World) -> String {
    let checkpoint = world.home.rishi(&["events", "checkpoint"]).ok().stdout;
    let (end, _) = checkpoint.split_once(':').unwrap();
    let end: u64 = end.parse().unwrap();
    eventually("all progress is written down", async || {
        let listed = world.home.rishi(&["subscriptions", "list", "--json"]).json();
        let listed = listed["subscriptions"].as_array().unwrap();
        let done = |one: &Value| one["paused"] == true || one["cursor"].as_u64() >= Some(end);
        listed.iter().all(done).then_some(())
    })
    .await;
    checkpoint
}

#[tokio::test]
async fn events_are_removed_when_told_to_and_the_log_stays_provable() {
    let world = World::new().await;
    world.booking_in("confirmed").await;
    world.settle().await;
    let first = handled(&world).await;
    let through = first.split(':').next().unwrap().to_owned();
    world.booking_in("approved").await;
    world.settle().await;

    let asked = world.home.rishi(&["events", "retain", "--through", &through]);
    assert_eq!(asked.code, Some(1), "{asked:?}");
    assert!(asked.stderr.contains("--yes") && asked.stderr.contains(&through), "{asked:?}");
    let beyond = world.home.rishi(&["events", "retain", "--through", "1000000", "--yes"]);
    assert_eq!(beyond.code, Some(1), "{beyond:?}");

    let told =
        world.home.rishi(&["events", "retain", "--through", &through, "--yes", "--json"]).json();
    assert_eq!(told["removed"].to_string(), through, "{told}");
    let again = world.home.rishi(&["events", "retain", "--through", &through, "--yes"]).ok().stdout;
    assert!(again.contains("removed 0 events"), "{again}");

    let said = verify(&world.home, &world.home.database(), &["--against", first.trim()]);
    assert_eq!(
        (said["valid"].as_bool(), said["compared"].as_bool()),
        (Some(true), Some(true)),
        "{said:#}"
    );
    let left = world.admin.get("/api/events?after=0&limit=1").await.is(200);
    let begins: u64 = through.parse().unwrap();
    // Who resumes from before that is told what is missing, and who does not is told nothing of it.
    let mut resumed = Tail::open(&world.admin, "", Some("3")).await;
    let heard = resumed.take(2).await;
    assert_eq!(heard[0].data, json!({ "after": 3, "removedThrough": begins }), "{heard:?}");
    assert_eq!((heard[0].id.as_str(), &heard[1].data["position"]), (&*through, &json!(begins + 1)));
    let mut resumed = Tail::open(&world.admin, "", Some(&through)).await;
    assert_eq!(resumed.take(1).await[0].data["position"], begins + 1);
    let mut inbox = Tail::at(&world.manager, "/api/notifications/stream", Some("3")).await;
    assert_eq!(inbox.take(1).await[0].data["removedThrough"], begins);
    assert_eq!(left.list("events")[0]["position"], begins + 1, "{left:#?}");
    let log = world.admin.get("/api/events?type=EVENTS_RETAINED").await.is(200);
    assert_eq!(log.list("events")[0]["data"]["through"], begins, "{log:#?}");
    // Life goes on, over a restart as well.
    world.booking_in("confirmed").await;
    world.settle().await;
    handled(&world).await;
    let told = &log.list("events")[0];
    let (at, last) = (told["timestamp"].as_str().unwrap(), told["position"].as_u64().unwrap() - 1);
    let before = ["events", "retain", "--before", at, "--yes"];
    let removed = world.home.rishi(&before).ok().stdout;
    let count = last - begins;
    let expected = format!("removed {count} events; the log begins after position {last}");
    assert_eq!(removed.trim(), expected);
    let left = world.admin.get("/api/events?after=0&limit=1").await.is(200);
    assert_eq!(left.list("events")[0]["type"], "EVENTS_RETAINED", "{left:#?}");
    let old = world.home.rishi(&["events", "retain", "--before", "2000-01-01T00:00:00Z", "--yes"]);
    assert!(old.ok().stdout.contains("removed 0 events"));
}

#[tokio::test]
async fn what_a_subscription_has_not_handled_is_not_removed() {
    let mut world = World::new().await;
    world.settle().await;
    world.home.rishi(&["subscriptions", "pause", "booking-created"]).ok();
    noticed(&world.admin, true).await;
    world.draft().await;
    handled(&world).await;
    world.server.stop().await;
    let head = world.home.rishi(&["events", "checkpoint", "--json"]).json()["position"].to_string();
    let refused = world.home.rishi(&["events", "retain", "--through", &head, "--yes"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("booking-created"), "{refused:?}");
}
