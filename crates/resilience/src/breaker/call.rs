//! A call through a circuit, with its bound on time.
//!
//! The one place of this crate that waits: tokio's time, which a test can pause.

use std::sync::Arc;
use std::time::Duration;

use super::{Circuit, Permit, Refused};

/// What a call says of the dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It works. That includes an answer that the caller asked wrongly (4xx).
    Works,
    /// It failed, for this reason, which is shown to operators: no secrets, no payloads.
    Failed(String),
    /// Nothing: the call never reached it.
    Nothing,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum CallError<E> {
    /// The circuit is open; nothing was tried.
    #[error("not tried, since it is known to be down; again in {} s", .0.retry_after.as_secs())]
    Open(Refused),
    /// It took too long and was cancelled.
    #[error("no answer within {} s", .0.as_secs_f64())]
    TimedOut(Duration),
    /// The call's own error.
    #[error(transparent)]
    Failed(E),
}

impl Circuit {
    /// Makes a call if the circuit lets it through, within the circuit's time, and counts what `judge` says of it. A
    /// call that takes too long is cancelled and has failed; a call that is cancelled from outside counts as nothing.
    pub async fn call<T, E>(
        self: &Arc<Self>,
        call: impl Future<Output = Result<T, E>>,
        judge: impl FnOnce(&Result<T, E>) -> Verdict,
    ) -> Result<T, CallError<E>> {
        self.admit().map_err(CallError::Open)?.call(call, judge).await
    }
}

impl Permit {
    /// The same for a call that was let through already.
    pub async fn call<T, E>(
        self,
        call: impl Future<Output = Result<T, E>>,
        judge: impl FnOnce(&Result<T, E>) -> Verdict,
    ) -> Result<T, CallError<E>> {
        let limit = self.circuit().timeout();
        let Ok(answer) = tokio::time::timeout(limit, call).await else {
            self.failed(&format!("no answer within {} s", limit.as_secs_f64()));
            return Err(CallError::TimedOut(limit));
        };
        match judge(&answer) {
            Verdict::Works => self.succeeded(),
            Verdict::Failed(reason) => self.failed(&reason),
            Verdict::Nothing => drop(self),
        }
        answer.map_err(CallError::Failed)
    }
}
