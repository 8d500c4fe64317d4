//! The connection of a process.
//!
//! It is made in the background and made again whenever it is lost; who wants something of the broker asks for
//! [`Link::ready`] first, which says in words what is wrong. A server that is too old or has no JetStream is as good as none.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::connection::State;
use async_nats::jetstream::Context;
use async_nats::jetstream::context::ContextBuilder;
use async_nats::{Client, ConnectOptions, ServerAddr};
use rishi_resilience::{CallError, Circuit, CircuitState, Verdict};

use super::heard::Heard;
use super::{OLDEST_SERVER, Settings};
use crate::causes::chain;
use crate::cloudevents::text;
use crate::relay::TransportFigures;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// How long the broker may take for an answer.
pub(super) const ANSWER: Duration = Duration::from_secs(5);
/// How often a silent server is asked whether it is there.
const PING: Duration = Duration::from_secs(10);
/// The longest wait between two attempts to connect.
const PAUSE: Duration = Duration::from_secs(4);
/// Messages on their way to the broker, at most.
const IN_FLIGHT: usize = 1_024;

/// Why the broker cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LinkError {
    /// It is not there.
    #[error("NATS is not connected: {0}")]
    Away(String),
    /// It is there and does not do.
    #[error("{0}")]
    Unfit(String),
    /// It did not do what it was asked.
    #[error("NATS failed: {0}")]
    Failed(String),
    /// It is known to be down and was not asked.
    #[error("the circuit of NATS is open; again in {} s", .0.as_secs())]
    Open(Duration),
}

/// A connection to the broker.
pub struct Link {
    pub(super) client: Client,
    pub(super) context: Context,
    pub(super) settings: Settings,
    pub(super) figures: Arc<TransportFigures>,
    circuit: Arc<Circuit>,
    heard: Arc<Heard>,
    fault: Mutex<Option<String>>,
}

impl Link {
    /// Begins to connect; only what is wrong with the settings is an error.
    pub async fn open(
        settings: Settings,
        circuit: Arc<Circuit>,
        figures: Arc<TransportFigures>,
        jitter: crate::Jitter,
    ) -> Result<Arc<Self>, LinkError> {
        let unfit = |what: &str, error: &dyn std::error::Error| {
            LinkError::Unfit(format!("{what}: {}", chain(error)))
        };
        let heard = Arc::new(Heard::nothing(Arc::clone(&figures)));
        let hearing = Arc::clone(&heard);
        let pause = move |attempt: usize| {
            let doubled = u32::try_from(attempt.min(6)).map_or(PAUSE, |times| {
                Duration::from_millis(50).saturating_mul(2_u32.saturating_pow(times))
            });
            doubled.min(PAUSE).mul_f64(0.5 + jitter() / 2.0)
        };
        let mut options = ConnectOptions::new()
            .name("rishi")
            // A node knows what it has published.
            .no_echo()
            .retry_on_initial_connect()
            .connection_timeout(CONNECT)
            .request_timeout(Some(ANSWER))
            .ping_interval(PING)
            .reconnect_delay_callback(pause)
            .event_callback(move |event| {
                hearing.hear(&event);
                std::future::ready(())
            });
        // The client itself does not heed what is said in an address.
        options = match entry(&settings.servers) {
            Some((user, Some(password))) => options.user_and_password(user, password),
            Some((token, None)) => options.token(token),
            None => options,
        };
        if let Some(credentials) = &settings.credentials {
            options = options
                .credentials(credentials)
                .map_err(|error| unfit("the credentials of NATS cannot be read", &error))?;
        }
        if let Some(ca) = &settings.ca {
            options = options.add_root_certificates(ca.clone());
        }
        if let Some((certificate, key)) = &settings.certificate {
            options = options.add_client_certificate(certificate.clone(), key.clone());
        }
        let client = options
            .connect(&settings.servers[..])
            .await
            .map_err(|error| unfit("NATS cannot be used", &error))?;
        let context = ContextBuilder::new()
            .timeout(ANSWER)
            .ack_timeout(ANSWER)
            .max_ack_inflight(IN_FLIGHT)
            .backpressure_on_inflight(true)
            .build(client.clone());
        Ok(Arc::new(Self {
            client,
            context,
            settings,
            figures,
            circuit,
            heard,
            fault: Mutex::default(),
        }))
    }

    /// Waits until the first attempt to connect has succeeded or failed: before, there is nothing to complain about.
    pub(super) async fn tried(&self) {
        self.heard.first(CONNECT).await;
    }

    /// Whether the broker can be used now; if not, why.
    pub fn ready(&self) -> Result<(), LinkError> {
        if self.client.connection_state() != State::Connected {
            return Err(LinkError::Away(self.heard.trouble()));
        }
        let server = self.client.server_info();
        fit(&server.version, self.client.try_server_info().is_some())
    }

    /// Whether it does its work, as far as is known; if not, why.
    pub fn standing(&self) -> Result<(), String> {
        self.ready().map_err(|error| error.to_string())?;
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone().map_or(Ok(()), Err)
    }

    /// Whether its circuit is closed.
    pub(super) fn is_trusted(&self) -> bool {
        self.circuit.snapshot().state == CircuitState::Closed
    }

    /// How long until the circuit lets a call through, where it does not now.
    pub fn wait(&self) -> Option<Duration> {
        self.circuit.wait()
    }

    /// Asks something of the broker, through its circuit.
    pub(super) async fn call<T>(
        &self,
        call: impl Future<Output = Result<T, LinkError>>,
    ) -> Result<T, LinkError> {
        let asked = async {
            self.ready()?;
            call.await
        };
        let judge = |answer: &Result<T, LinkError>| match answer {
            Ok(_) => Verdict::Works,
            Err(LinkError::Open(_)) => Verdict::Nothing,
            Err(error) => Verdict::Failed(error.to_string()),
        };
        let answer = self.circuit.call(asked, judge).await.map_err(|error| match error {
            CallError::Failed(error) => error,
            CallError::Open(refused) => LinkError::Open(refused.retry_after),
            CallError::TimedOut(limit) => {
                LinkError::Failed(format!("no answer within {} s", limit.as_secs_f64()))
            }
        });
        let mut fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        match &answer {
            Ok(_) => *fault = None,
            Err(LinkError::Open(_)) => {}
            Err(error) => *fault = Some(error.to_string()),
        }
        drop(fault);
        answer
    }

    /// Ends the connection, with what waits to be sent.
    pub async fn close(&self) {
        self.heard.close();
        if self.client.connection_state() == State::Connected {
            let flushed = tokio::time::timeout(Duration::from_secs(1), self.client.flush()).await;
            if !matches!(flushed, Ok(Ok(()))) {
                tracing::debug!("what was on its way to NATS at the end may be lost");
            }
        }
        if let Err(error) = self.client.drain().await {
            tracing::debug!(error = chain(&error), "the connection to NATS had ended");
        }
    }
}

/// Whether a server of this version does.
fn fit(version: &str, answered: bool) -> Result<(), LinkError> {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().ok());
    let found = parts.next().flatten().zip(parts.next().flatten());
    if answered && found.is_some_and(|found| found >= OLDEST_SERVER) {
        return Ok(());
    }
    let (major, minor) = OLDEST_SERVER;
    Err(LinkError::Unfit(format!(
        "the NATS server is of version {version:?}; {major}.{minor} or newer with JetStream is needed, so upgrade it"
    )))
}

/// The user and the password, or the token, of the first address that has them: the same for all servers.
fn entry(servers: &[String]) -> Option<(String, Option<String>)> {
    let said = |server: &String| {
        let address: ServerAddr = server.parse().ok()?;
        let plain = |text: &str| text::from_path(&format!("/{text}"));
        let user = address.username().and_then(plain)?;
        Some((user, address.password().and_then(plain)))
    };
    servers.iter().find_map(said)
}

/// Servers, separated by commas; or what is wrong with them and what to write. Passwords are not repeated.
pub fn check_servers(text: &str) -> Result<Vec<String>, String> {
    let write = "write nats://HOST:4222 or tls://HOST:4222, several separated by commas";
    let server = |part: &str| match part.parse::<ServerAddr>() {
        Ok(address) if matches!(address.scheme(), "nats" | "tls") && !address.host().is_empty() => {
            Ok(part.to_owned())
        }
        Ok(_) | Err(_) => Err(format!("this is no address of NATS servers; {write}")),
    };
    let servers: Result<Vec<_>, _> =
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(server).collect();
    match servers {
        Ok(servers) if servers.is_empty() => Err(format!("there is no address; {write}")),
        servers => servers,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_older_than_2_10_are_refused_with_what_to_do() {
        for version in ["2.10.0", "2.15.1", "3.0.0", "2.11.0-beta.1"] {
            assert!(fit(version, true).is_ok(), "{version}");
        }
        for version in ["2.9.10", "1.99.0", "", "new"] {
            let error = fit(version, true).unwrap_err().to_string();
            assert!(error.contains("2.10 or newer") && error.contains(version), "{error}");
        }
    }

    #[test]
    fn who_enters_is_said_in_the_address() {
        let entry = |text: &str| entry(&check_servers(text).unwrap());
        let (user, password) = ("me@home".to_owned(), Some("a:b".to_owned()));
        assert_eq!(entry("nats://a,nats://me%40home:a%3Ab@b"), Some((user, password)));
        assert_eq!(entry("tls://t0k3n@a"), Some(("t0k3n".to_owned(), None)));
        assert_eq!(entry("nats://a:4222"), None);
    }

    #[test]
    fn an_address_is_nats_or_tls_and_a_wrong_one_is_not_repeated() {
        assert_eq!(check_servers("nats://a:1, tls://b").unwrap(), ["nats://a:1", "tls://b"]);
        assert_eq!(check_servers("broker:4222").unwrap(), ["broker:4222"]);
        for wrong in ["", " , ", "http://me:secret@a", "nats://", "nats://me:secret@a b"] {
            let error = check_servers(wrong).unwrap_err();
            assert!(error.contains("nats://HOST:4222") && !error.contains("secret"), "{error}");
        }
    }
}
