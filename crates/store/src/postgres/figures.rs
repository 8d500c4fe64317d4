//! What this process counts of its own work.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use rishi_app::operations::storage::{Histogram, StorageFigures};

use super::Postgres;
use super::connection::MOST_WAITING;
use super::writing::MOST_WRITES;

/// Counted as it happens, read by whoever asks.
#[derive(Debug)]
pub(super) struct Figures {
    /// Events to a round of the sequencer.
    pub(super) batches: Histogram<9>,
    /// Microseconds to such a round.
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
    /// A change was written.
    pub(super) fn written(&self) {
        if self.unwritable.swap(false, Ordering::Relaxed) {
            tracing::info!("the database can be written again");
        }
    }

    /// Whether the newest change could not be written.
    pub(super) fn is_unwritable(&self) -> bool {
        self.unwritable.load(Ordering::Relaxed)
    }

    /// A change could not be written.
    pub(super) fn refused(&self, why: &'static str) {
        self.failed.fetch_add(1, Ordering::Relaxed);
        *self.why.lock().unwrap_or_else(PoisonError::into_inner) = why;
        self.unwritable.store(true, Ordering::Relaxed);
    }
}

impl Postgres {
    /// What the engine has been doing in this process, and how it is.
    pub fn figures(&self) -> StorageFigures {
        let figures = &self.figures;
        StorageFigures {
            waiting_writes: self.writing.taken() as u64,
            most_waiting_writes: u64::from(MOST_WRITES),
            waiting_reads: self.pool.waiting() as u64,
            most_waiting_reads: MOST_WAITING as u64,
            batches: figures.batches.now(),
            flushes: figures.flushes.now(),
            failed_batches: figures.failed.load(Ordering::Relaxed),
            unwritable: figures
                .is_unwritable()
                .then(|| *figures.why.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }
}
