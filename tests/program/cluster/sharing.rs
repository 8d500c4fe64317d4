//! Who does what when all is well: each thing once, and evenly shared.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Town;
use crate::notifications::postbox::Postbox;
use crate::support::{Home, eventually};

#[tokio::test]
async fn postgres_three_nodes_share_the_work_and_each_thing_is_done_once() {
    let scratch = Home::on_postgres().await;
    let postbox = Postbox::open(&scratch, 0);
    let mail = Postbox::environment(postbox.port);
    let mut environment = super::NODE.to_vec();
    environment.extend(mail.iter().map(|(name, value)| (*name, value.as_str())));
    let town = Town::configured(3, &environment).await;
    let counts = town.shared_by(3).await;
    assert!(counts.values().all(|count| *count > 5), "{counts:?}");
    let bookings = town.book(15).await;
    town.told_once(&bookings).await;
    town.noted_once(&bookings).await;
    town.is_whole().await;
    town.told_once(&bookings).await;
    // A mail for each notification: of every booking the manager got one, under a key of its own.
    let mails = postbox.take(bookings.len()).await;
    let mut times = BTreeMap::<String, usize>::new();
    for mail in &mails {
        *times.entry(mail["headers"]["message-id"].to_string()).or_default() += 1;
    }
    assert!(times.values().all(|times| *times == 1), "{times:?}");
    assert!(times.len() >= bookings.len(), "{times:?}");
}

#[tokio::test]
async fn postgres_a_joining_node_gets_its_share_and_a_stopped_one_leaves_it_at_once() {
    let mut town = Town::of(1).await;
    let all = town.shared_by(1).await.into_values().next().unwrap();
    let before = town.book(3).await;
    town.beside.push(town.world.home.serve_with(&super::NODE).await);
    let counts = town.shared_by(2).await;
    assert_eq!(counts.values().sum::<u64>(), all, "{counts:?}");
    let between = town.book(6).await;
    town.told_once(&[before, between].concat()).await;
    town.beside[0].stop().await;
    // It gave back what it had, and is no node any more.
    let status = town.status();
    assert_eq!(status["nodes"].as_array().unwrap().len(), 1, "{status}");
    town.beside.clear();
    assert_eq!(town.shared_by(1).await.into_values().sum::<u64>(), all);
    let after = town.book(3).await;
    town.told_once(&after).await;
    town.is_whole().await;
    assert!(!town.world.server.log().contains("a lease ran out"), "nothing was lost on the way");
}

#[tokio::test]
async fn postgres_timers_fire_once_on_three_nodes() {
    let town = Town::of(3).await;
    for number in 0..4 {
        let (from, to) = (200 + number * 10, 204 + number * 10);
        let booking = town.world.book(from, to).await.is(201).id();
        town.world.manager.transition(&booking, "pending_approval").await.is(200);
        town.world.admin.transition(&booking, "approved").await.is(200);
        town.world.admin.transition(&booking, "confirmed").await.is(200);
    }
    town.world.settle().await;
    let (db, connection) =
        tokio_postgres::connect(&town.world.home.url(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    // As the platform says it: the database shows nothing before.
    db.batch_execute("SET rishi.scope = 'all'").await.unwrap();
    let set: i64 = db.query_one("SELECT count(*) FROM timers", &[]).await.unwrap().get(0);
    assert!(set >= 4, "there is something to fire: {set}");
    let head: i64 = db.query_one("SELECT position FROM log_head", &[]).await.unwrap().get(0);
    db.execute("UPDATE timers SET due_at = 0", &[]).await.unwrap();
    let left = "SELECT count(*) FROM timers WHERE due_at = 0";
    eventually("all have fired", async || {
        let left: i64 = db.query_one(left, &[]).await.unwrap().get(0);
        (left == 0).then_some(())
    })
    .await;
    town.world.settle().await;
    let sql = "SELECT count(*), count(DISTINCT (type, subject_id, data)) FROM events
        WHERE position > $1 AND type = 'BOOKING_REMINDER_DUE'";
    let fired = db.query_one(sql, &[&head]).await.unwrap();
    let (fired, distinct): (i64, i64) = (fired.get(0), fired.get(1));
    assert!(fired > 0 && fired == distinct, "{fired} events, {distinct} different ones");
    town.is_whole().await;
}

#[tokio::test]
async fn postgres_the_cluster_is_shown_alike_by_every_node_and_at_the_command_line() {
    let town = Town::of(2).await;
    town.shared_by(2).await;
    let there = town.world.admin.moved_to(&town.beside[0].base);
    for (client, address) in
        [(&town.world.admin, town.world.server.address()), (&there, town.beside[0].address())]
    {
        let seen = client.get("/api/system/cluster").await.is(200).body;
        let nodes = seen["nodes"].as_array().unwrap();
        let own = nodes.iter().find(|one| one["id"] == seen["node"]).unwrap();
        assert_eq!(own["address"], address);
        assert_eq!(own["roles"], serde_json::json!(["api", "worker"]));
        assert!(own["heartbeatAgeMs"].as_u64().unwrap() < 7_000, "{own}");
        assert_eq!((&seen["shared"], nodes.len()), (&Value::Bool(true), 2));
        let leases = seen["leases"].as_array().unwrap();
        let one = |unit: &str| leases.iter().find(|one| one["unit"] == unit).unwrap();
        assert!(one("subscription/booking-created")["lagEvents"].is_u64());
        assert!(one("webhooks")["token"].as_u64() >= Some(1));
        assert!(seen["sequencer"]["head"].as_u64() > Some(0));
    }
    town.world.manager.get("/api/system/cluster").await.refused(403, "forbidden");
    let shown = town.world.home.rishi(&["cluster", "status"]).ok().stdout;
    for word in [&town.world.server.address(), "subscription/booking-created", "alive", "TOKEN"] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
    let metrics = reqwest::get(format!("{}/metrics", town.world.server.base)).await.unwrap();
    let metrics = metrics.text().await.unwrap();
    let held = metrics.lines().find_map(|line| line.strip_prefix("rishi_leases_held "));
    assert!(held.unwrap().parse::<u64>().unwrap() > 5, "{held:?}");
    assert!(metrics.contains("rishi_lease_changes_total{way=\"taken\"}"), "{metrics}");
}
