//! What the writer counts of its own work.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use rishi_app::operations::storage::{Histogram, StorageFigures};

use super::Sqlite;
use super::error::StoreError;
use super::readers::MOST_WAITING;

/// Counted by the writer, read by whoever asks.
#[derive(Debug)]
pub(super) struct Figures {
    /// Commits to a flush.
    pub(super) batches: Histogram<9>,
    /// Microseconds to a flush.
    pub(super) flushes: Histogram<12>,
    failed: AtomicU64,
    unwritable: AtomicBool,
    why: Mutex<&'static str>,
}

impl Default for Figures {
    fn default() -> Self {
        Self {
            batches: Histogram::new([1, 2, 4, 8, 16, 32, 64, 128, 256]),
            flushes: Histogram::new([
                100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 500_000,
                2_000_000,
            ]),
            failed: AtomicU64::new(0),
            unwritable: AtomicBool::new(false),
            why: Mutex::new(""),
        }
    }
}

impl Figures {
    /// A batch was written.
    pub(super) fn written(&self) {
        if self.unwritable.swap(false, Ordering::Relaxed) {
            tracing::info!("the database can be written again");
        }
    }

    /// Whether the newest batch could not be written.
    pub(super) fn is_unwritable(&self) -> bool {
        self.unwritable.load(Ordering::Relaxed)
    }

    /// A batch could not be written.
    pub(super) fn refused(&self, why: &'static str) {
        self.failed.fetch_add(1, Ordering::Relaxed);
        *self.why.lock().unwrap_or_else(PoisonError::into_inner) = why;
        self.unwritable.store(true, Ordering::Relaxed);
    }
}

impl Sqlite {
    /// What the engine has been doing, and how it is.
    pub fn figures(&self) -> StorageFigures {
        let figures = &self.figures;
        // Known at once, and not only when somebody writes.
        let unwritable = if self.files.are_read_only() {
            StoreError::ReadOnly.passing()
        } else {
            let why = || *figures.why.lock().unwrap_or_else(PoisonError::into_inner);
            figures.is_unwritable().then(why)
        };
        StorageFigures {
            waiting_writes: self.jobs.waiting() as u64,
            most_waiting_writes: self.jobs.most() as u64,
            waiting_reads: self.readers.waiting() as u64,
            most_waiting_reads: MOST_WAITING as u64,
            batches: figures.batches.now(),
            flushes: figures.flushes.now(),
            failed_batches: figures.failed.load(Ordering::Relaxed),
            unwritable,
        }
    }
}
