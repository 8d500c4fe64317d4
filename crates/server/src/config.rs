//! Configuration: defaults, then `rishi.toml`, then `RISHI_*` environment, then flags.
//!
//! Cast: [`key`] lists what can be configured; [`sources`] gathers the layers and what nobody knows;
//! [`parse`] turns texts into types and hides secrets; [`report`] prints all of it.
//!
//! Guarantee: a wrong value stops the start with one line that names key and source; an unknown key
//! never does, so that a file written for a newer version still starts this one.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

use axum::http::Uri;
use ipnet::IpNet;
use rishi_api::RateLimits;
use rishi_app::sealing::KEY_LENGTH;

mod key;
mod parse;
mod report;
mod sources;

#[cfg(test)]
mod tests;

pub(crate) use key::Key;
pub(crate) use parse::LogFormat;
pub(crate) use report::Report;
pub(crate) use sources::{Settings, Sources};

/// What the program runs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Config {
    /// The file that holds everything.
    pub(crate) database: PathBuf,
    /// Where HTTP is served; port 0 takes any free one.
    pub(crate) http_addr: SocketAddr,
    /// The address that others reach the server at, without a slash at the end.
    pub(crate) public_url: Option<String>,
    /// Proxies whose word on where a request comes from is taken.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// How often requests may come; nothing when that is not limited.
    pub(crate) rate_limits: Option<RateLimits>,
    /// How many attempts to sign in an account or an address has; nothing when that is not limited.
    pub(crate) sign_in_limit: Option<NonZeroU32>,
    /// Under what secrets are kept in the database; a key in a file beside it when there is none here.
    pub(crate) secret_key: Option<SecretKey>,
    /// Whether webhooks may go to this machine, and there without TLS.
    pub(crate) webhook_allow_loopback: bool,
    /// How mail is sent; nothing when it is not.
    pub(crate) mail: Option<MailSettings>,
    /// The name of a new database's internal organization.
    pub(crate) organization: String,
    /// What is logged; nothing when nobody said so.
    pub(crate) log: Option<String>,
    /// How it is logged.
    pub(crate) log_format: LogFormat,
}

/// A key, which is never shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SecretKey(pub(crate) [u8; KEY_LENGTH]);

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(parse::HIDDEN)
    }
}

/// How mail is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MailSettings {
    /// The server, with user and password if it wants them.
    pub(crate) smtp_url: String,
    /// From whom it comes.
    pub(crate) from: String,
}

/// A configuration that cannot be used: one problem a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.lines())]
pub(crate) struct ConfigError(pub(crate) Vec<Problem>);

/// A value that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Which key; nothing when a whole file is unreadable.
    pub(crate) key: Option<String>,
    /// Where the value came from.
    pub(crate) source: String,
    /// What is wrong and what to write instead.
    pub(crate) message: String,
}

impl ConfigError {
    fn lines(&self) -> String {
        let line = |problem: &Problem| match &problem.key {
            Some(key) => format!("{key} (from {}): {}", problem.source, problem.message),
            None => format!("{}: {}", problem.source, problem.message),
        };
        self.0.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

impl Config {
    /// The configuration that the sources add up to, or every wrong value in them.
    pub(crate) fn from_settings(settings: &Settings) -> Result<Self, ConfigError> {
        let mut problems = settings.problems.clone();
        let mut take =
            |key: Key| settings.text(key).map_err(|problem| problems.push(problem)).ok().flatten();
        let texts = Key::ALL.map(&mut take);
        let mut read = Reader { settings, texts, problems };
        let config = Self {
            database: read.as_with(Key::DatabaseUrl, parse::database).unwrap_or_default(),
            http_addr: read
                .as_with(Key::HttpAddr, parse::address)
                .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0))),
            public_url: read.as_with(Key::PublicUrl, parse::public_url),
            trusted_proxies: read.as_with(Key::TrustedProxies, parse::networks).unwrap_or_default(),
            rate_limits: read.rate_limits(),
            sign_in_limit: read.sign_in_limit(),
            secret_key: read.as_with(Key::Secrets, parse::secret_key),
            webhook_allow_loopback: read
                .as_with(Key::WebhookAllowLoopback, parse::switch)
                .unwrap_or_default(),
            mail: read.mail(),
            organization: read.as_with(Key::Organization, parse::name).unwrap_or_default(),
            log: read.as_with(Key::Log, parse::filter),
            log_format: read.as_with(Key::LogFormat, parse::log_format).unwrap_or_default(),
        };
        let explicit = settings.source(Key::Log) != sources::DEFAULT;
        let config = Self { log: config.log.filter(|_| explicit), ..config };
        if read.problems.is_empty() { Ok(config) } else { Err(ConfigError(read.problems)) }
    }
}

impl Config {
    /// Where people reach a server that listens there, without a slash at the end.
    pub(crate) fn base_url(&self, address: SocketAddr) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{address}"))
    }

    /// Whether browsers reach the server over TLS: always, unless it listens on a loopback address and
    /// is not said to be reached by another.
    pub(crate) fn is_reached_by_tls(&self) -> bool {
        let Some(url) = &self.public_url else { return !self.http_addr.ip().is_loopback() };
        let uri: Option<Uri> = url.parse().ok();
        let Some(host) = uri.as_ref().and_then(Uri::host) else { return true };
        let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
        let is_loopback = host == "localhost" || address.is_ok_and(|one| one.is_loopback());
        url.starts_with("https://") || !is_loopback
    }
}

/// Reads texts as types and remembers what could not be read.
struct Reader<'a> {
    settings: &'a Settings,
    texts: [Option<String>; Key::ALL.len()],
    problems: Vec<Problem>,
}

impl Reader<'_> {
    /// Whether anything is limited.
    fn limited(&self) -> bool {
        self.texts[Key::RateLimit as usize].as_deref() != Some("off")
    }

    fn sign_in_limit(&mut self) -> Option<NonZeroU32> {
        self.as_with(Key::RateLimitSignIn, parse::count).filter(|_| self.limited())
    }

    /// The limits of each class, also where they are not in force: a wrong number is told anyway.
    fn rate_limits(&mut self) -> Option<RateLimits> {
        // The word is checked here, once.
        self.as_with(Key::RateLimit, parse::switch);
        let on = self.limited();
        let mut rate = |key| self.as_with(key, parse::count).map(RateLimits::per_minute);
        let limits = RateLimits {
            general: rate(Key::RateLimitGeneral)?,
            booking_writes: rate(Key::RateLimitBookingWrites)?,
            staff: rate(Key::RateLimitStaff)?,
            probes: rate(Key::RateLimitProbes)?,
        };
        on.then_some(limits)
    }

    /// A server without a sender, or the reverse, is a mistake.
    fn mail(&mut self) -> Option<MailSettings> {
        let given = [Key::SmtpUrl, Key::MailFrom].map(|key| self.texts[key as usize].is_some());
        let smtp_url = self.as_with(Key::SmtpUrl, parse::smtp_url);
        let from = self.as_with(Key::MailFrom, parse::mail_from);
        let (present, missing) = match given {
            [true, false] => (Key::SmtpUrl, Key::MailFrom),
            [false, true] => (Key::MailFrom, Key::SmtpUrl),
            _ => return smtp_url.zip(from).map(|(smtp_url, from)| MailSettings { smtp_url, from }),
        };
        let message = format!("mail needs {} as well", missing.name());
        let (key, source) = (Some(present.name().to_owned()), self.settings.source(present));
        self.problems.push(Problem { key, source, message });
        None
    }

    fn as_with<T>(&mut self, key: Key, parse: fn(&str) -> Result<T, String>) -> Option<T> {
        let text = self.texts[key as usize].as_deref()?;
        match parse(text) {
            Ok(value) => Some(value),
            Err(message) => {
                let (key, source) = (Some(key.name().to_owned()), self.settings.source(key));
                self.problems.push(Problem { key, source, message });
                None
            }
        }
    }
}
