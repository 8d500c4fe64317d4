//! Guarantee of the chain: whatever is changed in the file is found, and the first row that does not
//! fit is named.

use std::path::Path;

use rishi_bus::{Checkpoint, Ledger, chain};
use rishi_store::sqlite::{Sqlite, SqliteOptions};
use rusqlite::params;
use serde_json::{Value, json};

use super::poison::poisoned;
use super::tamper::{Tamper, copy, verify};
use crate::staffing::cast::{agent, assign, trust};
use crate::support::{Home, World};

/// A database with a few stories in it, closed, and the checkpoint of its end.
async fn written() -> (Home, String) {
    let mut world = World::on_file().await;
    for status in ["confirmed", "cancelled", "draft"] {
        world.booking_in(status).await;
    }
    world.settle().await;
    world.server.stop().await;
    let World { home, .. } = world;
    let checkpoint = home.rishi(&["events", "checkpoint"]).ok().stdout.trim().to_owned();
    (home, checkpoint)
}

/// The position of the first event of a type.
fn first(tamper: &Tamper, kind: &str) -> u64 {
    tamper.number(&format!("SELECT min(position) FROM events WHERE type = '{kind}'"))
}

#[track_caller]
fn found(said: &Value, part: &str, position: u64) {
    assert_eq!(said["valid"], false, "{said:#}");
    assert_eq!(
        (said["part"].as_str(), said["position"].as_u64()),
        (Some(part), Some(position)),
        "{said:#}"
    );
}

#[tokio::test]
async fn an_untouched_log_is_what_was_written_also_beside_a_running_server() {
    let world = World::on_file().await;
    world.booking_in("approved").await;
    let said = verify(&world.home, &world.home.database(), &[]);
    assert_eq!(
        (said["valid"].as_bool(), said["bookings"].as_u64()),
        (Some(true), Some(1)),
        "{said:#}"
    );
    assert_eq!(said["unchecked"], 0, "{said:#}");
    let kept = world.home.rishi(&["events", "checkpoint"]).ok().stdout;
    world.booking_in("approved").await;
    let said = verify(&world.home, &world.home.database(), &["--against", kept.trim()]);
    assert_eq!((said["valid"].as_bool(), said["compared"].as_bool()), (Some(true), Some(true)));
    let told = world.home.rishi(&["events", "verify"]).ok().stdout;
    assert!(told.contains("2 bookings as their events tell"), "{told}");
}

#[tokio::test]
async fn a_flipped_bit_a_deleted_row_and_two_rows_exchanged_are_named() {
    let (home, _) = written().await;
    let file = copy(&home, "flipped.db");
    let tamper = Tamper::with(&file);
    let place = first(&tamper, "USER_CREATED");
    let sql = "UPDATE events SET data = replace(data, 'Test', 'Uest') WHERE position = ?1";
    tamper.change(1, sql, [place]);
    found(&verify(&home, &file, &[]), "the log", place);

    let file = copy(&home, "deleted.db");
    let tamper = Tamper::with(&file);
    let place = first(&tamper, "LOCATION_CREATED");
    tamper.change(1, "DELETE FROM events WHERE position = ?1", [place]);
    found(&verify(&home, &file, &[]), "the log", place);

    let file = copy(&home, "exchanged.db");
    let tamper = Tamper::with(&file);
    let place = first(&tamper, "BOOKING_CREATED");
    let signed = i64::try_from(place).unwrap();
    for (from, to) in [(signed, -1), (signed + 1, signed), (-1, signed + 1)] {
        tamper.change(1, "UPDATE events SET position = ?2 WHERE position = ?1", [from, to]);
    }
    found(&verify(&home, &file, &[]), "the log", place);
}

#[tokio::test]
async fn a_tail_that_was_cut_off_is_found_with_a_checkpoint() {
    let (home, kept) = written().await;
    let file = copy(&home, "cut.db");
    let tamper = Tamper::with(&file);
    let end = tamper.number("SELECT max(position) FROM events");
    let cut = tamper.number("SELECT max(position) FROM events WHERE type = 'BOOKING_CREATED'");
    let gone = usize::try_from(end - cut + 1).unwrap();
    tamper.change(gone, "DELETE FROM events WHERE position >= ?1", [cut]);
    // Whoever did it knows that a cursor beyond the end would tell.
    let all = tamper.number("SELECT count(*) FROM subscriptions");
    let all = usize::try_from(all).unwrap();
    tamper.change(all, "UPDATE subscriptions SET cursor = min(cursor, ?1 - 1)", [cut]);
    drop(tamper);
    // The first of those was a booking's: its row is there, and its event is not.
    assert_eq!(verify(&home, &file, &[])["part"], "the bookings");
    found(&verify(&home, &file, &["--against", &kept]), "the log", cut);
}

/// Changes an event and computes all hashes after it anew, as whoever knows how it is done can.
async fn rewrite(file: &Path, place: u64) {
    Tamper::with(file).change(
        1,
        "UPDATE events SET data = replace(data, 'Test', 'Uest') WHERE position = ?1",
        [place],
    );
    let store = Sqlite::open(SqliteOptions::new(file)).await.unwrap();
    let events = store.read(0, 10_000).await.unwrap();
    store.close().await;
    let tamper = Tamper::with(file);
    let mut last = Checkpoint::GENESIS;
    for event in events {
        let hash = chain::link(&last.hash, &event);
        let sql = "UPDATE events SET hash = ?2 WHERE position = ?1";
        tamper.change(1, sql, params![event.position, hash]);
        last = Checkpoint { position: event.position, hash };
    }
}

#[tokio::test]
async fn a_log_that_was_computed_anew_is_found_with_a_checkpoint() {
    let (home, kept) = written().await;
    let file = copy(&home, "rewritten.db");
    let place = first(&Tamper::with(&file), "USER_CREATED");
    rewrite(&file, place).await;
    // From the inside it looks right.
    assert_eq!(verify(&home, &file, &[])["valid"], true);
    let end = kept.split(':').next().unwrap().parse().unwrap();
    found(&verify(&home, &file, &["--against", &kept]), "the log", end);
}

#[tokio::test]
async fn a_booking_that_was_changed_added_or_removed_past_the_door_is_named() {
    let (home, _) = written().await;
    let file = copy(&home, "changed.db");
    let tamper = Tamper::with(&file);
    let id = tamper.text("SELECT lower(hex(id)) FROM bookings WHERE status = 'confirmed'");
    tamper.change(1, "UPDATE bookings SET budget = 1 WHERE status = 'confirmed'", []);
    drop(tamper);
    let said = verify(&home, &file, &[]);
    assert_eq!(said["part"], "the bookings", "{said:#}");
    let fault = said["fault"].as_str().unwrap();
    assert!(fault.contains("budget") && fault.replace('-', "").contains(&id), "{fault}");

    let file = copy(&home, "removed.db");
    Tamper::with(&file).change(1, "DELETE FROM bookings WHERE status = 'cancelled'", []);
    let said = verify(&home, &file, &[]);
    assert!(said["fault"].as_str().unwrap().contains("its row is not"), "{said:#}");

    let file = copy(&home, "added.db");
    let tamper = Tamper::with(&file);
    let columns = tamper.text(
        "SELECT group_concat(name, ', ') FROM pragma_table_info('bookings') WHERE name <> 'id'",
    );
    let sql = format!(
        "INSERT INTO bookings (id, {columns})
         SELECT randomblob(16), {columns} FROM bookings WHERE status = 'cancelled'"
    );
    tamper.change(1, &sql, []);
    drop(tamper);
    let said = verify(&home, &file, &[]);
    assert!(said["fault"].as_str().unwrap().contains("its events are not"), "{said:#}");
}

#[tokio::test]
async fn a_dead_letter_that_somebody_took_away_is_missed() {
    let mut world = World::on_file().await;
    poisoned(&mut world, 2).await;
    world.server.stop().await;
    let taken = copy(&world.home, "taken.db");
    let tamper = Tamper::with(&taken);
    let rows = tamper.number("SELECT count(*) FROM deliveries");
    let first = "(SELECT min(position) FROM deliveries)";
    tamper.change(1, &format!("DELETE FROM deliveries WHERE position = {first}"), []);
    // The events were spoilt to make dead letters of them: they are put right, so that this alone is wrong.
    let right = "UPDATE events SET data = replace(data, '\"titel\":', '\"title\":')
        WHERE data LIKE '%\"titel\":%'";
    tamper.change(2, right, []);
    drop(tamper);
    let said = verify(&world.home, &taken, &[]);
    assert_eq!(said["part"], "the log", "{said:#}");
    let told = format!("\"booking-created\" has {} rows", rows - 1);
    assert!(said["fault"].as_str().unwrap().starts_with(&told), "{said:#}");
}

#[tokio::test]
async fn a_subscription_that_the_database_has_lost_is_named() {
    let (home, _) = written().await;
    assert_eq!(verify(&home, &home.database(), &[])["unregistered"], json!([]));
    let file = copy(&home, "lost.db");
    Tamper::with(&file).change(1, "DELETE FROM subscriptions WHERE name = 'reminders'", []);
    let said = verify(&home, &file, &[]);
    assert_eq!(said["unregistered"], json!(["reminders"]), "{said:#}");
    let url = format!("sqlite:{}", file.display());
    let told = home.rishi_with(&[("RISHI_DATABASE_URL", &url)], &["events", "verify"]).ok().stdout;
    assert!(told.contains("not in the database: reminders"), "{told}");
}

#[tokio::test]
async fn an_assignment_that_was_changed_added_or_removed_past_the_door_is_named() {
    let mut world = World::on_file().await;
    trust(&world).await;
    let (one, other) = (agent(&world).await, agent(&world).await);
    let booking = world.draft().await.id();
    assign(&world.admin, &booking, &[&one, &other]).await.is(201);
    world.draft().await;
    world.settle().await;
    world.server.stop().await;
    let home = &world.home;
    let said = verify(home, &home.database(), &[]);
    assert_eq!((&said["valid"], &said["assignments"]), (&json!(true), &json!(2)), "{said:#}");

    let changed =
        "UPDATE assignments SET hourly_rate = 1 WHERE id = (SELECT min(id) FROM assignments)";
    let removed = "DELETE FROM assignments WHERE id = (SELECT min(id) FROM assignments)";
    let moved =
        "UPDATE assignments SET booking_id = (SELECT id FROM bookings WHERE id <> booking_id)
        WHERE id = (SELECT min(id) FROM assignments)";
    for (name, sql, words) in [
        ("changed.db", changed, "in hourlyRate"),
        ("removed.db", removed, "whose row is not there"),
        ("moved.db", moved, "assignment"),
    ] {
        let file = copy(home, name);
        Tamper::with(&file).change(1, sql, []);
        let said = verify(home, &file, &[]);
        assert_eq!(said["part"], "the bookings", "{name}: {said:#}");
        assert!(said["fault"].as_str().unwrap().contains(words), "{name}: {said:#}");
    }
}

#[tokio::test]
async fn a_subscription_that_claims_more_than_there_is_is_named() {
    let (home, _) = written().await;
    let file = copy(&home, "ahead.db");
    let tamper = Tamper::with(&file);
    let end = tamper.number("SELECT max(position) FROM events");
    let ahead = "UPDATE subscriptions SET cursor = ?1 + 1 WHERE name = 'booking-created'";
    tamper.change(1, ahead, [end]);
    drop(tamper);
    let said = verify(&home, &file, &[]);
    found(&said, "the log", end + 1);
    assert!(said["fault"].as_str().unwrap().contains("booking-created"), "{said:#}");
}
