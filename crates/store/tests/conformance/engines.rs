//! The engines that are held to the suite.

use std::sync::Arc;

use rishi_store::sqlite::{Sqlite, SqliteOptions};
use tempfile::TempDir;

use crate::world::Fixture;

/// A file in a folder of its own.
pub(crate) struct SqliteFixture(TempDir);

impl Fixture for SqliteFixture {
    type Engine = Sqlite;

    async fn fresh() -> Self {
        Self(TempDir::new().unwrap())
    }

    async fn open(&self) -> Arc<Sqlite> {
        Sqlite::open(SqliteOptions::new(self.0.path().join("rishi.db"))).await.unwrap()
    }

    async fn close(engine: Arc<Sqlite>) {
        engine.close().await;
    }
}
