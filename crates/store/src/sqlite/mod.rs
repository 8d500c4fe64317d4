//! SQLite: one file, one writer thread with group commit, readers beside it.
//!
//! Flow: a commit is a message to the writer thread, which takes whatever waits, applies all of it
//! in one transaction, flushes once (WAL, `synchronous=FULL`) and then answers all of them.
//! Readers see the newest flushed state and never wait for the writer. Checkpoints run on a thread of
//! their own, because their disk writes are what a slow commit is usually waiting for.
//!
//! Guarantee: an answered commit is on the disk. When a flush fails, nobody can know what is on the
//! disk, so the process stops instead of answering.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use rishi_bus::Position;
use rishi_resilience::Circuit;
use tokio::sync::watch;

mod availability;
mod backup;
mod calendar;
mod checkpoint;
mod columns;
mod connection;
mod credentials;
mod desk;
mod error;
mod exchange;
mod figures;
mod files;
mod history;
mod known;
mod ledger;
mod letters;
mod log;
mod migrate;
mod notifications;
mod read;
mod readers;
mod records;
mod series;
mod source;
mod staffing;
mod standings;
mod store;
#[cfg(test)]
mod tests;
mod timers;
mod transport;
mod webhooks;
mod writer;

pub use backup::{Progress, verify};
pub use error::OpenError;
pub use migrate::{MigrationReport, migrate};
pub(crate) use source::Source;

use crate::figures::Figures;
use crate::guard::Guard;
use crate::recent::Recent;
use crate::records::Records;
use crate::signals::Signals;
use checkpoint::Checkpointer;
use files::Files;
use known::Known;
use readers::Readers;
use writer::Jobs;

/// How a database is opened.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// The database file; its folder is created when missing.
    pub path: PathBuf,
    /// How many read-only connections are held.
    pub readers: usize,
    /// How many commits may wait for the writer before new ones are refused as unavailable.
    pub queue: usize,
    /// How many commits share one flush at most.
    pub batch: usize,
    /// What stands before the database; nothing where one caller alone uses it.
    pub circuit: Option<Arc<Circuit>>,
}

impl SqliteOptions {
    /// The defaults for a file: 4 readers, 1,024 waiting commits, 256 to a flush.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), readers: 4, queue: 1_024, batch: 256, circuit: None }
    }
}

/// An open database.
pub struct Sqlite {
    path: PathBuf,
    files: Files,
    readers: Readers,
    jobs: Jobs,
    guard: Guard,
    figures: Arc<Figures>,
    signals: Signals,
    recent: Arc<Recent>,
    known: Arc<Known>,
    records: Arc<Records>,
    threads: std::sync::Mutex<Vec<JoinHandle<()>>>,
    checkpointer: Checkpointer,
}

impl Sqlite {
    /// Opens a database, bringing its schema up to date first.
    pub async fn open(options: SqliteOptions) -> Result<Arc<Self>, OpenError> {
        let opening = tokio::task::spawn_blocking(move || Self::open_blocking(&options));
        opening.await.map_err(|error| OpenError::Thread(std::io::Error::other(error)))?
    }

    fn open_blocking(options: &SqliteOptions) -> Result<Arc<Self>, OpenError> {
        let path = options.path.clone();
        migrate(&path)?;
        let guard = Guard::new(options.circuit.clone());
        let readers = Readers::open(&path, options.readers, guard.clone())?;
        let start = readers.with(log::head)?;
        let signals = Signals::new(start);
        let recent = Arc::new(Recent::new(start));
        let known = Arc::new(Known::default());
        let figures = Arc::new(Figures::default());
        let checkpointer = Checkpointer::start(&path)?;
        let (jobs, thread) = writer::start(
            connection::writer(&path)?,
            options,
            signals.clone(),
            Arc::clone(&recent),
            Arc::clone(&known),
            Arc::clone(&figures),
            checkpointer.signal(),
        )?;
        let threads = std::sync::Mutex::new(vec![thread]);
        let records = Arc::new(Records::new(Arc::clone(&recent)));
        Ok(Arc::new(Self {
            files: Files::of(&path),
            path,
            readers,
            jobs,
            guard,
            figures,
            signals,
            recent,
            known,
            records,
            threads,
            checkpointer,
        }))
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The newest committed position, updated after every commit of this process.
    pub fn head(&self) -> watch::Receiver<Position> {
        self.signals.head.subscribe()
    }

    /// Finishes what waits, moves the log into the database file and closes it. Later commits are
    /// refused as unavailable.
    pub async fn close(&self) {
        self.jobs.close();
        let threads = std::mem::take(
            &mut *self.threads.lock().unwrap_or_else(std::sync::PoisonError::into_inner),
        );
        let checkpoint = self.checkpointer.stop();
        let finishing = tokio::task::spawn_blocking(move || {
            for thread in threads.into_iter().chain(checkpoint) {
                if thread.join().is_err() {
                    tracing::error!("a database thread had panicked");
                }
            }
        });
        if let Err(error) = finishing.await {
            tracing::error!(%error, "closing the database was interrupted");
        }
        // The last connection to go removes the write-ahead log.
        self.readers.close();
    }
}
