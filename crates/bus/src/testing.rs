//! For tests: a clock set by hand and a ledger in memory that can be made to fail at any step.

mod clock;
mod ledger;

pub use clock::TestClock;
pub use ledger::{Applied, Call, Fault, MemoryCommit, MemoryLedger, Refusal, Row, RowState};
