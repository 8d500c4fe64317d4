//! From texts to types, and hiding what is secret. Messages say what to write instead.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;

use axum::http::Uri;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ipnet::IpNet;
use rishi_app::sealing::KEY_LENGTH;
use tracing_subscriber::EnvFilter;

use super::SecretKey;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For programs, one JSON object a line.
    Json,
}

/// The file that a database URL names.
pub(super) fn database(text: &str) -> Result<PathBuf, String> {
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        return Err("this build runs on SQLite only so far; write sqlite:PATH".to_owned());
    }
    let Some(path) = text.strip_prefix("sqlite:") else {
        return Err(format!(
            "{} is not a database URL; write sqlite:PATH, e.g. sqlite:./data/rishi.db",
            masked(text)
        ));
    };
    // `sqlite:///var/lib/rishi.db` is understood as well.
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path == ":memory:" {
        return Err(
            "the database needs a file; write sqlite:PATH, e.g. sqlite:./data/rishi.db".to_owned()
        );
    }
    Ok(PathBuf::from(path))
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

/// From whom mail comes.
pub(super) fn mail_from(text: &str) -> Result<String, String> {
    rishi_mail::check_sender(text).map(|()| text.to_owned()).map_err(|error| error.to_string())
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
