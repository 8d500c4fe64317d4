//! Moving the write-ahead log into the database file, beside the writer.
//!
//! A checkpoint's disk writes are what the slowest commits would otherwise wait for. This thread
//! does them passively whenever the log has grown, flush included; passive checkpoints never block readers or the
//! writer. Under uninterrupted writing a passive checkpoint never gets to start the log over, so the
//! writer itself does that (cheap by then, as little is left) once the log exceeds
//! [`RESTART_PAGES`]. It never waits for that: a reader in its way, say a backup, is left in peace and
//! the log grows until it is gone.

use std::path::Path;
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use super::connection;
use super::error::OpenError;

/// Pages in the log from which a checkpoint is worth its while (4 MiB).
pub(super) const WORTHWHILE_PAGES: i64 = 1_024;
/// Pages in the log from which the writer starts it over (64 MiB).
pub(super) const RESTART_PAGES: i64 = 16_384;
/// Bytes that the log's file keeps when the log is started over. More than the log ever has while nobody
/// is in the way: cutting the file would make later flushes wait for its blocks to be found again.
pub(super) const LOG_KEEPS: i64 = 128 << 20;
/// Checkpoints in a row that may not have caught up with the writer.
const STEPS: u32 = 4;
/// How long the thread rests at most before it looks again.
const REST: Duration = Duration::from_secs(10);

/// Wakes the thread.
pub(super) type Signal = flume::Sender<()>;

/// The thread that checkpoints.
pub(super) struct Checkpointer {
    signal: std::sync::Mutex<Option<Signal>>,
    thread: std::sync::Mutex<Option<JoinHandle<()>>>,
}

impl Checkpointer {
    /// Starts the thread on a connection of its own.
    pub(super) fn start(path: &Path) -> Result<Self, OpenError> {
        let connection = connection::writer(path)?;
        let (signal, wake) = flume::bounded(1);
        let thread = std::thread::Builder::new()
            .name("rishi-checkpoint".to_owned())
            .spawn(move || run(&connection, &wake))
            .map_err(OpenError::Thread)?;
        Ok(Self {
            signal: std::sync::Mutex::new(Some(signal)),
            thread: std::sync::Mutex::new(Some(thread)),
        })
    }

    /// What the writer wakes it by.
    pub(super) fn signal(&self) -> Option<Signal> {
        self.signal.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Asks the thread to finish; it ends once the writer has let go of its signal too.
    pub(super) fn stop(&self) -> Option<JoinHandle<()>> {
        self.signal.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        self.thread.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take()
    }
}

fn run(connection: &Connection, wake: &flume::Receiver<()>) {
    loop {
        match wake.recv_timeout(REST) {
            Ok(()) | Err(flume::RecvTimeoutError::Timeout) => catch_up(connection),
            Err(flume::RecvTimeoutError::Disconnected) => {
                checkpoint(connection, "TRUNCATE");
                return;
            }
        }
    }
}

/// Moves the log until nothing is left of it. SQLite flushes the database file only after a checkpoint
/// that found no more to move; all that is moved before that stays in the page cache, for whoever comes
/// first to flush, and that must not be the writer when it starts the log over. What was written during
/// one step is moved by the next, which is shorter and so more likely the last.
fn catch_up(connection: &Connection) {
    for _ in 0..STEPS {
        checkpoint(connection, "PASSIVE");
        if log_length(connection).is_ok_and(|log| log.moved >= log.pages) {
            return;
        }
    }
}

/// How long the write-ahead log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LogLength {
    /// Pages in it since it was last started over.
    pub(super) pages: i64,
    /// Of these, the ones that are in the database file already.
    pub(super) moved: i64,
}

/// Looks at the log without moving anything.
pub(super) fn log_length(connection: &Connection) -> Result<LogLength, rusqlite::Error> {
    let read = |row: &rusqlite::Row<'_>| Ok(LogLength { pages: row.get(1)?, moved: row.get(2)? });
    connection.prepare_cached("PRAGMA wal_checkpoint(NOOP)")?.query_row([], read)
}

/// Moves what is left and lets the next write start the log over, unless somebody is in the way.
pub(super) fn restart_log(connection: &Connection) {
    let impatient = connection.busy_timeout(Duration::ZERO);
    checkpoint(connection, "RESTART");
    if let Err(error) = impatient.and_then(|()| connection.busy_timeout(connection::PATIENCE)) {
        tracing::warn!(%error, "cannot set how long to wait for other processes");
    }
}

/// Checkpoints. A failure leaves the log longer than need be and nothing worse, so it is logged.
pub(super) fn checkpoint(connection: &Connection, mode: &str) {
    let done = connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| {
        Ok((row.get::<_, bool>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
    });
    match done {
        Ok((blocked, pages, moved)) => tracing::trace!(blocked, pages, moved, mode, "checkpoint"),
        Err(error) => {
            tracing::warn!(%error, mode, "the checkpoint failed; it is tried again later");
        }
    }
}
