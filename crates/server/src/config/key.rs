//! What can be configured.

/// A configuration key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// Where the data lives.
    DatabaseUrl,
    /// Where HTTP is served.
    HttpAddr,
    /// What the process does.
    Roles,
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
    /// Where all processes count requests together.
    RedisUrl,
    /// Under what secrets are kept in the database.
    Secrets,
    /// Whether webhooks may go to this machine.
    WebhookAllowLoopback,
    /// The mail server.
    SmtpUrl,
    /// The key by which mail goes over SendGrid.
    Sendgrid,
    /// Where SendGrid is.
    SendgridUrl,
    /// From whom mail comes.
    MailFrom,
    /// The provider of identities.
    OidcIssuer,
    /// As what the platform is known there.
    OidcClientId,
    /// Its secret there.
    OidcClientSecret,
    /// What is asked of it.
    OidcScopes,
    /// What people know it by.
    OidcName,
    /// The claim that names roles.
    OidcRoleClaim,
    /// What its values mean.
    OidcRoles,
    /// The collector of traces.
    OtlpEndpoint,
    /// The key by which addresses are found.
    GoogleMaps,
    /// Where Google's geocoding API is.
    GoogleMapsUrl,
    /// Where the tiles of maps are.
    MapTiles,
    /// Who is to be named beside them.
    MapAttribution,
    /// The servers of NATS.
    NatsUrl,
    /// As whom the platform enters there.
    NatsCredentials,
    /// The authorities that they are judged by.
    NatsCa,
    /// The certificate that the platform shows them.
    NatsCertificate,
    /// Where its key is.
    NatsKeyFile,
    /// The stream of events there.
    NatsStream,
    /// Copies of the streams.
    NatsReplicas,
    /// Days that events are kept there.
    NatsMaxAgeDays,
    /// Megabytes of them at most.
    NatsMaxMegabytes,
    /// Whether events of others are taken from there.
    NatsIngress,
    /// The internal organization's name.
    Organization,
    /// What is logged.
    Log,
    /// How it is logged.
    LogFormat,
}

impl Key {
    /// Every key, in the order in which they are shown.
    pub(crate) const ALL: [Self; 43] = [
        Self::DatabaseUrl,
        Self::HttpAddr,
        Self::Roles,
        Self::PublicUrl,
        Self::TrustedProxies,
        Self::RateLimit,
        Self::RateLimitGeneral,
        Self::RateLimitBookingWrites,
        Self::RateLimitStaff,
        Self::RateLimitSignIn,
        Self::RateLimitProbes,
        Self::RedisUrl,
        Self::Secrets,
        Self::WebhookAllowLoopback,
        Self::SmtpUrl,
        Self::Sendgrid,
        Self::SendgridUrl,
        Self::MailFrom,
        Self::OidcIssuer,
        Self::OidcClientId,
        Self::OidcClientSecret,
        Self::OidcScopes,
        Self::OidcName,
        Self::OidcRoleClaim,
        Self::OidcRoles,
        Self::OtlpEndpoint,
        Self::GoogleMaps,
        Self::GoogleMapsUrl,
        Self::MapTiles,
        Self::MapAttribution,
        Self::NatsUrl,
        Self::NatsCredentials,
        Self::NatsCa,
        Self::NatsCertificate,
        Self::NatsKeyFile,
        Self::NatsStream,
        Self::NatsReplicas,
        Self::NatsMaxAgeDays,
        Self::NatsMaxMegabytes,
        Self::NatsIngress,
        Self::Organization,
        Self::Log,
        Self::LogFormat,
    ];

    /// Its name in `rishi.toml`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::DatabaseUrl => "database_url",
            Self::HttpAddr => "http_addr",
            Self::Roles => "roles",
            Self::PublicUrl => "public_url",
            Self::TrustedProxies => "trusted_proxies",
            Self::RateLimit => "rate_limit",
            Self::RateLimitGeneral => "rate_limit_general",
            Self::RateLimitBookingWrites => "rate_limit_booking_writes",
            Self::RateLimitStaff => "rate_limit_staff",
            Self::RateLimitSignIn => "rate_limit_sign_in",
            Self::RateLimitProbes => "rate_limit_probes",
            Self::RedisUrl => "redis_url",
            Self::Secrets => "secret_key",
            Self::WebhookAllowLoopback => "webhook_allow_loopback",
            Self::SmtpUrl => "smtp_url",
            Self::Sendgrid => "sendgrid_api_key",
            Self::SendgridUrl => "sendgrid_url",
            Self::MailFrom => "mail_from",
            Self::OidcIssuer => "oidc_issuer",
            Self::OidcClientId => "oidc_client_id",
            Self::OidcClientSecret => "oidc_client_secret",
            Self::OidcScopes => "oidc_scopes",
            Self::OidcName => "oidc_name",
            Self::OidcRoleClaim => "oidc_role_claim",
            Self::OidcRoles => "oidc_roles",
            Self::OtlpEndpoint => "otlp_endpoint",
            Self::GoogleMaps => "google_maps_api_key",
            Self::GoogleMapsUrl => "google_maps_url",
            Self::MapTiles => "map_tiles_url",
            Self::MapAttribution => "map_attribution",
            Self::NatsUrl => "nats_url",
            Self::NatsCredentials => "nats_credentials",
            Self::NatsCa => "nats_ca",
            Self::NatsCertificate => "nats_certificate",
            Self::NatsKeyFile => "nats_certificate_key",
            Self::NatsStream => "nats_stream",
            Self::NatsReplicas => "nats_replicas",
            Self::NatsMaxAgeDays => "nats_max_age_days",
            Self::NatsMaxMegabytes => "nats_max_megabytes",
            Self::NatsIngress => "nats_ingress",
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
            Self::Roles => Some("api,worker"),
            Self::PublicUrl
            | Self::TrustedProxies
            | Self::RedisUrl
            | Self::Secrets
            | Self::SmtpUrl
            | Self::Sendgrid
            | Self::GoogleMaps
            | Self::MailFrom
            | Self::OidcIssuer
            | Self::OidcClientId
            | Self::OidcClientSecret
            | Self::OidcRoleClaim
            | Self::OidcRoles
            | Self::OtlpEndpoint
            | Self::MapTiles
            | Self::MapAttribution
            | Self::NatsUrl
            | Self::NatsCredentials
            | Self::NatsCa
            | Self::NatsCertificate
            | Self::NatsKeyFile => None,
            Self::NatsStream => Some("RISHI"),
            Self::NatsReplicas => Some("1"),
            Self::NatsMaxAgeDays => Some("7"),
            Self::NatsMaxMegabytes => Some("1024"),
            Self::OidcScopes => Some("openid email profile"),
            Self::OidcName => Some("your organization"),
            Self::GoogleMapsUrl => Some(rishi_outbound::GOOGLE_MAPS),
            Self::SendgridUrl => Some(rishi_mail::SENDGRID),
            Self::RateLimit | Self::NatsIngress => Some("on"),
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
        matches!(
            self,
            Self::DatabaseUrl
                | Self::RedisUrl
                | Self::Secrets
                | Self::SmtpUrl
                | Self::Sendgrid
                | Self::OidcClientSecret
                | Self::GoogleMaps
                | Self::NatsUrl
                | Self::NatsCredentials
        )
    }

    /// The key of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }
}
