//! The database that a process stands on.

use std::sync::Arc;
use std::time::Duration;

use rishi_resilience::{BreakerSettings, Circuit};
use rishi_store::Engine;
use rishi_store::postgres::{Postgres, PostgresOptions};
use rishi_store::sqlite::{Sqlite, SqliteOptions};

use crate::config::{Config, Database};
use crate::failure::Failure;

/// When the database's circuit opens and how soon it tries again: a server comes back by itself, so soon.
pub(super) fn settings(config: &Config) -> BreakerSettings {
    let settings = BreakerSettings::default();
    match config.database {
        Database::File(_) => settings,
        Database::Server(_) => BreakerSettings { open: Duration::from_secs(3), ..settings },
    }
}

/// The engine that the database's address names. What is not as safe there as it could be is said in the log.
pub(super) async fn open(
    config: &Config,
    circuit: Arc<Circuit>,
) -> Result<Arc<dyn Engine>, Failure> {
    match &config.database {
        Database::File(path) => {
            let options = SqliteOptions { circuit: Some(circuit), ..SqliteOptions::new(path) };
            let opened = Sqlite::open(options).await;
            Ok(opened.map_err(|error| Failure::open(config, error))?)
        }
        Database::Server(url) => {
            let options = PostgresOptions { circuit: Some(circuit), ..PostgresOptions::new(url) };
            let opened = Postgres::open(options).await;
            let opened = opened.map_err(|error| Failure::open(config, error))?;
            if !opened.is_behind_the_second_wall() {
                tracing::warn!(
                    "the database keeps no rows from this role, which is a superuser or has BYPASSRLS: the second wall \
                     between organizations does not stand; see docs/postgresql.md#roles"
                );
            }
            Ok(opened)
        }
    }
}
