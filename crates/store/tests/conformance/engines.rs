//! The engines that are held to the suite.

use std::sync::Arc;

use rishi_store::postgres::{Postgres, PostgresOptions};
use rishi_store::sqlite::{Sqlite, SqliteOptions};
use rusqlite::{Connection, Row};
use tempfile::TempDir;

use crate::database::Database;
use crate::world::Fixture;

/// A file in a folder of its own.
pub(crate) struct SqliteFixture(TempDir);

impl Fixture for SqliteFixture {
    type Engine = Sqlite;

    const SOAK: u64 = 4_000;

    async fn fresh() -> Self {
        Self(TempDir::new().unwrap())
    }

    async fn open(&self) -> Arc<Sqlite> {
        Sqlite::open(SqliteOptions::new(self.0.path().join("rishi.db"))).await.unwrap()
    }

    async fn close(engine: Arc<Sqlite>) {
        engine.close().await;
    }

    async fn texts(&self, sql: &str) -> Vec<String> {
        let db = Connection::open(self.0.path().join("rishi.db")).unwrap();
        let mut statement = db.prepare(sql).unwrap();
        let columns = statement.column_count();
        let text = |row: &Row<'_>, column| row.get::<_, i64>(column).map(|found| found.to_string());
        let first = statement.query_row([], |row| {
            (0..columns).map(|column| text(row, column)).collect::<Result<Vec<_>, _>>()
        });
        first.unwrap()
    }
}

/// A database of its own on the tests' server.
pub(crate) struct PostgresFixture(Database);

impl Fixture for PostgresFixture {
    type Engine = Postgres;

    const SOAK: u64 = 1_200;

    async fn fresh() -> Self {
        Self(Database::fresh().await)
    }

    async fn open(&self) -> Arc<Postgres> {
        Postgres::open(PostgresOptions::new(self.0.url())).await.unwrap()
    }

    async fn close(engine: Arc<Postgres>) {
        engine.close().await;
    }

    async fn texts(&self, sql: &str) -> Vec<String> {
        let mut rows = crate::database::query(&self.0.url(), sql);
        rows.remove(0).into_iter().flatten().collect()
    }
}
