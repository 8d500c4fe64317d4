//! The time of day, passed in.
//!
//! Everything in the bus that needs the time asks a [`Clock`] that it was given. [`SystemClock`] is the one place that
//! reads the machine's clock; tests set theirs by hand (`testing::TestClock`).

use jiff::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// The time of day now, UTC. It may jump either way: the machine's clock can be set.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place that reads the clock; all others are handed a `Clock`"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
