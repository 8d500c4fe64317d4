//! The limits: the same rows through rusqlite and nothing else.
//!
//! Every limit runs on a copy of the server's own database, so schema, triggers, foreign keys and
//! the depth of the trees are the same, on connections opened as the engine opens its own, and keeps
//! its write-ahead log short in the engine's way: a thread that checkpoints passively from 4 MiB on,
//! and the writer starting the log over from 64 MiB on.

use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::Result;

mod create;
mod list;
mod notice;
mod notify;
mod row;
mod status;

pub(crate) use create::{Sample, creates};
pub(crate) use list::lists;
pub(crate) use notify::notices;
pub(crate) use row::{Ids, Row};
pub(crate) use status::{Step, drafts, steps};

/// How many batches pass between two looks at the log's length, as in the engine.
const LOOK_EVERY: u32 = 16;
const WORTHWHILE_PAGES: i64 = 1_024;
const RESTART_PAGES: i64 = 16_384;
const STEPS: u32 = 4;
const LOG_KEEPS: i64 = 128 << 20;

/// A connection that only reads, with the engine's settings.
pub(crate) fn reader(path: &Path) -> Result<Connection> {
    let connection = open(path)?;
    connection.pragma_update(None, "query_only", "ON")?;
    connection.pragma_update(None, "cache_size", -4_096)?;
    Ok(connection)
}

fn writer(path: &Path) -> Result<Connection> {
    let connection = open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update(None, "recursive_triggers", "ON")?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "journal_size_limit", LOG_KEEPS)?;
    connection.pragma_update(None, "cache_size", -16_384)?;
    Ok(connection)
}

/// Any connection to a file that exists.
pub(crate) fn open(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // Otherwise some statements are compiled anew whenever another value is bound.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

/// Copies a database, whatever runs on it.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    let to = to.to_str().ok_or_else(|| crate::failed("the folder's name is not UTF-8"))?;
    open(from)?.execute("VACUUM INTO ?1", [to])?;
    Ok(())
}

/// One thread that writes and one that checkpoints. It stays open from round to round, as the
/// engine does: what a log costs depends on whether its file was there before.
pub(crate) struct Writer {
    pub(crate) db: Connection,
    wake: Option<SyncSender<()>>,
    checkpoints: Option<JoinHandle<()>>,
    until_look: u32,
}

impl Writer {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let (wake, woken) = sync_channel(1);
        let beside = writer(path)?;
        let checkpoints = std::thread::spawn(move || {
            while woken.recv().is_ok() {
                // Until it has caught up with the writer, as in the engine.
                for _ in 0..STEPS {
                    checkpoint(&beside, "PASSIVE");
                    if log_length(&beside).is_ok_and(|(pages, moved)| moved >= pages) {
                        break;
                    }
                }
            }
        });
        let db = writer(path)?;
        let (wake, checkpoints) = (Some(wake), Some(checkpoints));
        Ok(Self { db, wake, checkpoints, until_look: LOOK_EVERY })
    }

    /// One transaction, flushed.
    pub(crate) fn transaction(
        &mut self,
        work: impl FnOnce(&Connection) -> Result<()>,
    ) -> Result<()> {
        self.db.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        work(&self.db)?;
        self.db.prepare_cached("COMMIT")?.execute([])?;
        self.tend_log()
    }

    fn tend_log(&mut self) -> Result<()> {
        self.until_look -= 1;
        if self.until_look > 0 {
            return Ok(());
        }
        self.until_look = LOOK_EVERY;
        let (pages, moved) = log_length(&self.db)?;
        if pages >= RESTART_PAGES {
            checkpoint(&self.db, "RESTART");
        } else if pages - moved >= WORTHWHILE_PAGES
            && let Some(wake) = &self.wake
        {
            // Full means that it is awake already.
            wake.try_send(()).ok();
        }
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.wake.take();
        if let Some(thread) = self.checkpoints.take() {
            thread.join().ok();
        }
    }
}

/// Pages in the log, and how many of them are in the database file.
fn log_length(db: &Connection) -> Result<(i64, i64)> {
    let mut statement = db.prepare_cached("PRAGMA wal_checkpoint(NOOP)")?;
    Ok(statement.query_row([], |row| Ok((row.get(1)?, row.get(2)?)))?)
}

/// A checkpoint that fails is made up for by a later one.
fn checkpoint(db: &Connection, mode: &str) {
    db.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |_| Ok(())).ok();
}
