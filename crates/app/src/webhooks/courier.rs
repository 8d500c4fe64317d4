//! The port to who goes out: calls an address of somebody else's choosing, and comes back.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rishi_resilience::{CallError, Permit, Verdict};

/// What is to be taken somewhere.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// Where to.
    pub url: String,
    /// Headers beside those of HTTP itself.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
}

/// What was answered. Of the body nothing is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// When the receiver asks to be left alone for a time.
    pub retry_after: Option<Duration>,
}

/// Why nothing was answered, in words that may be shown to whoever chose the address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unsent(pub String);

/// Who goes.
#[async_trait]
pub trait Courier: Send + Sync + 'static {
    /// The one spelling of an address that may be called, as far as it shows by itself: a name may still
    /// turn out to lead where nobody may go. Or why not, in words for people.
    fn check(&self, url: &str) -> Result<String, String>;

    /// Posts a parcel: within 15 s or not at all, never to an address that is not public, never further
    /// than it was sent.
    async fn post(&self, parcel: Parcel) -> Result<Reply, Unsent>;
}

/// Has a parcel taken where its circuit lets it through. Only what the receiver's machine cannot do counts against it.
pub async fn hand_over(
    courier: &dyn Courier,
    permit: Permit,
    parcel: Parcel,
) -> Result<Reply, Unsent> {
    let answered = permit.call(courier.post(parcel), |outcome| match outcome {
        Ok(Reply { status: status @ 500.., .. }) => Verdict::Failed(format!("answered {status}")),
        Ok(_) => Verdict::Works,
        Err(unsent) => Verdict::Failed(unsent.to_string()),
    });
    answered.await.map_err(|error| match error {
        CallError::Failed(unsent) => unsent,
        error => Unsent(error.to_string()),
    })
}

/// Nobody who would go: where nothing is sent.
pub struct NoCourier;

#[async_trait]
impl Courier for NoCourier {
    fn check(&self, _: &str) -> Result<String, String> {
        Err("this process calls nobody".to_owned())
    }

    async fn post(&self, _: Parcel) -> Result<Reply, Unsent> {
        Err(Unsent("this process calls nobody".to_owned()))
    }
}

impl NoCourier {
    /// As a port.
    pub(crate) fn port() -> Arc<dyn Courier> {
        Arc::new(Self)
    }
}
