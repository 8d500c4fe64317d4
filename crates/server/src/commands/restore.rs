//! `rishi restore`: a backup takes the database's place.
//!
//! The backup is copied beside the database, the copy is checked (every page of it, and that it is a
//! database of this platform) and only then moved into place, so that a bad backup, a full disk or a
//! power loss leave the present database as it was.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rishi_store::sqlite::{OpenError, verify};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use serde_json::json;

use super::files;
use crate::cli::Restore;
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

/// How long to wait for whoever is about to let the database go.
const PATIENCE: Duration = Duration::from_millis(500);

/// Refuses while a server (or anybody else) holds the database.
pub(super) async fn run(config: &Config, restore: Restore) -> Result<(), Failure> {
    let to = files::database(config, "pg_restore")?.to_owned();
    let (from, force) = (restore.path, restore.force);
    let (backup, database) = (from.display().to_string(), to.display().to_string());
    let restoring = tokio::task::spawn_blocking(move || put_back(&from, &to, force)).await;
    let events =
        restoring.map_err(|error| Failure::broken("the restore was interrupted", error))??;
    if restore.output.json {
        output::json(&json!({ "database": database, "backup": backup, "events": events }))?;
    } else {
        output::line(format_args!("restored {database} from {backup} ({events} events)"))?;
    }
    Ok(())
}

fn put_back(from: &Path, to: &Path, force: bool) -> Result<u64, Failure> {
    if !from.is_file() {
        return Err(Failure::Refused(format!("there is no backup at {}", from.display())));
    }
    let wal = fs::metadata(files::with_suffix(from, "-wal"));
    if wal.is_ok_and(|wal| wal.len() > 0) {
        return Err(Failure::Refused(format!(
            "{} is a database in use, not a backup: changes lie in the -wal file beside it; \
             make a backup of it with `rishi backup`",
            from.display()
        )));
    }
    if to.exists() && !force {
        return Err(Failure::Refused(format!(
            "there is a database at {} already; move it away, or replace it with --force",
            to.display()
        )));
    }
    if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let made = fs::create_dir_all(folder);
        made.map_err(|error| {
            Failure::broken(format!("cannot create the folder {}", folder.display()), error)
        })?;
    }
    let copy = files::beside(to, "restoring");
    let events = replace(from, to, &copy);
    files::remove(&copy);
    events
}

fn replace(from: &Path, to: &Path, copy: &Path) -> Result<u64, Failure> {
    let failed = |source| Failure::broken(format!("cannot restore {}", to.display()), source);
    files::create_private(copy).map_err(failed)?;
    fs::copy(from, copy).map_err(failed)?;
    let events = verify(copy).map_err(|error| match error {
        OpenError::Foreign(_) => {
            Failure::Refused(format!("{} is not a backup of a Rishi database", from.display()))
        }
        other => {
            Failure::broken(format!("{} is damaged; use another backup", from.display()), other)
        }
    })?;
    if to.exists() {
        release(to)?;
    }
    files::put_in_place(copy, to).map_err(failed)?;
    Ok(events)
}

/// Makes sure that nobody uses the database, and that no log is left beside it which would be taken
/// for the new one's.
fn release(database: &Path) -> Result<(), Failure> {
    let in_use = || {
        Failure::Refused(format!(
            "{} is in use; stop the server (or whoever uses it) first",
            database.display()
        ))
    };
    // With exclusive locking, reading a database that anybody else has open fails, and closing it
    // moves the write-ahead log into the file.
    let alone =
        Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_WRITE).and_then(|db| {
            db.busy_timeout(PATIENCE)?;
            db.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
            db.execute_batch("BEGIN EXCLUSIVE; COMMIT")?;
            db.close().map_err(|(_, error)| error)
        });
    match alone {
        Ok(()) => {}
        Err(error) => match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => return Err(in_use()),
            // What is no database any more may be replaced, which is what restoring is for.
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {}
            _ => return Err(Failure::broken(format!("cannot open {}", database.display()), error)),
        },
    }
    for suffix in ["-wal", "-shm"] {
        let beside = files::with_suffix(database, suffix);
        if beside.exists() {
            let removed = fs::remove_file(&beside);
            removed.map_err(|error| {
                Failure::broken(format!("cannot remove {}", beside.display()), error)
            })?;
        }
    }
    Ok(())
}
