//! How the provider is called: behind its circuit, over TLS unless it is on this machine, never further than
//! the address says, and no more is read than a provider has to say.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use rishi_resilience::{CallError, Circuit, Verdict};
use url::{Host, Url};

use crate::client::{NoTls, plain, read};

/// The most that is read of an answer, in bytes.
const MOST: usize = 512 * 1024;

/// Calls the provider.
#[derive(Debug, Clone)]
pub(super) struct Transport {
    http: reqwest::Client,
    circuit: Arc<Circuit>,
}

/// Why the provider gave no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unanswered {
    /// Its circuit is open; nothing was tried.
    #[error("it is known to be down")]
    Open(Duration),
    /// It failed.
    #[error("{0}")]
    Failed(String),
    /// It was not called, for that would not be safe.
    #[error("{0} is no address over TLS")]
    Plain(String),
}

impl Transport {
    pub(super) fn new(circuit: Arc<Circuit>) -> Result<Self, NoTls> {
        let http = plain()?.timeout(circuit.timeout()).build();
        Ok(Self { http: http.map_err(|error| NoTls(Box::new(error)))?, circuit })
    }

    /// Sends a request. An answer of 500 and above is none.
    async fn send(self, request: HttpRequest) -> Result<HttpResponse, Unanswered> {
        if !is_guarded(&request.uri().to_string()) {
            return Err(Unanswered::Plain(request.uri().to_string()));
        }
        let sending = async {
            let request = reqwest::Request::try_from(request).map_err(|error| plainly(&error))?;
            let response = self.http.execute(request).await.map_err(|error| plainly(&error))?;
            let mut answer = HttpResponse::new(Vec::new());
            (*answer.status_mut(), *answer.headers_mut()) =
                (response.status(), response.headers().clone());
            *answer.body_mut() = read(response, MOST).await.map_err(|error| error.to_string())?;
            if answer.status().is_server_error() {
                return Err(format!("it answered {}", answer.status()));
            }
            Ok(answer)
        };
        // What the provider refuses says nothing against it.
        let judge = |sent: &Result<HttpResponse, String>| match sent {
            Ok(_) => Verdict::Works,
            Err(why) => Verdict::Failed(why.clone()),
        };
        self.circuit.call(sending, judge).await.map_err(|error| match error {
            CallError::Open(refused) => Unanswered::Open(refused.retry_after),
            CallError::Failed(why) => Unanswered::Failed(why),
            timed_out @ CallError::TimedOut(_) => Unanswered::Failed(timed_out.to_string()),
        })
    }
}

impl<'c> AsyncHttpClient<'c> for Transport {
    type Error = Unanswered;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Unanswered>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.clone().send(request))
    }
}

/// An error without the address, whose query may hold a code.
fn plainly(error: &reqwest::Error) -> String {
    if error.is_connect() {
        "no connection could be made".to_owned()
    } else if error.is_timeout() {
        "no answer in time".to_owned()
    } else {
        "the connection ended without an answer".to_owned()
    }
}

/// Whether nobody on the way can read what is sent there, or answer in its place.
fn is_guarded(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && is_here)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_tls_only_this_machine_is_called() {
        for address in [
            "https://login.example.com/token",
            "http://127.0.0.1:3000/token",
            "http://[::1]/token",
            "http://localhost:3000/token",
        ] {
            assert!(is_guarded(address), "{address}");
        }
        for address in [
            "http://login.example.com/token",
            "http://localhost.example.com/",
            "http://10.0.0.1/",
            "http://127.0.0.1.example.com/",
            "ftp://127.0.0.1/",
            "file:///etc/passwd",
            "",
        ] {
            assert!(!is_guarded(address), "{address}");
        }
    }
}
