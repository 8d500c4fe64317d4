//! What an engine counts of its own work in this process.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use rishi_app::operations::storage::Histogram;

/// Counted as it happens, read by whoever asks.
#[derive(Debug)]
pub(crate) struct Figures {
    /// Commits to a flush of the writer, or events that are given positions together.
    pub(crate) batches: Histogram<9>,
    /// Microseconds to a flush: of the file, or of the server's log with the way there and back; also to a round of the sequencer.
    pub(crate) flushes: Histogram<12>,
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
    pub(crate) fn written(&self) {
        if self.unwritable.swap(false, Ordering::Relaxed) {
            tracing::info!("the database can be written again");
        }
    }

    /// How many changes could not be written.
    pub(crate) fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    /// Why the newest change could not be written, if so.
    pub(crate) fn unwritable(&self) -> Option<&'static str> {
        let why = || *self.why.lock().unwrap_or_else(PoisonError::into_inner);
        self.unwritable.load(Ordering::Relaxed).then(why)
    }

    /// A change could not be written.
    pub(crate) fn refused(&self, why: &'static str) {
        self.failed.fetch_add(1, Ordering::Relaxed);
        *self.why.lock().unwrap_or_else(PoisonError::into_inner) = why;
        self.unwritable.store(true, Ordering::Relaxed);
    }
}
