//! Time that never runs backwards, for limits and waits.

use std::sync::Arc;
use std::time::Instant;

use rishi_resilience::Elapsed;

/// The time since this was called.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads this clock; all others are handed it"
)]
pub(crate) fn elapsed() -> Elapsed {
    let start = Instant::now();
    Arc::new(move || start.elapsed())
}
