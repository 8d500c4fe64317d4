//! The circuit before the database.

mod outages;

use std::sync::Arc;
use std::time::Duration;

use rishi_app::commit::Commit;
use rishi_app::store::{QueryError, Store};
use rishi_bus::Ledger;
use rishi_domain::id::UserId;
use rishi_resilience::{BreakerSettings, Circuit, CircuitState, Circuits, Mode};
use rusqlite::Connection;
use rusqlite::ffi::{Error as Failure, SQLITE_BUSY, SQLITE_CONSTRAINT, SQLITE_FULL, SQLITE_IOERR};
use tempfile::TempDir;

use crate::sqlite::error::StoreError;
use crate::sqlite::{Sqlite, SqliteOptions};

/// A database behind a circuit that allows its calls so long.
async fn behind(timeout: Duration) -> (TempDir, Arc<Sqlite>, Arc<Circuit>) {
    let folder = TempDir::new().unwrap();
    let circuits = Circuits::new(Arc::new(|| Duration::ZERO));
    let circuit =
        circuits.of("database", BreakerSettings { timeout, ..BreakerSettings::default() });
    let options = SqliteOptions::new(folder.path().join("rishi.db"));
    let options = SqliteOptions { circuit: Some(Arc::clone(&circuit)), readers: 1, ..options };
    let store = Sqlite::open(options).await.unwrap();
    (folder, store, circuit)
}

fn failure(code: i32) -> Result<(), StoreError> {
    Err(rusqlite::Error::SqliteFailure(Failure::new(code), None).into())
}

fn endless(db: &Connection) -> Result<i64, StoreError> {
    let sql =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    Ok(db.query_row(sql, [], |row| row.get(0))?)
}

#[tokio::test]
async fn queries_that_take_too_long_are_interrupted_and_open_it() {
    let (_folder, store, circuit) = behind(Duration::from_millis(200)).await;
    for _ in 0..5 {
        // There is one connection: the next query gets it only if this one has ended.
        let answer = store.readers.scan(endless).await;
        assert!(matches!(answer, Err(StoreError::TooSlow)), "{answer:?}");
    }
    assert_eq!(circuit.snapshot().state, CircuitState::Open);
    let answer = store.memberships(UserId(uuid::Uuid::nil())).await;
    assert!(
        matches!(answer, Err(QueryError::CircuitOpen { retry_after }) if retry_after.as_secs() == 60)
    );
    let answer = store.commit(Commit::default()).await.unwrap_err().to_string();
    assert_eq!(answer, "the database is known to be down");
    let answer = store.fire_timers(jiff::Timestamp::UNIX_EPOCH, 1).await;
    assert!(answer.is_err(), "the bus does not get through either");
    store.ping().await.unwrap();
    circuit.hold(Mode::HeldClosed);
    store.memberships(UserId(uuid::Uuid::nil())).await.unwrap();
}

#[tokio::test]
async fn only_failures_of_the_database_itself_count() {
    let (_folder, store, circuit) = behind(Duration::from_secs(10)).await;
    for code in [SQLITE_BUSY, SQLITE_FULL, SQLITE_CONSTRAINT] {
        for _ in 0..30 {
            store.readers.point(|_| failure(code)).await.unwrap_err();
        }
        assert_eq!(circuit.snapshot().totals.failed, 0, "code {code}");
    }
    for _ in 0..5 {
        store.readers.point(|_| failure(SQLITE_IOERR)).await.unwrap_err();
    }
    let now = circuit.snapshot();
    assert_eq!(now.state, CircuitState::Open);
    let (last, _) = now.last_failure.unwrap();
    assert!(last.reason.contains("Error code 10"), "{}", last.reason);
}

#[tokio::test]
async fn held_open_it_still_recognises_callers_but_down_it_does_not() {
    let (_folder, store, circuit) = behind(Duration::from_secs(10)).await;
    circuit.hold(Mode::HeldOpen);
    store.readers.vital(|_| Ok(())).await.unwrap();
    store.readers.point(|_| Ok(())).await.unwrap_err();
    circuit.hold(Mode::Auto);
    for _ in 0..5 {
        store.readers.point(|_| failure(SQLITE_IOERR)).await.unwrap_err();
    }
    store.readers.vital(|_| Ok(())).await.unwrap_err();
}
