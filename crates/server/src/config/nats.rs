//! The broker of events.

use std::fmt;
use std::num::NonZeroU32;
use std::path::PathBuf;

use super::{Hidden, Key, Reader, parse};

/// The broker of events, and what is kept there.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct NatsSettings {
    /// Its servers, perhaps with passwords.
    pub(crate) servers: Vec<String>,
    /// The text of a file of credentials.
    pub(crate) credentials: Option<Hidden>,
    /// A PEM file of authorities.
    pub(crate) ca: Option<PathBuf>,
    /// PEM files of a certificate and its key.
    pub(crate) certificate: Option<(PathBuf, PathBuf)>,
    /// The stream of events.
    pub(crate) stream: String,
    /// Copies of each stream.
    pub(crate) replicas: usize,
    /// Days that events are kept.
    pub(crate) max_age_days: NonZeroU32,
    /// Megabytes of them at most.
    pub(crate) max_megabytes: NonZeroU32,
    /// Whether events of others are taken.
    pub(crate) ingress: bool,
}

impl fmt::Debug for NatsSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NatsSettings")
            .field("servers", &masked(&self.servers.join(",")))
            .field("stream", &self.stream)
            .finish_non_exhaustive()
    }
}

impl Reader<'_> {
    /// The servers make a broker; what is said beside them is a mistake without them, and so is half a certificate.
    pub(super) fn nats(&mut self) -> Option<NatsSettings> {
        let given = |key: Key| self.texts[key as usize].is_some();
        let alone: Vec<(Key, Key)> = [
            (Key::NatsCredentials, Key::NatsUrl),
            (Key::NatsCa, Key::NatsUrl),
            (Key::NatsCertificate, Key::NatsUrl),
            (Key::NatsCertificate, Key::NatsKeyFile),
            (Key::NatsKeyFile, Key::NatsCertificate),
        ]
        .into_iter()
        .filter(|(present, missing)| given(*present) && !given(*missing))
        .collect();
        for (present, missing) in alone {
            self.wrong(present, format!("NATS needs {} as well", missing.name()));
        }
        let servers = self.as_with(Key::NatsUrl, servers);
        let credentials = self.as_with(Key::NatsCredentials, credentials);
        let ca = self.as_with(Key::NatsCa, file);
        let certificate = self.as_with(Key::NatsCertificate, file);
        let key = self.as_with(Key::NatsKeyFile, file);
        let stream = self.as_with(Key::NatsStream, stream);
        let replicas = self.as_with(Key::NatsReplicas, replicas);
        let max_age_days = self.as_with(Key::NatsMaxAgeDays, days);
        let max_megabytes = self.as_with(Key::NatsMaxMegabytes, parse::count);
        let ingress = self.as_with(Key::NatsIngress, parse::switch);
        Some(NatsSettings {
            servers: servers?,
            credentials,
            ca,
            certificate: certificate.zip(key),
            stream: stream?,
            replicas: replicas?,
            max_age_days: max_age_days?,
            max_megabytes: max_megabytes?,
            ingress: ingress?,
        })
    }
}

/// Servers as they are shown: without user, password or token.
pub(super) fn masked(text: &str) -> String {
    let one = |part: &str| {
        let (scheme, rest) =
            part.split_once("://").map_or(("", part), |(scheme, rest)| (scheme, rest));
        let slashes = if scheme.is_empty() { "" } else { "://" };
        match rest.rsplit_once('@') {
            Some((_, host)) => format!("{scheme}{slashes}{}@{host}", parse::HIDDEN),
            None => part.to_owned(),
        }
    };
    text.split(',').map(|part| one(part.trim())).collect::<Vec<_>>().join(",")
}

#[cfg(feature = "nats")]
fn servers(text: &str) -> Result<Vec<String>, String> {
    rishi_bus::nats::check_servers(text)
}

#[cfg(not(feature = "nats"))]
fn servers(_: &str) -> Result<Vec<String>, String> {
    Err("this build has no NATS; build it with the feature `nats`, or leave this out".to_owned())
}

fn credentials(text: &str) -> Result<Hidden, String> {
    if text.contains("BEGIN NATS USER JWT") && text.contains("SEED") {
        return Ok(Hidden(text.to_owned()));
    }
    Err("these are no credentials of NATS; name a .creds file with nats_credentials_file"
        .to_owned())
}

fn file(text: &str) -> Result<PathBuf, String> {
    match std::fs::File::open(text) {
        Ok(_) => Ok(PathBuf::from(text)),
        Err(error) => {
            Err(format!("{text:?} cannot be read: {error}; write the path of a PEM file"))
        }
    }
}

fn stream(text: &str) -> Result<String, String> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if (1..=64).contains(&text.len()) && text.chars().all(word) {
        return Ok(text.to_owned());
    }
    Err(format!("{text:?} is no name of a stream; write 1 to 64 of A-Z, a-z, 0-9, _ and -"))
}

fn replicas(text: &str) -> Result<usize, String> {
    match text {
        "1" => Ok(1),
        "3" => Ok(3),
        "5" => Ok(5),
        _ => Err(format!("{text:?} is no number of copies; write 1, or 3 or 5 in a cluster")),
    }
}

fn days(text: &str) -> Result<NonZeroU32, String> {
    let days = text.parse().ok().filter(|days: &NonZeroU32| days.get() <= 3_650);
    days.ok_or_else(|| format!("{text:?} is not a number of days from 1 to 3650"))
}
