//! What the engine has been doing in this process.

use rishi_app::operations::storage::StorageFigures;

use super::Postgres;
use super::connection::MOST_WAITING;
use super::writing::MOST_WRITES;

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
            failed_batches: figures.failed(),
            unwritable: figures.unwritable(),
        }
    }
}
