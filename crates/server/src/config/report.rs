//! What `rishi config check` shows.

use serde::Serialize;

use super::{Config, Key, Settings, nats, parse};

/// The effective configuration, secrets masked.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    /// Whether the program would start on it.
    pub(crate) valid: bool,
    /// Every key that has a value.
    pub(crate) values: Vec<Line>,
    /// Names that mean nothing.
    pub(crate) unknown_keys: Vec<Unknown>,
    /// What is wrong, one sentence each.
    pub(crate) errors: Vec<String>,
}

/// A key with its value.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    /// Which.
    pub(crate) key: &'static str,
    /// Its value; secrets masked.
    pub(crate) value: Option<String>,
    /// Where it comes from.
    pub(crate) source: String,
}

/// A name that means nothing. Its value is not shown: it may be a misspelt secret.
#[derive(Debug, Serialize)]
pub(crate) struct Unknown {
    /// The name.
    pub(crate) key: String,
    /// Where it stands.
    pub(crate) source: String,
}

impl Report {
    /// The report on what was gathered.
    pub(crate) fn on(settings: &Settings) -> Self {
        let line = |key: Key| {
            let text = settings.text(key).ok().flatten();
            let shown = |text: String| match key {
                Key::DatabaseUrl | Key::RedisUrl | Key::SmtpUrl => parse::masked(&text),
                Key::NatsUrl => nats::masked(&text),
                key if key.is_secret() => parse::HIDDEN.to_owned(),
                _ => text,
            };
            let value = text.map(shown);
            Line { key: key.name(), value, source: settings.source(key) }
        };
        let errors = Config::from_settings(settings).err().map(|error| error.to_string());
        let errors: Vec<String> =
            errors.iter().flat_map(|lines| lines.lines()).map(ToOwned::to_owned).collect();
        let unknown =
            |(key, source): &(String, String)| Unknown { key: key.clone(), source: source.clone() };
        Self {
            valid: errors.is_empty(),
            values: Key::ALL.into_iter().map(line).collect(),
            unknown_keys: settings.unknown.iter().map(unknown).collect(),
            errors,
        }
    }
}
