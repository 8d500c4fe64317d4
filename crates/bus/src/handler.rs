//! The two kinds of reaction to an event.
//!
//! A [`Policy`] only reads and decides: it *returns* the change to make, and the dispatcher applies it together with the
//! record that the event was handled, so its effect on the database happens exactly once. An [`Effect`] touches the
//! outside world, where no transaction reaches: it runs at least once, always under the same key for the same event.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use async_trait::async_trait;

use crate::Envelope;

/// Decides what follows from an event.
///
/// It must not change anything itself: it may be cancelled at any await, run again for the same event, or have its
/// commit refused because the state that it read has moved on, in which case it is asked again.
#[async_trait]
pub trait Policy<C>: Send + Sync {
    /// The commit to make because of `event`, or `None` when there is nothing to do.
    async fn decide(&self, event: &Envelope) -> Result<Option<C>, HandlerError>;
}

/// Does something outside the database because of an event: sends, calls, prints.
#[async_trait]
pub trait Effect: Send + Sync {
    /// Handles `event`. `key` is `subscription:eventId`: the same at every repetition, to be handed to the receiver so
    /// that it can tell a repetition from a second event.
    async fn run(&self, event: &Envelope, key: &str) -> EffectOutcome;
}

/// What became of one run of an [`Effect`].
#[derive(Debug)]
pub enum EffectOutcome {
    /// It is done.
    Done,
    /// It failed in a way that may pass.
    Retry {
        /// When the receiver asks to be left alone for a time; otherwise the subscription's backoff decides.
        after: Option<Duration>,
        /// What went wrong.
        error: Box<dyn Error + Send + Sync>,
    },
    /// It will never work: the event becomes a dead letter at once.
    Reject {
        /// Why, for the operator.
        reason: String,
    },
    /// Nothing was tried, since what it needs is known to be down (its circuit is open). This costs no attempt; a
    /// [`Gate`](crate::Gate) keeps most such runs from beginning at all.
    NotTried {
        /// How long to wait; otherwise as after a first failure.
        after: Option<Duration>,
    },
}

/// Why a policy could not decide.
#[derive(Debug, thiserror::Error)]
pub enum HandlerError {
    /// It saw state that has moved on. It is asked again at once and this costs no attempt, up to a bound.
    #[error("decided on stale state")]
    Conflict,
    /// Nothing was tried, since what it needs is known to be down. Asked again as after a first failure; no attempt.
    #[error("not tried: what it needs is down")]
    NotTried,
    /// Anything else; retried with backoff.
    #[error("the handler failed")]
    Failed(#[source] Box<dyn Error + Send + Sync>),
}

impl HandlerError {
    /// A failure with this cause.
    pub fn failed(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Failed(cause.into())
    }
}

/// What a subscription does with its events.
pub enum Handler<C> {
    /// Reads and decides; exactly once on the database.
    Policy(Arc<dyn Policy<C>>),
    /// Touches the outside world; at least once under a stable key.
    Effect(Arc<dyn Effect>),
}

impl<C> Clone for Handler<C> {
    fn clone(&self) -> Self {
        match self {
            Self::Policy(policy) => Self::Policy(Arc::clone(policy)),
            Self::Effect(effect) => Self::Effect(Arc::clone(effect)),
        }
    }
}

impl<C> fmt::Debug for Handler<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Policy(_) => "Policy",
            Self::Effect(_) => "Effect",
        })
    }
}
