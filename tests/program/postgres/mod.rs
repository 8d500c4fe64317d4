//! The platform on PostgreSQL: one node, and two beside each other.

mod moving;
mod tls;

use std::time::Duration;

use serde_json::Value;

use crate::smoke::tour;
use crate::support::database::Database;
use crate::support::{Home, World, eventually};

/// A world on a schema that `rishi migrate` made.
async fn world() -> World {
    let home = Home::on_postgres().await;
    let migrated = home.rishi(&["migrate", "--json"]).json();
    assert!(!migrated["applied"].as_array().unwrap().is_empty(), "{migrated}");
    World::in_home(home).await
}

/// What `rishi events verify` says.
fn verified(home: &Home) -> Value {
    home.rishi(&["events", "verify", "--json"]).json()
}

#[tokio::test]
async fn postgres_the_newcomers_tour_is_the_same_and_survives_a_kill() {
    let mut world = world().await;
    tour(&world).await;
    world.settle().await;
    let made = world.book(40, 44).await.is(201).id();
    world.server.kill();
    let again = world.home.serve().await;
    world.moved_to(again);
    let read = world.manager.get(&format!("/api/bookings/{made}")).await.is(200);
    assert_eq!(read.body["status"], "draft");
    world.book(41, 42).await.refused(409, "location_conflict");
    world.settle().await;
    world.server.stop().await;
    let found = verified(&world.home);
    assert_eq!(found["valid"], true, "{found}");
}

#[tokio::test]
async fn postgres_a_server_touches_no_schema_and_says_what_is_missing() {
    let home = Home::on_postgres().await;
    let refused = home.rishi(&["serve"]);
    assert_eq!(refused.code, Some(1), "{refused:#?}");
    assert!(refused.stderr.contains("`rishi migrate`"), "{refused:#?}");
    home.rishi(&["migrate"]).ok();
    let keyless = home.rishi_with(&[("RISHI_SECRET_KEY", "")], &["serve"]);
    assert_eq!(keyless.code, Some(1), "{keyless:#?}");
    assert!(keyless.stderr.contains("secret_key"), "{keyless:#?}");
    let refused = home.rishi(&["backup", "copy"]);
    assert!(refused.stderr.contains("pg_dump"), "{refused:#?}");
}

#[tokio::test]
async fn postgres_two_nodes_share_places_events_and_reactions() {
    let world = world().await;
    let beside = world.home.serve().await;
    let there = world.manager.moved_to(&beside.base);
    let mut ids = Vec::new();
    for number in 0..6 {
        // In turn here and there, and each refuses what the other has taken.
        let (from, to) = (number * 10, number * 10 + 4);
        let body = crate::support::booking(&world.organization, Some(&world.location), from, to);
        let [one, other] = match number % 2 {
            0 => [&world.manager, &there],
            _ => [&there, &world.manager],
        };
        ids.push(one.post("/api/bookings", &body).await.is(201).id());
        other.post("/api/bookings", &body).await.refused(409, "location_conflict");
        other.get(&format!("/api/bookings/{}", ids[ids.len() - 1])).await.is(200);
    }
    world.settle().await;
    for id in &ids {
        let told = eventually("the manager is told of it", async || {
            let rows = World::inbox_about(&there, id).await;
            (!rows.is_empty()).then_some(rows)
        })
        .await;
        let of_its_creation = told.iter().filter(|row| row["title"] == "New Booking Created");
        assert_eq!(of_its_creation.count(), 1, "two nodes react once: {told:?}");
    }
    drop(beside);
    let found = verified(&world.home);
    assert_eq!(found["valid"], true, "{found}");
}

#[tokio::test]
async fn postgres_work_resumes_within_ten_seconds_of_lost_connections() {
    let world = world().await;
    let address = world.home.url();
    let (client, connection) =
        tokio_postgres::connect(&address, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    world.book(0, 1).await.is(201);
    let end_all = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    for number in 1..6 {
        client.execute(end_all, &[]).await.unwrap();
        let resumed = async {
            while world.book(number * 2, number * 2 + 1).await.status != 201 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), resumed).await.expect("work resumes");
    }
    world.settle().await;
    let found = verified(&world.home);
    assert_eq!(found["valid"], true, "{found}");
}

#[tokio::test]
async fn postgres_nodes_go_on_while_the_schema_moves_ahead_and_none_starts_that_is_too_old() {
    let world = world().await;
    world.book(0, 1).await.is(201);
    // What a newer release does first: it adds, and nodes that do not know it yet go on.
    let ahead = "ALTER TABLE bookings ADD COLUMN later text;
        ALTER TABLE events ADD COLUMN later bigint NOT NULL DEFAULT 7;
        CREATE TABLE later (id uuid PRIMARY KEY);
        INSERT INTO refinery_schema_history (version, name, applied_on, checksum) VALUES (1000, 'later', '', '')";
    Database::change(&world.home, ahead);
    world.book(2, 3).await.is(201);
    let beside = world.home.serve().await;
    let there = world.manager.moved_to(&beside.base);
    let body = crate::support::booking(&world.organization, Some(&world.location), 4, 5);
    there.post("/api/bookings", &body).await.is(201);
    there.post("/api/bookings", &body).await.refused(409, "location_conflict");
    world.settle().await;
    assert_eq!(verified(&world.home)["valid"], true);

    // And last: what an older one cannot live with.
    Database::change(&world.home, "UPDATE platform SET needs = 1000");
    for arguments in [["serve"].as_slice(), &["migrate"], &["events", "verify"]] {
        let refused = world.home.rishi(arguments);
        assert_eq!(refused.code, Some(1), "{refused:#?}");
        assert!(refused.stderr.contains("install a newer release"), "{refused:#?}");
    }
}
