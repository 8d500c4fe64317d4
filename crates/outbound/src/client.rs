//! The one way out.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Method, Response};
use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls_platform_verifier::BuilderVerifierExt;
use url::Url;

use crate::resolver::{Filter, Lookup, SystemLookup};
use crate::target::{Forbidden, Reach};
use crate::waiting;

/// How long it takes to be connected, TLS included.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a call takes, from the lookup to what is read of the answer.
const CALL: Duration = Duration::from_secs(15);
/// Idle connections are kept so long.
const IDLE: Duration = Duration::from_secs(20);

/// Calls addresses in reach.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    reach: Reach,
}

/// This machine has no TLS to offer, such as no certificates of authorities.
#[derive(Debug, thiserror::Error)]
#[error("connections over TLS cannot be made")]
pub struct NoTls(#[source] pub(crate) Box<dyn Error + Send + Sync>);

/// Why there is no answer. The words are for whoever chose the address, and tell nothing about what is
/// inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It must not be called.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// Nobody was connected.
    #[error("no connection could be made")]
    NotConnected,
    /// The answer did not come in time.
    #[error("no answer within 15 s")]
    TooSlow,
    /// What came was no answer.
    #[error("the connection ended without an answer")]
    Broken,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// As much of the body as was wanted.
    pub body: Vec<u8>,
}

impl Answer {
    /// How long the other side asks to be left alone, if it does.
    pub fn retry_after(&self) -> Option<Duration> {
        waiting::retry_after(&self.headers)
    }
}

impl Client {
    /// A client that looks names up as the machine does.
    pub fn new(reach: Reach) -> Result<Self, NoTls> {
        Self::with_lookup(reach, Arc::new(SystemLookup))
    }

    /// The same with names looked up elsewhere.
    pub fn with_lookup(reach: Reach, lookup: Arc<dyn Lookup>) -> Result<Self, NoTls> {
        let http = plain()?
            .dns_resolver(Arc::new(Filter { lookup, reach }))
            .timeout(CALL)
            .build()
            .map_err(|error| NoTls(Box::new(error)))?;
        Ok(Self { http, reach })
    }

    /// The one spelling of a URL that may be called.
    pub fn check(&self, url: &str) -> Result<Url, Forbidden> {
        self.reach.check(url)
    }

    /// Calls, and reads at most `most` bytes of the body; what is longer is left.
    pub async fn call(
        &self,
        method: Method,
        url: &str,
        headers: HeaderMap,
        body: String,
        most: usize,
    ) -> Result<Answer, Failure> {
        let url = self.check(url)?;
        let request = self.http.request(method, url).headers(headers).body(body);
        let response = request.send().await.map_err(|error| failure(&error))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = read(response, most).await?;
        Ok(Answer { status, headers, body })
    }
}

/// What every client of ours has in common: TLS by ring with the machine's certificates, no redirects, no
/// proxies, few idle connections.
pub(crate) fn plain() -> Result<reqwest::ClientBuilder, NoTls> {
    let no_tls = |error: rustls::Error| NoTls(Box::new(error));
    let provider = Arc::new(ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(no_tls)?
        .with_platform_verifier()
        .map_err(no_tls)?
        .with_no_client_auth();
    Ok(reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(Policy::none())
        .no_proxy()
        .referer(false)
        .connect_timeout(CONNECT)
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(2)
        .user_agent(concat!("Rishi/", env!("CARGO_PKG_VERSION"))))
}

pub(crate) async fn read(mut response: Response, most: usize) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while body.len() < most {
        let Some(chunk) = response.chunk().await.map_err(|error| failure(&error))? else { break };
        let room = most - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    Ok(body)
}

fn failure(error: &reqwest::Error) -> Failure {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(forbidden) = error.downcast_ref::<Forbidden>() {
            return Failure::Forbidden(*forbidden);
        }
        cause = error.source();
    }
    if error.is_connect() {
        Failure::NotConnected
    } else if error.is_timeout() {
        Failure::TooSlow
    } else {
        Failure::Broken
    }
}

#[cfg(test)]
mod tests;
