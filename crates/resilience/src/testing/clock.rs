//! Tokio's time, which a test can pause.

use std::sync::Arc;

use tokio::time::Instant;

use crate::Elapsed;

/// The time since now. Where it is paused it passes only by waiting, so that circuits and timeouts agree.
#[must_use]
pub fn tokio_elapsed() -> Elapsed {
    let begun = Instant::now();
    Arc::new(move || begun.elapsed())
}
