//! What can be configured.

/// A configuration key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// Where the data lives.
    DatabaseUrl,
    /// Where HTTP is served.
    HttpAddr,
    /// Where others reach the server.
    PublicUrl,
    /// Proxies in front of the server.
    TrustedProxies,
    /// Whether requests are limited.
    RateLimit,
    /// Requests a minute that are in no other class.
    RateLimitGeneral,
    /// Changes to bookings a minute.
    RateLimitBookingWrites,
    /// Requests a minute about the staff of bookings.
    RateLimitStaff,
    /// Attempts to sign in, in 15 minutes.
    RateLimitSignIn,
    /// Probes a minute.
    RateLimitProbes,
    /// Under what secrets are kept in the database.
    Secrets,
    /// Whether webhooks may go to this machine.
    WebhookAllowLoopback,
    /// The mail server.
    SmtpUrl,
    /// From whom mail comes.
    MailFrom,
    /// The internal organization's name.
    Organization,
    /// What is logged.
    Log,
    /// How it is logged.
    LogFormat,
}

impl Key {
    /// Every key, in the order in which they are shown.
    pub(crate) const ALL: [Self; 17] = [
        Self::DatabaseUrl,
        Self::HttpAddr,
        Self::PublicUrl,
        Self::TrustedProxies,
        Self::RateLimit,
        Self::RateLimitGeneral,
        Self::RateLimitBookingWrites,
        Self::RateLimitStaff,
        Self::RateLimitSignIn,
        Self::RateLimitProbes,
        Self::Secrets,
        Self::WebhookAllowLoopback,
        Self::SmtpUrl,
        Self::MailFrom,
        Self::Organization,
        Self::Log,
        Self::LogFormat,
    ];

    /// Its name in `rishi.toml`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::DatabaseUrl => "database_url",
            Self::HttpAddr => "http_addr",
            Self::PublicUrl => "public_url",
            Self::TrustedProxies => "trusted_proxies",
            Self::RateLimit => "rate_limit",
            Self::RateLimitGeneral => "rate_limit_general",
            Self::RateLimitBookingWrites => "rate_limit_booking_writes",
            Self::RateLimitStaff => "rate_limit_staff",
            Self::RateLimitSignIn => "rate_limit_sign_in",
            Self::RateLimitProbes => "rate_limit_probes",
            Self::Secrets => "secret_key",
            Self::WebhookAllowLoopback => "webhook_allow_loopback",
            Self::SmtpUrl => "smtp_url",
            Self::MailFrom => "mail_from",
            Self::Organization => "organization",
            Self::Log => "log",
            Self::LogFormat => "log_format",
        }
    }

    /// The value that it has when nobody sets it.
    pub(crate) const fn default(self) -> Option<&'static str> {
        match self {
            Self::DatabaseUrl => Some("sqlite:./data/rishi.db"),
            Self::HttpAddr => Some("127.0.0.1:8080"),
            Self::PublicUrl
            | Self::TrustedProxies
            | Self::Secrets
            | Self::SmtpUrl
            | Self::MailFrom => None,
            Self::RateLimit => Some("on"),
            Self::RateLimitGeneral => Some("100"),
            Self::RateLimitBookingWrites => Some("50"),
            Self::RateLimitStaff => Some("200"),
            Self::RateLimitSignIn => Some("10"),
            Self::RateLimitProbes => Some("1000"),
            Self::WebhookAllowLoopback => Some("off"),
            Self::Organization => Some("Rishi"),
            Self::Log => Some("info"),
            Self::LogFormat => Some("text"),
        }
    }

    /// Whether its value may hold a secret: then it may also be read from a file, and is masked
    /// where it is shown.
    pub(crate) const fn is_secret(self) -> bool {
        matches!(self, Self::DatabaseUrl | Self::Secrets | Self::SmtpUrl)
    }

    /// The key of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }
}
