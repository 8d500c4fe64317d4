//! Handing mails over: the port.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use rishi_bus::EffectOutcome;
use rishi_resilience::Circuit;
use uuid::Uuid;

use crate::Error;

/// A mail, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The same for each attempt: what the `Message-ID` is made of.
    pub id: Uuid,
    /// When it was written.
    pub written_at: Timestamp,
    /// The receiver's name.
    pub to_name: String,
    /// The receiver's address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// As text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// Its language.
    pub language: String,
    /// Where one click ends mails of this kind, if they can be ended.
    pub unsubscribe: Option<String>,
}

/// Why a mail was not handed over.
#[derive(Debug, thiserror::Error)]
pub enum Undelivered {
    /// The receiving side will never take it.
    #[error("{0}")]
    Refused(String),
    /// Whoever carries mail takes none like this as things are, such as with a key that is not good: it is
    /// up to the operator.
    #[error("{0}")]
    Rejected(String),
    /// It may be taken later.
    #[error("{why}")]
    Failed {
        /// What went wrong.
        why: String,
        /// When the other side asks to be left alone for a time.
        after: Option<Duration>,
    },
    /// Nothing was tried: the circuit is open.
    #[error("not tried, since mail is known to be down")]
    Down(Duration),
}

/// Hands mails over.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands one over; done when the other side is responsible for it.
    async fn send(&self, letter: &Letter) -> Result<(), Undelivered>;
}

/// How mail is sent, where that is configured.
#[derive(Clone)]
pub struct Mail {
    /// Who does it.
    pub mailer: Arc<dyn Mailer>,
    /// What knows whether that works at present.
    pub circuit: Arc<Circuit>,
    /// Where people reach the platform, without a slash at the end.
    pub base_url: String,
}

/// What became of an effect that could not do its work: a database that is down costs no attempt.
pub(crate) fn outcome(handled: Result<EffectOutcome, Error>) -> EffectOutcome {
    match handled {
        Ok(outcome) => outcome,
        Err(Error::Unavailable(_) | Error::CircuitOpen { .. }) => {
            EffectOutcome::NotTried { after: None }
        }
        Err(error) => EffectOutcome::Retry { after: None, error: Box::new(error) },
    }
}
