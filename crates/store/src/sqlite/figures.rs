//! What the engine has been doing.

use rishi_app::operations::storage::StorageFigures;

use super::Sqlite;
use super::error::StoreError;
use super::readers::MOST_WAITING;
use crate::refusal::Refusal as _;

impl Sqlite {
    /// What the engine has been doing, and how it is.
    pub fn figures(&self) -> StorageFigures {
        let figures = &self.figures;
        // Known at once, and not only when somebody writes.
        let unwritable = if self.files.are_read_only() {
            StoreError::ReadOnly.passing()
        } else {
            figures.unwritable()
        };
        StorageFigures {
            waiting_writes: self.jobs.waiting() as u64,
            most_waiting_writes: self.jobs.most() as u64,
            waiting_reads: self.readers.waiting() as u64,
            most_waiting_reads: MOST_WAITING as u64,
            batches: figures.batches.now(),
            flushes: figures.flushes.now(),
            failed_batches: figures.failed(),
            unwritable,
        }
    }
}
