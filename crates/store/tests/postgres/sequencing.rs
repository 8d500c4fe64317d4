//! Positions are given after the commit, by whoever comes first.

use std::time::Duration;

use rishi_app::Store as _;
use rishi_app::events::subject;
use rishi_bus::{Checkpoint, Desk as _, Ledger as _, chain};
use rishi_store::postgres::{Postgres, PostgresOptions};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::support::House;

/// Leaves an event behind, as a process does that dies after its commit.
async fn leave(db: &Client, event: Uuid, about: Uuid) {
    let sql = "INSERT INTO unsequenced (batch, number, id, type, source, subject_kind, subject_id,
            schema_version, timestamp, data)
         VALUES (nextval('unsequenced_batches'), 1, $1, 'SOMETHING_LEFT', 'test', 'organization', $2,
            1, 0, '{}')";
    db.execute(sql, &[&event, &about]).await.unwrap();
}

/// Looks until the head stands there.
async fn reached(house: &House, head: u64) {
    let looking = async {
        while house.store.refresh_head().await.unwrap() < head {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), looking).await.unwrap();
}

#[tokio::test]
async fn what_a_dead_process_left_is_sequenced_by_another() {
    let house = House::new().await;
    let db = house.database.connect().await;
    let left: [Uuid; 2] = [house.app.ids.next(), house.app.ids.next()];
    leave(&db, left[0], house.operator.id.0).await;
    reached(&house, 2).await;
    leave(&db, left[1], house.operator.id.0).await;
    // A process that starts looks by itself.
    let beside = house.beside().await;
    let mut head = beside.head();
    head.wait_for(|head| *head == 3).await.unwrap();
    let log = house.log().await;
    assert_eq!([log[1].id, log[2].id], left);
    assert_eq!([log[0].version, log[1].version, log[2].version], [1, 2, 3]);
}

/// Leaves events behind in batches, for the round that is next.
async fn leave_many(db: &Client, batches: i64, events: i64) {
    let sql = "INSERT INTO unsequenced (batch, number, id, type, source, subject_kind, subject_id,
            schema_version, timestamp, data)
         SELECT $1 - batch, number, gen_random_uuid(), 'SOMETHING_LEFT', 'test', 'thing',
            gen_random_uuid(), 1, 0, format('{\"batch\":%s,\"number\":%s}', $1 - batch, number)
           FROM generate_series(0, $1::bigint - 1) AS batch, generate_series(1, $2::bigint) AS number";
    db.execute(sql, &[&batches, &events]).await.unwrap();
}

#[tokio::test]
async fn a_heap_is_taken_in_the_order_of_batches_and_each_of_them_whole() {
    let house = House::new().await;
    let db = house.database.connect().await;
    // More than a round takes, in batches that do not fill one evenly.
    leave_many(&db, 9, 333).await;
    reached(&house, 1 + 9 * 333).await;
    let log = house.store.read(1, 3_000).await.unwrap();
    let told: Vec<_> = log.iter().map(|event| event.data.get().to_owned()).collect();
    let batch = |batch| (1..=333).map(move |n| format!("{{\"batch\":{batch},\"number\":{n}}}"));
    assert_eq!(told, (1..=9).flat_map(batch).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_was_moved_is_swept_up() {
    let mut house = House::new().await;
    // By the owner: before PostgreSQL 17 nobody else may.
    house.store.close().await;
    house.store =
        Postgres::open(PostgresOptions::new(house.database.url_of_owner())).await.unwrap();
    let db = house.database.connect().await;
    leave_many(&db, 100, 11).await;
    reached(&house, 1 + 100 * 11).await;
    let swept = async {
        let sql = "SELECT vacuum_count > 0 FROM pg_stat_user_tables
             WHERE relid = 'unsequenced'::regclass";
        while !db.query_one(sql, &[]).await.unwrap().get::<_, bool>(0) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), swept).await.unwrap();
}

#[tokio::test]
async fn who_commits_late_gets_a_later_position_and_holds_nobody_up() {
    let house = House::new().await;
    let mut db = house.database.connect().await;
    let late = house.app.ids.next();
    let transaction = db.transaction().await.unwrap();
    let sql = "INSERT INTO unsequenced (batch, number, id, type, source, subject_kind, subject_id,
            schema_version, timestamp, data)
         VALUES (nextval('unsequenced_batches'), 1, $1, 'SOMETHING_LATE', 'test', 'late', $1, 1, 0, '{}')";
    transaction.execute(sql, &[&late]).await.unwrap();
    let mut early = Vec::new();
    for _ in 0..3 {
        let (row, commit) = house.organization();
        house.store.commit(commit).await.unwrap();
        early.push(row.id.0);
    }
    assert_eq!(*house.store.head().borrow(), 4, "nobody waits for the one that is open");
    transaction.commit().await.unwrap();
    reached(&house, 5).await;
    let log = house.log().await;
    let told: Vec<Uuid> = log[1..4].iter().map(|event| event.subject.id()).collect();
    assert_eq!((told, log[4].id), (early, late));
}

#[tokio::test]
async fn what_one_commit_says_stays_together_and_the_chain_holds_across_processes() {
    let house = House::new().await;
    let beside = house.beside().await;
    let mut running = tokio::task::JoinSet::new();
    for number in 0..60 {
        let (row, mut commit) = house.organization();
        for _ in 0..number % 4 {
            let told = commit.events[0].clone();
            commit.events.push(rishi_bus::NewEvent { id: house.app.ids.next(), ..told });
        }
        let store = if number % 2 == 0 { house.store.clone() } else { beside.clone() };
        running.spawn(async move { (row.id, commit.events.len(), store.commit(commit).await) });
    }
    let mut told = 1;
    for (id, events, committed) in running.join_all().await {
        let rishi_app::commit::Committed::Fresh { first: Some(first), .. } = committed.unwrap()
        else {
            panic!("the commit is in the log when it is answered");
        };
        let log = house.store.read(first - 1, events).await.unwrap();
        for (version, event) in (1..).zip(log) {
            assert_eq!((&event.subject, event.version), (&subject::organization(id), version));
        }
        told += events as u64;
    }
    assert_eq!(house.store.refresh_head().await.unwrap(), told);
    let mut tip = Checkpoint::GENESIS;
    for (event, hash) in house.store.chain(0, 1_000).await.unwrap() {
        assert_eq!(event.position, tip.position + 1);
        assert_eq!(hash, chain::link(&tip.hash, &event));
        tip = Checkpoint { position: event.position, hash };
    }
    assert_eq!(tip.position, told);
}
