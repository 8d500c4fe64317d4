//! What an operator may set, with the defaults of the contract.

use std::time::Duration;

use ipnet::IpNet;

use crate::limits::RateLimits;

/// Tiles of a map on another server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapTiles {
    /// Their address, with `{z}`, `{x}` and `{y}` in it.
    pub template: String,
    /// Scheme, host and port of it: the one place outside from which pages may load pictures.
    pub origin: String,
    /// Who is to be named beside them.
    pub attribution: Option<String>,
}

/// Limits of the HTTP API.
#[derive(Debug, Clone)]
pub struct ApiConfig {
    /// How the world reaches the platform. With `https`, browsers are told to stay with it (HSTS).
    pub public_url: Option<String>,
    /// Proxies whose word on where a request comes from is taken.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether nothing but probes is answered.
    pub probes_only: bool,
    /// How often requests may come; no limits when absent.
    pub rate_limits: Option<RateLimits>,
    /// Where the addresses begin that people are given, without a slash at the end.
    pub base_url: String,
    /// What maps are drawn on, if on anything that another server has.
    pub map: Option<MapTiles>,
    /// Whether browsers reach the platform over TLS, so that the session's cookie may be bound to it.
    /// False only on a loopback address.
    pub secure_cookies: bool,
    /// The largest request body, in bytes.
    pub body_limit: usize,
    /// How long a whole request body may take to arrive.
    pub body_time: Duration,
    /// How long a request may take until its answer begins.
    pub request_time: Duration,
    /// How many requests may be at work at once.
    pub requests_at_work: usize,
    /// How many event streams a person may hold open.
    pub streams_per_user: usize,
    /// How often an open stream says that it is alive.
    pub stream_heartbeat: Duration,
    /// How often an open stream asks again whether its reader may still read.
    pub stream_recheck: Duration,
    /// How long a stream waits for a reader that does not read.
    pub stream_patience: Duration,
}

impl Default for ApiConfig {
    fn default() -> Self {
        Self {
            public_url: None,
            trusted_proxies: Vec::new(),
            probes_only: false,
            rate_limits: Some(RateLimits::default()),
            base_url: "http://127.0.0.1:8080".to_owned(),
            map: None,
            secure_cookies: true,
            body_limit: 256 * 1024,
            body_time: Duration::from_secs(15),
            request_time: Duration::from_secs(30),
            requests_at_work: 1_024,
            streams_per_user: 5,
            stream_heartbeat: Duration::from_secs(15),
            stream_recheck: Duration::from_secs(2),
            stream_patience: Duration::from_secs(30),
        }
    }
}

impl ApiConfig {
    /// Whether the world reaches the platform over TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}
