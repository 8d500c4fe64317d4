//! For tests: a clock set by hand and a ledger in memory.

mod clock;

pub use clock::TestClock;
