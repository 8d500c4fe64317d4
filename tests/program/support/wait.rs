//! The one place that waits.

use std::future::Future;
use std::time::{Duration, Instant};

/// How long something that must happen may take on a busy two-core machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

const BETWEEN_LOOKS: Duration = Duration::from_millis(15);

/// Looks again and again until `look` finds what it looks for; fails loudly after [`PATIENCE`].
pub(crate) async fn eventually<T, Looking>(what: &str, look: impl FnMut() -> Looking) -> T
where
    Looking: Future<Output = Option<T>>,
{
    within(PATIENCE, what, look).await
}

/// The same with a deadline of its own.
pub(crate) async fn within<T, Looking>(
    patience: Duration,
    what: &str,
    mut look: impl FnMut() -> Looking,
) -> T
where
    Looking: Future<Output = Option<T>>,
{
    let started = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(started.elapsed() < patience, "waited {patience:?} in vain until {what}");
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}
