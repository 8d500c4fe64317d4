//! `rishi migrate --from sqlite:PATH`: everything that a file holds, copied to a server.
//!
//! What is copied is judged there before it may be used: the log's chain is recomputed, every subscription is held against
//! it, and every booking against its events.

use std::io::{IsTerminal, stderr};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use rishi_app::App;
use rishi_app::sealing::Sealer;
use rishi_app::webhooks::opens;
use rishi_bus::SystemClock;
use rishi_domain::id::WebhookId;
use rishi_store::Engine;
use rishi_store::moving::{Copied, CopyError, Original, Stage};
use rishi_store::postgres::{Postgres, PostgresOptions};
use serde_json::json;

use super::events_verify::look;
use super::tables::counted;
use crate::cli::Output;
use crate::config::{Config, Database, database};
use crate::failure::Failure;
use crate::{output, secret_key};

/// Refuses while anybody uses the file, and a database that holds anything but an earlier part of the same copy.
pub(super) async fn run(config: &Config, from: &str, how: Output) -> Result<ExitCode, Failure> {
    let from = match database(from).map_err(|why| Failure::Refused(format!("--from: {why}")))? {
        Database::File(path) => path,
        Database::Server(_) => {
            return Err(Failure::Refused(
                "--from names a PostgreSQL database; only a file (sqlite:PATH) is moved. Use pg_dump and pg_restore"
                    .to_owned(),
            ));
        }
    };
    let Database::Server(to) = &config.database else {
        return Err(Failure::Refused(format!(
            "a file is moved to a PostgreSQL database, and {} is none: name it with --to postgres://USER@HOST/NAME",
            config.database
        )));
    };
    let original = Original::hold(&from).await.map_err(failed)?;
    check_key(config, &from, &original).await?;
    let mut shown = Shown::new();
    let copied = original.copy(to, &mut |stage, done, total| shown.at(stage, done, total)).await;
    let copied = copied.map_err(failed)?;
    let store = open(to).await.map_err(|error| Failure::open(config, error))?;
    let judged = judge(&store, &copied).await;
    store.close().await;
    judged?;
    copied.finish().await.map_err(failed)?;
    tell(config, &from, &copied, how)?;
    Ok(ExitCode::SUCCESS)
}

/// Secrets are copied as they lie there, so the key that opens them must be the one that is configured for the server.
async fn check_key(config: &Config, from: &Path, original: &Original) -> Result<(), Failure> {
    let file = secret_key::beside(from);
    let here = file.exists().then(|| file.display().to_string());
    let Some(key) = &config.secret_key else {
        let how = match here {
            Some(file) => format!("this file's is in {file}: set RISHI_SECRET_KEY_FILE={file}"),
            None => "set the one that this file was served with".to_owned(),
        };
        return Err(Failure::Refused(format!(
            "secret_key is missing: on a PostgreSQL database every process needs the same one, and {how}"
        )));
    };
    let sealer = Sealer::new(&key.0);
    for (endpoint, secrets) in original.sealed().await.map_err(failed)? {
        if secrets.iter().any(|secret| !opens(&sealer, WebhookId(endpoint), secret)) {
            let hint = here.map_or(String::new(), |file| format!("; it may be the one in {file}"));
            return Err(Failure::Refused(format!(
                "secret_key is not the key under which the secrets of {} are kept{hint}",
                from.display()
            )));
        }
    }
    Ok(())
}

async fn open(to: &str) -> Result<Arc<dyn Engine>, rishi_store::postgres::OpenError> {
    let options = PostgresOptions { unfinished: true, ..PostgresOptions::new(to) };
    Ok(Postgres::open(options).await?)
}

async fn judge(store: &Arc<dyn Engine>, copied: &Copied) -> Result<(), Failure> {
    let app = App::new(store.clone(), store.clone(), Arc::new(SystemClock));
    match look(store, &app, Some(copied.head)).await? {
        Ok(_) => Ok(()),
        Err(misfit) => Err(Failure::Refused(format!(
            "the file does not fit together: {}: {}. `rishi events verify` says the same there; the copy is not used",
            misfit.part, misfit.what
        ))),
    }
}

fn tell(config: &Config, from: &Path, copied: &Copied, how: Output) -> Result<(), Failure> {
    let (from, to) = (from.display().to_string(), config.database.to_string());
    let rows: u64 = copied.tables.iter().map(|(_, rows)| rows).sum();
    if how.json {
        let tables: serde_json::Map<String, serde_json::Value> =
            copied.tables.iter().map(|(name, rows)| (name.clone(), (*rows).into())).collect();
        return output::json(&json!({
            "from": from,
            "to": to,
            "tables": tables,
            "rows": rows,
            "rowsFromBefore": copied.before,
            "head": copied.head.position,
            "checkpoint": copied.head.to_string(),
            "verified": true,
        }));
    }
    for (name, rows) in copied.tables.iter().filter(|(_, rows)| *rows > 0) {
        output::line(format_args!("{name:<26} {rows:>10}"))?;
    }
    if copied.before > 0 {
        let before = counted(copied.before, "row");
        output::line(format_args!("{before} had been copied before"))?;
    }
    output::line(format_args!("{} copied from {from} to {to} and compared", counted(rows, "row")))?;
    output::line("the log is one chain there, and subscriptions and bookings are true to it")?;
    output::line(format_args!("checkpoint {}", copied.head))?;
    output::line(format_args!("keep {from} as a backup, and serve it no more"))
}

/// How far it is: one line that is written over, or one for each table where nobody looks.
struct Shown {
    terminal: bool,
    last: Option<(String, u64)>,
}

impl Shown {
    fn new() -> Self {
        Self { terminal: stderr().is_terminal(), last: None }
    }

    fn at(&mut self, stage: Stage<'_>, done: u64, total: u64) {
        let what = match stage {
            Stage::Verifying => "verifying the log".to_owned(),
            Stage::Copying(table) => format!("copying {table}"),
            Stage::Comparing(table) => format!("comparing {table}"),
        };
        let percent = done.saturating_mul(100) / total.max(1);
        let now = (what, percent.min(100));
        if self.last.as_ref() == Some(&now) {
            return;
        }
        let (what, percent) = &now;
        let ended = done >= total;
        if self.terminal {
            eprint!("\r{what}: {percent} %\x1b[K{}", if ended { "\n" } else { "" });
        } else if ended && total > 0 {
            output::remark(format_args!("{what}: {done} of {total}"));
        }
        self.last = Some(now);
    }
}

fn failed(error: CopyError) -> Failure {
    Failure::broken("the database is not moved", error)
}
