//! What the platform uses outside itself, each where it is configured: mail, the collector of traces, the
//! provider of identities, the geocoder. Each stands behind a circuit of its own.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use rishi_app::geocoding::Geocoding;
use rishi_app::limits::SharedAllowances;
use rishi_app::notifications::mail::{Mail, Mailer};
use rishi_app::oidc::Oidc;
use rishi_app::operations::external::Seldom;
use rishi_mail::{SendGrid, Smtp, WrongSettings};
#[cfg(feature = "otlp")]
use rishi_outbound::Exporter;
use rishi_outbound::GoogleMaps;
#[cfg(feature = "oidc")]
use rishi_outbound::{Provider, ProviderProbe, ProviderSettings};
#[cfg(feature = "redis")]
use rishi_outbound::{REDIS, Redis, redis_circuit};
use rishi_resilience::BreakerSettings;
use tokio_util::sync::CancellationToken;

use super::Base;
#[cfg(feature = "oidc")]
use crate::clock;
use crate::config::{Carrier, Config, GeocodingSettings};
use crate::failure::Failure;

/// The circuit of the provider of identities.
#[cfg(feature = "oidc")]
const IDENTITIES: &str = "oidc";
/// The circuit of the collector of traces.
#[cfg(feature = "otlp")]
const COLLECTOR: &str = "otlp";
/// What sends traces, until it is told to stop.
pub(super) type Traces =
    Box<dyn Fn(CancellationToken) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

impl Base {
    /// How mail is sent, where that is configured.
    pub(super) fn mail(
        &self,
        config: &Config,
        address: SocketAddr,
    ) -> Result<Option<Mail>, Failure> {
        let Some(settings) = &config.mail else { return Ok(None) };
        let wrong = |error: WrongSettings| Failure::Refused(error.to_string());
        let circuit = |name| self.app.circuits.of(name, BreakerSettings::default());
        let (from, external) = (&settings.from, &self.app.external);
        let (mailer, circuit): (Arc<dyn Mailer>, _) = match &settings.carrier {
            Carrier::Smtp(url) => {
                let circuit = circuit("smtp");
                let smtp = Smtp::new(&url.0, from, Arc::clone(&circuit)).map_err(wrong)?;
                let smtp = Arc::new(smtp);
                external.add(Seldom::new(Arc::clone(&smtp)));
                (smtp, circuit)
            }
            Carrier::SendGrid { key, url } => {
                let circuit = circuit("sendgrid");
                let service = SendGrid::new(url, &key.0, from, Arc::clone(&circuit));
                let service = Arc::new(service.map_err(wrong)?);
                external.add(Seldom::new(Arc::clone(&service)));
                (service, circuit)
            }
        };
        Ok(Some(Mail { mailer, circuit, base_url: config.base_url(address) }))
    }

    /// Keeps traces, where that is configured: what sends them until it is told to stop.
    #[cfg(feature = "otlp")]
    pub(super) fn keep_traces(&mut self, config: &Config) -> Result<Option<Traces>, Failure> {
        let Some(endpoint) = &config.otlp_endpoint else { return Ok(None) };
        let circuit = self.app.circuits.of(COLLECTOR, BreakerSettings::default());
        let (clock, ids) = (Arc::clone(&self.clock), Arc::clone(&self.app.ids));
        let now = Arc::new(move || clock.now());
        let exporter = Exporter::new(endpoint, circuit, now, Arc::new(move || ids.next()));
        let exporter = exporter
            .map_err(|error| Failure::broken("the collector of traces cannot be called", error))?;
        let exporter = Arc::new(exporter);
        self.app.tracer = Some(exporter.clone());
        Ok(Some(Box::new(move |stop| {
            let exporter = Arc::clone(&exporter);
            Box::pin(async move { exporter.run(stop).await })
        })))
    }

    /// Keeps traces: none, in a build that knows no collector.
    #[cfg(not(feature = "otlp"))]
    #[expect(clippy::unused_self, reason = "the same as with the feature")]
    pub(super) fn keep_traces(&mut self, config: &Config) -> Result<Option<Traces>, Failure> {
        match &config.otlp_endpoint {
            None => Ok(None),
            Some(_) => Err(Failure::Refused(
                "this build sends no traces; build it with the feature `otlp`, or leave otlp_endpoint out"
                    .to_owned(),
            )),
        }
    }

    /// By whom people sign in beside their passwords, where that is configured.
    #[cfg(feature = "oidc")]
    pub(super) fn identities(
        &self,
        config: &Config,
        address: SocketAddr,
    ) -> Result<Option<Oidc>, Failure> {
        let Some(settings) = &config.oidc else { return Ok(None) };
        let circuit = self.app.circuits.of(IDENTITIES, BreakerSettings::default());
        let known_as = ProviderSettings {
            issuer: settings.issuer.clone(),
            client_id: settings.client_id.clone(),
            client_secret: settings.client_secret.clone(),
            scopes: settings.scopes.clone(),
            role_claim: settings.role_claim.clone(),
        };
        let provider = Provider::new(known_as, circuit, clock::elapsed()).map_err(|error| {
            Failure::broken("the provider of identities cannot be called", error)
        })?;
        let provider = Arc::new(provider);
        self.app.external.add(ProviderProbe(Arc::clone(&provider)));
        Ok(Some(Oidc {
            provider,
            name: settings.name.clone(),
            base_url: config.base_url(address),
            role_claim: settings.role_claim.clone(),
            roles: settings.roles.clone(),
        }))
    }

    /// By whom people sign in beside their passwords: nobody, in a build that speaks to no provider.
    #[cfg(not(feature = "oidc"))]
    #[expect(clippy::unused_self, reason = "the same as with the feature")]
    pub(super) fn identities(
        &self,
        config: &Config,
        _: SocketAddr,
    ) -> Result<Option<Oidc>, Failure> {
        match &config.oidc {
            None => Ok(None),
            Some(_) => Err(Failure::Refused(
                "this build has no sign-in by a provider; build it with the feature `oidc`, or leave \
                 oidc_issuer out"
                    .to_owned(),
            )),
        }
    }

    /// Where all processes count requests together, where that is configured and requests are limited at all.
    #[cfg(feature = "redis")]
    pub(super) fn shared_allowances(
        &self,
        config: &Config,
    ) -> Result<Option<Arc<dyn SharedAllowances>>, Failure> {
        let Some(url) = config.redis.as_ref().filter(|_| config.rate_limits.is_some()) else {
            return Ok(None);
        };
        let circuit = self.app.circuits.of(REDIS, redis_circuit());
        let redis = Arc::new(Redis::new(&url.0, circuit).map_err(Failure::Refused)?);
        self.app.external.add(Arc::clone(&redis));
        Ok(Some(redis))
    }

    /// Where all processes count requests together: nowhere, in a build that knows no Redis; a configuration that
    /// names one was refused.
    #[cfg(not(feature = "redis"))]
    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "the same as with the feature"
    )]
    pub(super) fn shared_allowances(
        &self,
        _: &Config,
    ) -> Result<Option<Arc<dyn SharedAllowances>>, Failure> {
        Ok(None)
    }

    /// How addresses are found, where that is configured.
    pub(super) fn geocoding(&self, config: &Config) -> Result<Option<Geocoding>, Failure> {
        let Some(GeocodingSettings { key, url }) = &config.geocoding else { return Ok(None) };
        let circuit = self.app.circuits.of("geocoder", BreakerSettings::default());
        let service = GoogleMaps::new(url, &key.0, Arc::clone(&circuit));
        let service = service.map_err(|error| Failure::broken("addresses are not found", error))?;
        let geocoder = Arc::new(service);
        self.app.external.add(Arc::clone(&geocoder));
        Ok(Some(Geocoding { geocoder, circuit }))
    }
}
