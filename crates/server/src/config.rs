//! Configuration: defaults, then `rishi.toml`, then `RISHI_*` environment, then flags.
//!
//! Cast: [`key`] lists what can be configured; [`sources`] gathers the layers and what nobody knows;
//! [`parse`] turns texts into types and hides secrets; [`report`] prints all of it.
//!
//! Guarantee: a wrong value stops the start with one line that names key and source; an unknown key
//! never does, so that a file written for a newer version still starts this one.

use std::net::SocketAddr;
use std::num::NonZeroU32;

use axum::http::Uri;
use ipnet::IpNet;
use rishi_api::{MapTiles, RateLimits};
use rishi_app::oidc::RoleRule;
use rishi_app::sealing::KEY_LENGTH;

mod database;
mod key;
mod nats;
mod parse;
mod report;
mod roles;
mod sources;

#[cfg(test)]
mod tests;

pub(crate) use database::{Database, database};
pub(crate) use key::Key;
pub(crate) use nats::NatsSettings;
pub(crate) use parse::LogFormat;
pub(crate) use report::Report;
pub(crate) use roles::Roles;
pub(crate) use sources::{Settings, Sources};

/// What the program runs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Config {
    /// What holds everything.
    pub(crate) database: Database,
    /// Where HTTP is served; port 0 takes any free one.
    pub(crate) http_addr: SocketAddr,
    /// What the process does.
    pub(crate) roles: Roles,
    /// The address that others reach the server at, without a slash at the end.
    pub(crate) public_url: Option<String>,
    /// Proxies whose word on where a request comes from is taken.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// How often requests may come; nothing when that is not limited.
    pub(crate) rate_limits: Option<RateLimits>,
    /// How many attempts to sign in an account or an address has; nothing when that is not limited.
    pub(crate) sign_in_limit: Option<NonZeroU32>,
    /// Where all processes count requests together; each by itself when there is no such place.
    pub(crate) redis: Option<Hidden>,
    /// Under what secrets are kept in the database; a key in a file beside it when there is none here.
    pub(crate) secret_key: Option<SecretKey>,
    /// Whether webhooks may go to this machine, and there without TLS.
    pub(crate) webhook_allow_loopback: bool,
    /// How mail is sent; nothing when it is not.
    pub(crate) mail: Option<MailSettings>,
    /// By whom people may sign in beside their passwords; nobody when nothing is.
    pub(crate) oidc: Option<OidcSettings>,
    /// Where traces are sent, without a slash at the end; nowhere when nothing is.
    pub(crate) otlp_endpoint: Option<String>,
    /// The broker of events; nothing when there is none.
    pub(crate) nats: Option<NatsSettings>,
    /// How addresses are found; nothing when they are not.
    pub(crate) geocoding: Option<GeocodingSettings>,
    /// What maps are drawn on; nothing of another server when nothing is.
    pub(crate) map: Option<MapTiles>,
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

/// A secret text, which is never shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Hidden(pub(crate) String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(parse::HIDDEN)
    }
}

/// How mail is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MailSettings {
    /// Who carries it.
    pub(crate) carrier: Carrier,
    /// From whom it comes.
    pub(crate) from: String,
}

/// By whom people may sign in.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct OidcSettings {
    /// The provider's issuer identifier.
    pub(crate) issuer: String,
    /// The platform's name there.
    pub(crate) client_id: String,
    /// The platform's secret there, if it has one.
    pub(crate) client_secret: Option<String>,
    /// What is asked of it.
    pub(crate) scopes: Vec<String>,
    /// What people know it by.
    pub(crate) name: String,
    /// The claim that names roles.
    pub(crate) role_claim: Option<String>,
    /// What its values mean.
    pub(crate) roles: Vec<RoleRule>,
}

impl std::fmt::Debug for OidcSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let secret = self.client_secret.as_ref().map(|_| parse::HIDDEN);
        f.debug_struct("OidcSettings")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("client_secret", &secret)
            .finish_non_exhaustive()
    }
}

/// How addresses are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GeocodingSettings {
    /// The service's key.
    pub(crate) key: Hidden,
    /// Where it is.
    pub(crate) url: String,
}

/// Who carries mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// The server at this address, with user and password if it wants them.
    Smtp(Hidden),
    /// SendGrid.
    SendGrid {
        /// Its key.
        key: Hidden,
        /// Where it is.
        url: String,
    },
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

#[cfg(test)]
impl Config {
    /// The defaults for a database in a file, on a port that the machine chooses.
    pub(crate) fn of_file(path: impl Into<std::path::PathBuf>) -> Self {
        Self {
            database: Database::File(path.into()),
            http_addr: SocketAddr::from(([127, 0, 0, 1], 0)),
            roles: Roles::ALL,
            public_url: None,
            mail: None,
            oidc: None,
            otlp_endpoint: None,
            geocoding: None,
            map: None,
            nats: None,
            trusted_proxies: Vec::new(),
            rate_limits: None,
            sign_in_limit: None,
            redis: None,
            secret_key: None,
            webhook_allow_loopback: false,
            organization: "Rishi".to_owned(),
            log: None,
            log_format: LogFormat::Text,
        }
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
            database: read.as_with(Key::DatabaseUrl, database::database).unwrap_or_default(),
            http_addr: read
                .as_with(Key::HttpAddr, parse::address)
                .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0))),
            roles: read.roles(),
            public_url: read.as_with(Key::PublicUrl, parse::public_url),
            trusted_proxies: read.as_with(Key::TrustedProxies, parse::networks).unwrap_or_default(),
            rate_limits: read.rate_limits(),
            sign_in_limit: read.sign_in_limit(),
            redis: read.as_with(Key::RedisUrl, parse::redis_url),
            secret_key: read.as_with(Key::Secrets, parse::secret_key),
            webhook_allow_loopback: read
                .as_with(Key::WebhookAllowLoopback, parse::switch)
                .unwrap_or_default(),
            mail: read.mail(),
            oidc: read.oidc(),
            otlp_endpoint: read.as_with(Key::OtlpEndpoint, parse::public_url),
            nats: read.nats(),
            geocoding: read.geocoding(),
            map: read.map(),
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

    /// A file is one process's, which does everything.
    fn roles(&mut self) -> Roles {
        let roles = self.as_with(Key::Roles, roles::roles).unwrap_or_default();
        let database = self.texts[Key::DatabaseUrl as usize].as_deref();
        let is_file = database.is_some_and(|url| url.starts_with("sqlite:"));
        if is_file && roles != Roles::ALL {
            let message = "one process works on a database in a file and does both; write api,worker, or share \
                           a PostgreSQL database (database_url)";
            self.wrong(Key::Roles, message.to_owned());
        }
        roles
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

    /// One who carries it and a sender; one without the other is a mistake, and so are two who carry it.
    fn mail(&mut self) -> Option<MailSettings> {
        let given = |key: Key| self.texts[key as usize].is_some();
        let given = [Key::SmtpUrl, Key::Sendgrid, Key::MailFrom].map(given);
        let smtp = self.as_with(Key::SmtpUrl, parse::smtp_url);
        let key = self.as_with(Key::Sendgrid, parse::sendgrid_key);
        let url = self.as_with(Key::SendgridUrl, parse::service_url);
        let from = self.as_with(Key::MailFrom, parse::mail_from);
        let (present, message) = match given {
            [true, true, _] => (Key::Sendgrid, "mail goes by this or by smtp_url, not by both"),
            [true, false, false] => (Key::SmtpUrl, "mail needs mail_from as well"),
            [false, true, false] => (Key::Sendgrid, "mail needs mail_from as well"),
            [false, false, true] => {
                (Key::MailFrom, "mail needs smtp_url (or sendgrid_api_key) as well")
            }
            _ => {
                let sendgrid = key.zip(url).map(|(key, url)| Carrier::SendGrid { key, url });
                let carrier = smtp.map(Hidden).map(Carrier::Smtp).or(sendgrid);
                return carrier.zip(from).map(|(carrier, from)| MailSettings { carrier, from });
            }
        };
        self.wrong(present, message.to_owned());
        None
    }

    /// What is wrong about a value that is there.
    fn wrong(&mut self, present: Key, message: String) {
        let (key, source) = (Some(present.name().to_owned()), self.settings.source(present));
        self.problems.push(Problem { key, source, message });
    }

    /// An issuer and a client make a provider, a claim and its meanings a mapping; half of either is a mistake.
    fn oidc(&mut self) -> Option<OidcSettings> {
        let given = |key: Key| self.texts[key as usize].is_some();
        for (present, missing) in [
            (Key::OidcIssuer, Key::OidcClientId),
            (Key::OidcClientId, Key::OidcIssuer),
            (Key::OidcClientSecret, Key::OidcClientId),
            (Key::OidcRoleClaim, Key::OidcRoles),
            (Key::OidcRoles, Key::OidcRoleClaim),
            (Key::OidcRoles, Key::OidcIssuer),
        ]
        .into_iter()
        .filter(|(present, missing)| given(*present) && !given(*missing))
        .collect::<Vec<_>>()
        {
            let message = format!("sign-in by a provider needs {} as well", missing.name());
            self.wrong(present, message);
        }
        let roles = self.as_with(Key::OidcRoles, parse::role_rules).unwrap_or_default();
        let scopes = self.as_with(Key::OidcScopes, parse::scopes).unwrap_or_default();
        let name = self.as_with(Key::OidcName, parse::name).unwrap_or_default();
        let role_claim = self.as_with(Key::OidcRoleClaim, parse::name);
        Some(OidcSettings {
            issuer: self.as_with(Key::OidcIssuer, parse::issuer)?,
            client_id: self.as_with(Key::OidcClientId, parse::name)?,
            client_secret: self.texts[Key::OidcClientSecret as usize].clone(),
            scopes,
            name,
            role_claim,
            roles,
        })
    }

    /// Tiles may go without naming anybody, but nobody is named for none.
    fn map(&mut self) -> Option<MapTiles> {
        let attribution = self.as_with(Key::MapAttribution, parse::name);
        if attribution.is_some() && self.texts[Key::MapTiles as usize].is_none() {
            self.wrong(Key::MapAttribution, "maps need map_tiles_url as well".to_owned());
        }
        let (template, origin) = self.as_with(Key::MapTiles, parse::map_tiles)?;
        Some(MapTiles { template, origin, attribution })
    }

    fn geocoding(&mut self) -> Option<GeocodingSettings> {
        let key = self.as_with(Key::GoogleMaps, parse::api_key);
        let url = self.as_with(Key::GoogleMapsUrl, parse::service_url);
        key.zip(url).map(|(key, url)| GeocodingSettings { key, url })
    }

    fn as_with<T>(&mut self, key: Key, parse: fn(&str) -> Result<T, String>) -> Option<T> {
        let text = self.texts[key as usize].as_deref()?;
        match parse(text) {
            Ok(value) => Some(value),
            Err(message) => {
                self.wrong(key, message);
                None
            }
        }
    }
}
