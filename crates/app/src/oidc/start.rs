//! Sending a browser to the provider.

use super::flow::{self, Flow};
use super::{FLOW_LIFE, Oidc, Unproven};
use crate::auth::Secret;
use crate::{App, Error};

/// Where a browser goes, and what it takes along.
#[derive(Clone)]
pub struct Departure {
    /// The provider's address.
    pub address: String,
    /// The flow, for a cookie that nobody but the platform reads.
    pub flow: String,
}

impl App {
    /// The provider by which people may sign in.
    pub(super) fn identities(&self) -> Result<&Oidc, Error> {
        self.oidc.as_ref().ok_or(Error::NotFound("way to sign in"))
    }

    /// Begins a sign-in by the provider, which ends at the path `to`.
    pub async fn begin_oidc(&self, to: Option<&str>) -> Result<Departure, Error> {
        let oidc = self.identities()?;
        let random = || Secret::generate().map(|secret| secret.reveal().to_owned());
        let flow = Flow {
            state: random()?,
            nonce: random()?,
            verifier: random()?,
            to: flow::path(to),
            until: self.now().saturating_add(FLOW_LIFE).unwrap_or(jiff::Timestamp::MAX),
        };
        let address = oidc.provider.address(&oidc.redirect(), flow.tie()).await;
        let address = address.map_err(unreachable)?;
        Ok(Departure { address, flow: flow.sealed(&self.sealer)? })
    }
}

/// A provider that cannot be asked. What it refuses before anybody was sent there is its fault, too.
pub(super) fn unreachable(unproven: Unproven) -> Error {
    match unproven {
        Unproven::Open(retry_after) => Error::CircuitOpen { retry_after },
        Unproven::Down(why) | Unproven::Refused(why) => {
            Error::Unavailable(format!("the provider of identities: {why}"))
        }
    }
}
