//! Reactions: each an event in, a commit out.
//!
//! A policy reads, decides and returns a [`Commit`]; the bus applies it together with the
//! subscription's progress in one transaction, so its effect happens exactly once. To add one,
//! write a file here and a line in [`subscriptions`].

use rishi_bus::{HandlerError, Subscription};

use crate::store::QueryError;
use crate::{App, Commit, Error};

mod booking_created;

/// Every subscription of the platform. A name, once released, never changes: progress is kept
/// under it.
pub fn subscriptions(app: &App) -> Vec<Subscription<Commit>> {
    vec![booking_created::subscription(app.clone())]
}

/// Why a policy could not decide. A database that cannot be read now is no failure of the policy: it is
/// asked again and spends no attempt.
fn failed(error: impl std::error::Error + Send + Sync + 'static) -> HandlerError {
    let error: Box<dyn std::error::Error + Send + Sync> = Box::new(error);
    let query = matches!(
        error.downcast_ref(),
        Some(QueryError::Unavailable(_) | QueryError::CircuitOpen { .. })
    );
    let use_case =
        matches!(error.downcast_ref(), Some(Error::Unavailable(_) | Error::CircuitOpen { .. }));
    if query || use_case { HandlerError::NotTried } else { HandlerError::Failed(error) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_is_down_costs_a_policy_no_attempt() {
        let retry_after = std::time::Duration::from_secs(9);
        for error in [
            failed(QueryError::CircuitOpen { retry_after }),
            failed(QueryError::Unavailable("busy".to_owned())),
            failed(Error::CircuitOpen { retry_after }),
            failed(Error::Unavailable("busy".to_owned())),
        ] {
            assert!(matches!(error, HandlerError::NotTried), "{error:?}");
        }
        assert!(matches!(failed(Error::NotFound("booking")), HandlerError::Failed(_)));
    }
}
