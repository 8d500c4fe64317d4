//! Reactions: each an event in, a commit out.
//!
//! A policy reads, decides and returns a [`Commit`]; the bus applies it together with the
//! subscription's progress in one transaction, so its effect happens exactly once. To add one,
//! write a file here and a line in [`subscriptions`].

use rishi_bus::{HandlerError, Subscription};

use crate::{App, Commit};

mod booking_created;

/// Every subscription of the platform. A name, once released, never changes: progress is kept
/// under it.
pub fn subscriptions(app: &App) -> Vec<Subscription<Commit>> {
    vec![booking_created::subscription(app.clone())]
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> HandlerError {
    HandlerError::Failed(Box::new(error))
}
