//! `rishi backup`: a copy of the database at one moment, also while a server writes.

use std::fs::File;
use std::io::{IsTerminal, stderr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rishi_store::sqlite::{Progress, Sqlite, SqliteOptions};
use serde_json::json;

use super::files;
use crate::cli::Backup;
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

/// The copy is made beside its final place and moved there once it is whole and on the disk, so
/// that a file of the wanted name is always a whole backup.
pub(super) async fn run(config: &Config, backup: Backup) -> Result<(), Failure> {
    let to = backup.path;
    if to.exists() {
        return Err(Failure::Refused(format!("{} exists already; name a new file", to.display())));
    }
    let database = files::database(config, "pg_dump or pg_basebackup")?;
    if !database.exists() {
        return Err(Failure::Refused(format!("there is no database at {}", database.display())));
    }
    let opened = Sqlite::open(SqliteOptions::new(database)).await;
    let store = opened.map_err(|error| Failure::open(config, error))?;
    let (source, target) = (Arc::clone(&store), to.clone());
    let copying = tokio::task::spawn_blocking(move || copy(&source, &target)).await;
    store.close().await;
    let bytes = copying.map_err(|error| Failure::broken("the backup was interrupted", error))??;
    if backup.output.json {
        output::json(&json!({ "path": to.display().to_string(), "bytes": bytes }))?;
    } else {
        output::line(format_args!("backed up to {} ({} KiB)", to.display(), bytes.div_ceil(1024)))?;
    }
    Ok(())
}

fn copy(store: &Sqlite, to: &Path) -> Result<u64, Failure> {
    let partial = files::beside(to, "partial");
    let done = copy_whole(store, &partial, to);
    if done.is_err() {
        files::remove(&partial);
    }
    done
}

fn copy_whole(store: &Sqlite, partial: &PathBuf, to: &Path) -> Result<u64, Failure> {
    let failed =
        |source| Failure::broken(format!("cannot write the backup {}", to.display()), source);
    // Made here, so that it is new and nobody else may read it.
    files::create_private(partial).map_err(failed)?;
    let shown = stderr().is_terminal();
    store
        .backup(partial, &mut |Progress { done, total }| {
            if shown {
                eprint!("\rbacking up: {} %", done * 100 / total.max(1));
            }
        })
        .map_err(|error| {
            Failure::broken(format!("cannot write the backup {}", to.display()), error)
        })?;
    if shown {
        eprintln!();
    }
    let bytes = File::open(partial).and_then(|file| file.metadata()).map_err(failed)?.len();
    files::put_in_place(partial, to).map_err(failed)?;
    Ok(bytes)
}
