//! Asking a ledger until it answers.
//!
//! A storage error in the dispatcher means "not now". The event is not lost and no attempt is spent; the question is
//! asked again, more and more slowly, until it is answered or the dispatcher stops.

use std::{future::Future, time::Duration};

use rishi_resilience::Backoff;
use tokio_util::sync::CancellationToken;

use crate::{LedgerError, causes::chain};

/// The waits between the questions: 50 ms doubling up to 5 s, for ever.
const WAITS: Backoff = Backoff {
    first: Duration::from_millis(50),
    factor: 2.0,
    max: Duration::from_secs(5),
    attempts: u32::MAX,
};

/// Asks until there is an answer, or `until` is cancelled and the last answer was an error.
pub(crate) async fn patiently<T, F: Future<Output = Result<T, LedgerError>>>(
    until: &CancellationToken,
    name: &str,
    what: &str,
    mut ask: impl FnMut() -> F,
) -> Option<T> {
    let mut tries = 0_u32;
    loop {
        let error = match ask().await {
            Ok(answer) => return Some(answer),
            Err(error) => error,
        };
        tries = tries.saturating_add(1);
        tracing::warn!(
            subscription = name,
            what,
            tries,
            error = chain(&error),
            "the ledger failed; trying again"
        );
        if !pause(until, tries).await {
            return None;
        }
    }
}

/// Waits as after so many failures; false when `until` was cancelled first.
pub(crate) async fn pause(until: &CancellationToken, tries: u32) -> bool {
    let wait = WAITS.delay(tries, 1.0).unwrap_or(WAITS.max);
    until.run_until_cancelled(tokio::time::sleep(wait)).await.is_some()
}
