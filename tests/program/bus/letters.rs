//! Dead letters by the command line: found, given up for a reason, and tried again by each way of naming them.

use serde_json::json;

use super::pause::subscription;
use super::poison::{poisoned, spell, start};
use super::tamper::Tamper;
use crate::support::{World, eventually};

/// How many dead letters there are, as the command line says.
fn count(world: &World, more: &[&str]) -> u64 {
    let listed = world.home.rishi(&[&["dead-letters", "list", "--json"], more].concat()).json();
    let letters = listed["deadLetters"].as_array().unwrap().len() as u64;
    assert_eq!(listed["total"], letters, "{listed:#}");
    letters
}

#[tokio::test]
async fn dead_letters_are_found_given_up_and_redriven_by_each_way_of_naming_them() {
    let mut world = World::on_file().await;
    let bookings = poisoned(&mut world, 3).await;
    world.server.stop().await;
    let home = &world.home;

    assert_eq!(count(&world, &["--error", "missing field"]), 3);
    assert_eq!(count(&world, &["--error", "disk full"]), 0);
    assert_eq!(count(&world, &["--subscription", "booking-created"]), 3);
    assert_eq!(count(&world, &["--subscription", "booking-completion"]), 0);
    let first = home.rishi(&["dead-letters", "list", "--limit", "1"]).ok();
    assert!(first.stderr.contains("1 of 3"), "{first:?}");

    let listed = home.rishi(&["dead-letters", "list", "--json"]).json();
    let letter = listed["deadLetters"][0]["id"].as_str().unwrap();
    let discard = ["dead-letters", "discard", letter, "--reason"];
    let blank = home.rishi(&[&discard[..], &[" "]].concat());
    assert_eq!((blank.code, count(&world, &[])), (Some(1), 3), "{blank:?}");
    let said = home.rishi(&[&discard[..], &["made for a trial"]].concat()).ok().stdout;
    assert_eq!((said.trim(), count(&world, &[])), ("1 dead letter discarded", 2));

    for named in [
        &["--error", "missing field"][..],
        &["--subscription", "booking-created"],
        &["--subscription", "booking-created", "--error", "missing field"],
        &["--all"],
    ] {
        let redrive = [&["dead-letters", "redrive", "--json"], named].concat();
        assert_eq!(home.rishi(&redrive).json(), json!({ "redriven": 2 }), "{named:?}");
        assert_eq!(count(&world, &[]), 0, "{named:?}");
        // Dead once more, as after six attempts.
        let dead = "UPDATE deliveries SET state = 'dead', error = 'missing field', attempts = 6
            WHERE subscription = 'booking-created' AND state = 'waiting'";
        Tamper::with(&home.database()).change(2, dead, []);
    }
    let none = ["dead-letters", "redrive", "--error", "disk full"];
    assert_eq!(home.rishi(&none).ok().stdout.trim(), "0 dead letters redriven");

    for booking in &bookings {
        spell(&world, booking, "titel", "title");
    }
    let said = world.home.rishi(&["dead-letters", "redrive", "--all"]).ok().stdout;
    assert_eq!(said.trim(), "2 dead letters redriven");
    start(&mut world).await;
    eventually("the two are handled", async || {
        let found = subscription(&world.admin, "booking-created").await;
        (found["waiting"] == 0 && found["retrying"] == 0 && found["dead"] == 0).then_some(())
    })
    .await;
    let mut told = Vec::new();
    for booking in &bookings {
        told.push(World::inbox_about(&world.manager, booking).await.len());
    }
    assert_eq!(told, [0, 1, 1], "the one that was given up is never handled");
    let log = world.admin.get("/api/events?type=DEAD_LETTERS_DISCARDED").await.is(200);
    let [discarded] = &log.list("events")[..] else { panic!("one was: {log:#?}") };
    assert_eq!(discarded["data"]["reason"], "made for a trial");
}
