//! A replay does again what it is told to, no more, and shows it first.

use serde_json::{Value, json};

use super::tamper::Tamper;
use crate::support::{World, eventually};

/// The position of a booking's creation.
async fn position(world: &World, booking: &str) -> u64 {
    world.story(booking).await[0]["position"].as_u64().unwrap()
}

async fn told(world: &World, booking: &str) -> usize {
    World::inbox_about(&world.manager, booking).await.len()
}

#[tokio::test]
async fn a_dry_run_shows_the_commits_and_changes_nothing() {
    let mut world = World::on_file().await;
    let (first, second) = (world.draft().await.id(), world.draft().await.id());
    world.settle().await;
    let from = position(&world, &second).await;
    world.server.stop().await;
    let before = Tamper::with(&world.home.database()).contents();

    let from = from.to_string();
    let arguments =
        ["events", "replay", "--subscription", "booking-created", "--from", &from, "--dry-run"];
    let said = world.home.rishi(&[&arguments[..], &["--json"]].concat()).json();
    let events = said["events"].as_array().unwrap();
    assert_eq!(events.len(), 2, "the second one, and what settled: {said:#}");
    for event in events {
        assert_eq!(event["decision"], "commit", "{event:#}");
        let commit = event["commit"].as_str().unwrap();
        assert!(commit.contains("New Booking Created") && !commit.contains(&first), "{commit}");
    }
    assert!(events[0]["commit"].as_str().unwrap().contains(&second), "{said:#}");
    let shown = world.home.rishi(&arguments).ok();
    assert!(shown.stdout.contains("would commit"), "{shown:?}");
    assert!(shown.stderr.contains("nothing was changed"), "{shown:?}");

    let after = Tamper::with(&world.home.database()).contents();
    assert!(before == after, "not a cell of the database differs");
}

#[tokio::test]
async fn a_replay_doubles_what_it_was_told_to_repeat_and_nothing_else() {
    let world = World::on_file().await;
    let (first, second) = (world.draft().await.id(), world.draft().await.id());
    world.settle().await;
    let from = position(&world, &second).await;
    let arguments =
        ["events", "replay", "--subscription", "booking-created", "--from", &from.to_string()];
    let said = world.home.rishi(&arguments).ok().stdout;
    assert!(said.contains(&format!("after position {}", from - 1)), "{said}");
    eventually("the second is told again", async || {
        (told(&world, &second).await == 2).then_some(())
    })
    .await;
    world.settle().await;
    assert_eq!((told(&world, &first).await, told(&world, &second).await), (1, 2));
}

#[tokio::test]
async fn a_replay_through_the_api_begins_after_a_position_or_since_an_instant() {
    let world = World::on_file().await;
    let first = world.draft().await.id();
    world.settle().await;
    let path = "/api/system/subscriptions/booking-created/replay";
    for bad in [json!({}), json!({ "after": 0, "since": "2026-07-01T12:00:00Z" })] {
        world.admin.post(path, &bad).await.refused(400, "validation_failed");
    }
    world.admin.post(path, &json!({ "after": 1_000_000 })).await.refused(409, "order_refused");
    let made: Value = world.story(&first).await[0]["timestamp"].clone();
    let answer = world.admin.post_once(path, "again", &json!({ "since": made })).await.is(200);
    assert_eq!(answer.body["after"], position(&world, &first).await - 1, "{answer:#?}");
    // The same request sent twice replays once.
    world.admin.post_once(path, "again", &json!({ "since": made })).await.is(200);
    eventually("it is told again", async || (told(&world, &first).await == 2).then_some(())).await;
    world.settle().await;
    assert_eq!(told(&world, &first).await, 2);
    // The command line does the same.
    let since = ["--since", made.as_str().unwrap()];
    let replay = ["events", "replay", "--subscription", "booking-created"];
    let said = world.home.rishi(&[&replay[..], &since].concat()).ok().stdout;
    let after = position(&world, &first).await - 1;
    assert!(said.contains(&format!("after position {after} again")), "{said}");
    eventually("it is told once more", async || (told(&world, &first).await == 3).then_some(()))
        .await;
}
