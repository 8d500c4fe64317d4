//! `rishi migrate`: brings the schema up to date and says what it did.

use rishi_store::sqlite;
use serde_json::json;

use crate::cli::Output;
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

/// Creates the database when there is none.
pub(super) async fn run(config: &Config, output: Output) -> Result<(), Failure> {
    let path = config.database.clone();
    let migrating = tokio::task::spawn_blocking(move || sqlite::migrate(&path)).await;
    let migrated =
        migrating.map_err(|error| Failure::broken("the migration was interrupted", error))?;
    let report = migrated.map_err(|error| Failure::open(config, error))?;
    if output.json {
        let database = config.database.display().to_string();
        output::json(&json!({
            "database": database, "version": report.version, "applied": report.applied
        }))?;
    } else {
        for step in &report.applied {
            output::line(format_args!("applied {step}"))?;
        }
        let database = config.database.display();
        output::line(format_args!(
            "{database} is up to date at schema version {}",
            report.version
        ))?;
    }
    Ok(())
}
