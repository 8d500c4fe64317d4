//! Connections break at any moment, and nobody is told a falsehood.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rishi_app::Store as _;
use rishi_app::commit::{Change, CommitError};
use rishi_bus::Desk as _;
use rishi_domain::organization::Organization;

use crate::support::House;

/// Ends all other connections to this database, as a server does that is restarted.
const END_ALL: &str = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i1_what_was_answered_holds_while_connections_are_ended_in_a_loop() {
    let house = House::new().await;
    let db = house.database.connect().await;
    let done = Arc::new(AtomicBool::new(false));
    let ending = tokio::spawn({
        let done = Arc::clone(&done);
        async move {
            let mut ended = 0;
            while !done.load(Ordering::Relaxed) {
                ended += db.query_one(END_ALL, &[]).await.unwrap().get::<_, i64>(0);
                tokio::time::sleep(Duration::from_millis(15)).await;
            }
            ended
        }
    });
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let commits: Vec<_> = std::iter::repeat_with(|| house.organization()).take(25).collect();
        let store = Arc::clone(&house.store);
        running.spawn(async move {
            let mut outcomes = Vec::new();
            for (row, commit) in commits {
                outcomes.push((row, store.commit(commit).await));
            }
            outcomes
        });
    }
    let outcomes: Vec<_> = running.join_all().await.into_iter().flatten().collect();
    done.store(true, Ordering::Relaxed);
    assert!(ending.await.unwrap() > 20, "connections were ended");

    // The engine goes on by itself.
    let (row, commit) = house.organization();
    house.store.commit(commit).await.unwrap();
    let db = house.database.connect().await;
    let is_there = async |row: &Organization| {
        let sql = "SELECT count(*) FROM organizations WHERE id = $1";
        db.query_one(sql, &[&row.id.0]).await.unwrap().get::<_, i64>(0) == 1
    };
    let log = house.log().await;
    let told = |row: &Organization| log.iter().filter(|one| one.subject.id() == row.id.0).count();
    assert!(is_there(&row).await && told(&row) == 1);
    let mut made = 0;
    for (row, outcome) in outcomes {
        let there = is_there(&row).await;
        assert_eq!(told(&row), usize::from(there), "row and event of {}", row.id);
        match outcome {
            Ok(_) => assert!(there, "what was answered is there"),
            Err(CommitError::Unavailable(why)) if why.contains("not known") => {}
            Err(CommitError::Unavailable(_)) => assert!(!there, "what was refused is not there"),
            Err(error) => panic!("{error:?}"),
        }
        made += usize::from(there);
    }
    assert!(made > 0, "some commits were made meanwhile");
    let positions: Vec<u64> = log.iter().map(|event| event.position).collect();
    assert_eq!(positions, (1..=log.len() as u64).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reading_goes_on_after_all_connections_were_ended() {
    let house = House::new().await;
    let db = house.database.connect().await;
    for _ in 0..5 {
        house.store.ping().await.unwrap();
        house.store.standings().await.unwrap();
        db.query_one(END_ALL, &[]).await.unwrap();
        // The news may come a moment later.
        let again = async {
            while house.store.ping().await.is_err() || house.store.standings().await.is_err() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(5), again).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_changes_that_wait_for_each_other_crosswise_one_is_made() {
    let house = House::new().await;
    let [(one, first), (other, second)] = [house.organization(), house.organization()];
    for commit in [first, second] {
        house.store.commit(commit).await.unwrap();
    }
    // Each puts both, in the opposite order; whoever comes second finds another version.
    let crosswise = |rows: [&Organization; 2]| {
        let (_, mut commit) = house.organization();
        let told = commit.events.remove(0);
        commit.changes.clear();
        for row in rows {
            let row = Organization { version: row.version + 1, ..row.clone() };
            let about = rishi_app::events::subject::organization(row.id);
            let id = house.app.ids.next();
            commit.events.push(rishi_bus::NewEvent { id, subject: about, ..told.clone() });
            commit.changes.push(Change::Organization(Box::new(row)));
        }
        commit
    };
    let (there, back) = (crosswise([&one, &other]), crosswise([&other, &one]));
    let (there, back) = tokio::join!(house.store.commit(there), house.store.commit(back));
    let outcomes = [there, back];
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    let refused = outcomes.into_iter().find_map(Result::err).unwrap();
    assert!(matches!(refused, CommitError::VersionConflict { .. }), "{refused:?}");
}
