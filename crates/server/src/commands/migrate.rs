//! `rishi migrate`: brings the schema up to date and says what it did, and who may serve; with `--from` see [`moving`].

use std::process::ExitCode;

use rishi_store::{postgres, sqlite};
use serde_json::json;

use super::moving;
use crate::cli::Migrate;
use crate::config::{Config, Database};
use crate::failure::Failure;
use crate::output;

/// Creates the database when it is a file and there is none.
pub(super) async fn run(config: &Config, asked: Migrate) -> Result<ExitCode, Failure> {
    if let Some(from) = &asked.from {
        return moving::run(config, from, asked.output).await;
    }
    let (applied, version) = match &config.database {
        Database::File(_) if asked.grant_to.is_some() => {
            return Err(Failure::Refused(
                "--grant-to is for a PostgreSQL database: a file has no roles".to_owned(),
            ));
        }
        Database::File(path) => {
            let path = path.clone();
            let migrating = tokio::task::spawn_blocking(move || sqlite::migrate(&path)).await;
            let migrated = migrating
                .map_err(|error| Failure::broken("the migration was interrupted", error))?;
            let report = migrated.map_err(|error| Failure::open(config, error))?;
            (report.applied, report.version)
        }
        Database::Server(url) => {
            let migrated = postgres::migrate(url).await;
            let report = migrated.map_err(|error| Failure::open(config, error))?;
            if let Some(role) = &asked.grant_to {
                let granted = postgres::grant(url, role).await;
                granted.map_err(|error| Failure::open(config, error))?;
            }
            (report.applied, report.version)
        }
    };
    let database = config.database.to_string();
    if asked.output.json {
        let granted = &asked.grant_to;
        output::json(
            &json!({ "database": database, "version": version, "applied": applied, "grantedTo": granted }),
        )?;
    } else {
        for step in &applied {
            output::line(format_args!("applied {step}"))?;
        }
        output::line(format_args!("{database} is up to date at schema version {version}"))?;
        if let Some(role) = &asked.grant_to {
            output::line(format_args!("{role} may serve from it"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
