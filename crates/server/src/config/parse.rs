//! From texts to types, and hiding what is secret. Messages say what to write instead.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;

use axum::http::Uri;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ipnet::IpNet;
use rishi_app::oidc::RoleRule;
use rishi_app::sealing::KEY_LENGTH;
use rishi_domain::permission::Role;
use rishi_outbound::Reach;
use tracing_subscriber::EnvFilter;

use super::{Hidden, SecretKey};

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For programs, one JSON object a line.
    Json,
}

/// An IP address and a port.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        format!("{text:?} is not an address; write IP:PORT, e.g. 127.0.0.1:8080 or 0.0.0.0:8080")
    })
}

/// An absolute http or https address without a query.
pub(super) fn public_url(text: &str) -> Result<String, String> {
    let uri: Option<Uri> = text.parse().ok();
    let usable = uri.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.host().is_some_and(|host| !host.is_empty())
            && uri.query().is_none()
    });
    if !usable {
        return Err(format!("{text:?} is not a web address; write e.g. https://rishi.example.com"));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// Addresses and networks, separated by commas.
pub(super) fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    let network = |part: &str| {
        let address = |part: &str| part.parse::<IpAddr>().map(IpNet::from);
        part.parse().or_else(|_| address(part)).map_err(|_| {
            format!(
                "{part:?} is no address or network; write e.g. 10.0.0.5, 192.168.0.0/16, fd00::/8"
            )
        })
    };
    parts.map(network).collect()
}

/// `on` or `off`.
pub(super) fn switch(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        other => Err(format!("{other:?} is neither on nor off")),
    }
}

/// A key of 32 bytes in base64.
pub(super) fn secret_key(text: &str) -> Result<SecretKey, String> {
    let bytes = STANDARD.decode(text.trim()).ok();
    bytes.and_then(|bytes| bytes.try_into().ok()).map(SecretKey).ok_or_else(|| {
        format!("this is no key; write {KEY_LENGTH} random bytes in base64, e.g. from `openssl rand -base64 32`")
    })
}

/// A number from one to a million.
pub(super) fn count(text: &str) -> Result<NonZeroU32, String> {
    let count = text.parse().ok().filter(|count: &NonZeroU32| count.get() <= 1_000_000);
    count.ok_or_else(|| format!("{text:?} is not a number from 1 to 1000000"))
}

/// A name of 1–200 characters.
pub(super) fn name(text: &str) -> Result<String, String> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > 200 {
        return Err("a name has 1 to 200 characters".to_owned());
    }
    Ok(name.to_owned())
}

/// The address of a mail server.
pub(super) fn smtp_url(text: &str) -> Result<String, String> {
    rishi_mail::check_url(text).map(|()| text.to_owned()).map_err(|error| error.to_string())
}

/// A key of SendGrid's.
pub(super) fn sendgrid_key(text: &str) -> Result<Hidden, String> {
    let checked = rishi_mail::check_key(text.trim());
    checked.map(|()| Hidden(text.trim().to_owned())).map_err(|error| error.to_string())
}

/// The address of a Redis.
#[cfg(feature = "redis")]
pub(super) fn redis_url(text: &str) -> Result<Hidden, String> {
    rishi_outbound::check_redis(text).map(|()| Hidden(text.to_owned()))
}

/// The address of a Redis: none, in a build that knows none.
#[cfg(not(feature = "redis"))]
pub(super) fn redis_url(_: &str) -> Result<Hidden, String> {
    Err("this build has no Redis; build it with the feature `redis`, or leave this out".to_owned())
}

/// A key that some service gave.
pub(super) fn api_key(text: &str) -> Result<Hidden, String> {
    let key = text.trim();
    if key.is_empty() || !key.chars().all(|c| c.is_ascii_graphic()) {
        return Err("this is no key".to_owned());
    }
    Ok(Hidden(key.to_owned()))
}

/// The address of a service that the operator chose: reached over TLS, or on this machine.
pub(super) fn service_url(text: &str) -> Result<String, String> {
    let checked = Reach { loopback: true }.check(text);
    let url = checked.map_err(|why| format!("{text:?} cannot be called: {why}"))?;
    if url.query().is_some() {
        return Err(format!("{text:?} cannot be called: it must not have a query"));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// Where the tiles of maps are, and the origin of that. It goes to browsers as it is, and the origin into their
/// content security policy, so it is made of what an address is made of.
pub(super) fn map_tiles(text: &str) -> Result<(String, String), String> {
    let text = text.trim();
    let whole = ["{z}", "{x}", "{y}"].iter().all(|part| text.matches(part).count() == 1);
    let uri: Option<Uri> = ["{z}", "{x}", "{y}"]
        .iter()
        .fold(text.to_owned(), |text, part| text.replace(part, "0"))
        .parse()
        .ok();
    let origin = uri.filter(|_| whole).and_then(|uri| {
        let host = uri.host()?.trim_matches(['[', ']']);
        let is_here =
            host == "localhost" || host.parse::<IpAddr>().is_ok_and(|one| one.is_loopback());
        let scheme =
            uri.scheme_str().filter(|scheme| *scheme == "https" || *scheme == "http" && is_here)?;
        let authority = uri.authority()?.as_str();
        let is_plain = authority.chars().all(|c| c.is_ascii_alphanumeric() || "-.:[]".contains(c));
        is_plain.then(|| format!("{scheme}://{authority}"))
    });
    origin.map(|origin| (text.to_owned(), origin)).ok_or_else(|| {
        format!(
            "{text:?} is no address of tiles; write e.g. https://tiles.example.com/{{z}}/{{x}}/{{y}}.png (http on this machine only)"
        )
    })
}

/// From whom mail comes.
pub(super) fn mail_from(text: &str) -> Result<String, String> {
    rishi_mail::check_sender(text).map(|()| text.to_owned()).map_err(|error| error.to_string())
}

/// The issuer identifier of a provider of identities: over TLS, unless it is on this machine. It is compared
/// letter by letter, so it stays as it is written.
pub(super) fn issuer(text: &str) -> Result<String, String> {
    let uri: Option<Uri> = text.parse().ok();
    let is_usable = uri.is_some_and(|uri| {
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        let is_here =
            host == "localhost" || host.parse::<IpAddr>().is_ok_and(|one| one.is_loopback());
        let is_guarded = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => is_here,
            _ => false,
        };
        is_guarded && !host.is_empty() && uri.query().is_none()
    });
    if is_usable {
        return Ok(text.to_owned());
    }
    Err(format!(
        "{text:?} is no issuer; write e.g. https://login.example.com (http on this machine only)"
    ))
}

/// Scopes of OAuth, separated by spaces.
pub(super) fn scopes(text: &str) -> Result<Vec<String>, String> {
    // RFC 6749, 3.3.
    let is_plain = |c: char| c.is_ascii_graphic() && c != '"' && c != '\\';
    let scopes: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    match scopes.iter().find(|scope| !scope.chars().all(is_plain)) {
        Some(scope) => {
            Err(format!("{scope:?} is no scope; write e.g. openid email profile groups"))
        }
        None => Ok(scopes),
    }
}

/// What values of a claim mean: `VALUE=ROLE` or `VALUE=ROLE@ORGANIZATION`, separated by commas.
pub(super) fn role_rules(text: &str) -> Result<Vec<RoleRule>, String> {
    let rule = |part: &str| {
        let wrong = || {
            format!(
                "{part:?} is no rule; write VALUE=ROLE or VALUE=ROLE@ORGANIZATION, e.g. \
                     staff=brand_agent, planners=client_manager@018f3c2e-7b1a-7c3d-9e4f-5a6b7c8d9e0f"
            )
        };
        let (value, meaning) = part.rsplit_once('=').ok_or_else(wrong)?;
        let (role, organization) = match meaning.split_once('@') {
            Some((role, id)) => (role, Some(id.trim().parse().map_err(|_| wrong())?)),
            None => (meaning, None),
        };
        let role = Role::parse(role.trim()).ok_or_else(|| {
            format!(
                "{:?} is no role; the roles are {}",
                role.trim(),
                Role::ALL.map(Role::as_str).join(", ")
            )
        })?;
        let value = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        Ok(RoleRule { value: value.ok_or_else(wrong)?, role, organization })
    };
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(rule).collect()
}

/// A filter in the syntax of `tracing-subscriber`.
pub(super) fn filter(text: &str) -> Result<String, String> {
    EnvFilter::try_new(text).map(|_| text.to_owned()).map_err(|error| {
        format!("{text:?} is not a log filter ({error}); write e.g. info or warn,rishi_store=debug")
    })
}

/// `text` or `json`.
pub(super) fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        other => Err(format!("{other:?} is not a log format; write text or json")),
    }
}

/// A secret as it is shown: nothing of it.
pub(super) const HIDDEN: &str = "***";

/// A URL with its password hidden; anything else is shown as it is.
pub(super) fn masked(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let authority = match authority.rsplit_once('@') {
        Some((user, host)) => {
            let name = user.split_once(':').map_or(user, |(name, _)| name);
            format!("{name}:***@{host}")
        }
        None => authority.to_owned(),
    };
    // A query may carry `password=` and the like.
    let tail =
        tail.split_once('?').map_or_else(|| tail.to_owned(), |(path, _)| format!("{path}?***"));
    format!("{scheme}://{authority}{tail}")
}
