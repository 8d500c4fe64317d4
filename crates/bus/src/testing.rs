//! For tests: a clock set by hand, a ledger in memory that can be made to fail at any step, and a harness that joins them.

mod clock;
mod harness;
mod leases;
mod ledger;

pub use clock::TestClock;
pub use harness::{EffectRun, Harness};
pub use leases::MemoryLeases;
pub use ledger::{Applied, Call, Fault, MemoryCommit, MemoryLedger, Refusal, Row, RowState};
