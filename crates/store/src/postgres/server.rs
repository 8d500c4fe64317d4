//! A server: its address as libpq takes one, how it is known to be the right one (TLS), and what is asked of it.

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, RecyclingMethod};
use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls_platform_verifier::Verifier;
use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::error::OpenError;

/// How long a connection may take to be made.
pub(super) const CONNECTING: Duration = Duration::from_secs(3);
/// How long a server may be silent, whatever it was sent, before it counts as gone.
const SILENCE: Duration = Duration::from_secs(6);
/// What each connection asks of the server: to end a statement that takes too long, to wait for another's change
/// a while and no longer, to end a transaction that nobody goes on with, and to notice that we are gone.
const MANNERS: &str = "-c statement_timeout=10s -c lock_timeout=5s \
     -c idle_in_transaction_session_timeout=5s -c client_connection_check_interval=2s";
/// Behind the second wall (see [`super::reach`]) every row is shown, until a query says what it may see.
const EVERY_ROW: &str = "-c rishi.scope=all";

/// A server, and how it is spoken to.
pub(super) struct Server {
    config: Config,
    tls: MakeRustlsConnect,
}

impl Server {
    /// Reads an address: what libpq takes as one, with `sslrootcert` for a certificate of one's own.
    pub(super) fn parse(url: &str) -> Result<Self, OpenError> {
        let (url, certificate) = take_certificate(url);
        let url = with_known_mode(&url);
        let mut config: Config = url.parse().map_err(OpenError::Address)?;
        if config.get_application_name().is_none() {
            config.application_name("rishi");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECTING);
        }
        config.keepalives_idle(SILENCE / 2).keepalives_interval(SILENCE / 6).keepalives_retries(3);
        config.tcp_user_timeout(SILENCE);
        Ok(Self { config, tls: tls(certificate.as_deref())? })
    }

    /// A connection for a migration, which may take its time, and finds every row that it is to change.
    pub(super) async fn connect_to_migrate(&self) -> Result<Client, OpenError> {
        let mut config = self.config.clone();
        config.options(format!("{EVERY_ROW}{}", self.asked()));
        let (client, connection) = config.connect(self.tls.clone()).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "the connection of a migration broke");
            }
        });
        Ok(client)
    }

    /// The options that the address itself asks for.
    fn asked(&self) -> String {
        self.config.get_options().map_or(String::new(), |options| format!(" {options}"))
    }

    /// A pool of at most so many connections.
    pub(super) fn pool(mut self, most: usize) -> Result<deadpool_postgres::Pool, OpenError> {
        self.config.options(format!("{EVERY_ROW} {MANNERS}{}", self.asked()));
        let fast = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(self.config, self.tls, fast);
        deadpool_postgres::Pool::builder(manager)
            .max_size(most)
            .runtime(deadpool_postgres::Runtime::Tokio1)
            .build()
            .map_err(OpenError::Pool)
    }
}

/// Says what keeps an address from being one; nobody is called.
pub fn check_address(url: &str) -> Result<(), OpenError> {
    Server::parse(url).map(drop)
}

/// An address without the certificate it names, and that.
fn take_certificate(url: &str) -> (String, Option<String>) {
    let Some((address, query)) = url.split_once('?') else { return (url.to_owned(), None) };
    let (ours, rest): (Vec<&str>, Vec<&str>) =
        query.split('&').partition(|part| part.starts_with("sslrootcert="));
    let certificate = ours.last().and_then(|part| part.split_once('=')).map(|(_, path)| path);
    let address =
        if rest.is_empty() { address.to_owned() } else { format!("{address}?{}", rest.join("&")) };
    (address, certificate.map(str::to_owned))
}

/// With TLS the server's certificate and name are always verified, so that what libpq calls `verify-ca` and
/// `verify-full` is what `require` is here.
fn with_known_mode(url: &str) -> String {
    let Some((address, query)) = url.split_once('?') else { return url.to_owned() };
    let part = |part| match part {
        "sslmode=verify-ca" | "sslmode=verify-full" => "sslmode=require",
        other => other,
    };
    let parts: Vec<&str> = query.split('&').map(part).collect();
    format!("{address}?{}", parts.join("&"))
}

fn tls(certificate: Option<&str>) -> Result<MakeRustlsConnect, OpenError> {
    let refused = |error: Box<dyn std::error::Error + Send + Sync>| OpenError::Certificates(error);
    let provider = Arc::new(ring::default_provider());
    let mut roots = Vec::new();
    if let Some(path) = certificate {
        for root in CertificateDer::pem_file_iter(path).map_err(|error| refused(error.into()))? {
            roots.push(root.map_err(|error| refused(error.into()))?);
        }
    }
    let verifier = Verifier::new_with_extra_roots(roots, Arc::clone(&provider))
        .map_err(|error| refused(error.into()))?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| refused(error.into()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_taken_out_of_the_address() {
        let taken = |url| {
            let (address, certificate) = take_certificate(url);
            (address, certificate.unwrap_or_default())
        };
        let is = |address: &str, certificate: &str| (address.to_owned(), certificate.to_owned());
        assert_eq!(taken("postgres://a/b"), is("postgres://a/b", ""));
        assert_eq!(taken("postgres://a/b?sslrootcert=/c"), is("postgres://a/b", "/c"));
        assert_eq!(
            taken("postgres://a/b?sslmode=require&sslrootcert=/c&connect_timeout=1"),
            is("postgres://a/b?sslmode=require&connect_timeout=1", "/c"),
        );
    }

    #[test]
    fn libpqs_words_for_a_verified_server_are_understood() {
        let mode = |mode: &str| {
            let url = format!("postgres://a/b?connect_timeout=1&sslmode={mode}");
            Server::parse(&url).map(|server| server.config.get_ssl_mode()).ok()
        };
        for known in ["require", "verify-ca", "verify-full"] {
            assert_eq!(mode(known), Some(tokio_postgres::config::SslMode::Require), "{known}");
        }
        assert_eq!(mode("verify-nothing"), None);
    }
}
