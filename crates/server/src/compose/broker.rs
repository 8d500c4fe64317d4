//! The broker of events, where one is configured: it gets them, wakes this node for those of others, and brings
//! events of other services. Without it, or while it is down, everything goes on, only later.

#[cfg(feature = "nats")]
mod with {
    use std::sync::Arc;
    use std::time::Duration;

    use async_trait::async_trait;
    use rishi_app::operations::external::ExternalProbe;
    use rishi_app::transport::{Book, Gate, TransportFigures};
    use rishi_bus::lease::{self, Keeper};
    use rishi_bus::nats::{Intake, Link, Relay, Settings, Wake};
    use rishi_resilience::BreakerSettings;

    use super::super::{Base, hold, jitter};
    use crate::config::{Config, NatsSettings, Roles};
    use crate::failure::Failure;
    use crate::services::Services;

    /// The broker's circuit and its name among what is used outside.
    const NATS: &str = "nats";
    /// How soon it is tried again: it comes back by itself.
    const OPEN: Duration = Duration::from_secs(3);
    /// A day.
    const DAY: Duration = Duration::from_hours(24);

    /// A connection to the broker, and what is to be done with it.
    pub(in super::super) struct Broker {
        link: Arc<Link>,
        ingress: bool,
    }

    /// Says how the broker is.
    struct Probe(Arc<Link>);

    #[async_trait]
    impl ExternalProbe for Probe {
        fn name(&self) -> &'static str {
            NATS
        }

        async fn probe(&self) -> Result<(), String> {
            self.0.standing()
        }
    }

    impl Base {
        /// Begins to connect to the broker.
        pub(in super::super) async fn broker(
            &mut self,
            config: &Config,
        ) -> Result<Option<Broker>, Failure> {
            let Some(nats) = &config.nats else { return Ok(None) };
            let settings = BreakerSettings { open: OPEN, ..BreakerSettings::default() };
            let circuit = self.app.circuits.of(NATS, settings);
            let figures = Arc::new(TransportFigures::default());
            let opened =
                Link::open(known(nats), circuit, Arc::clone(&figures), Arc::new(jitter)).await;
            let link = opened.map_err(|error| Failure::Refused(error.to_string()))?;
            self.app.transport = Some(figures);
            self.app.external.add(Probe(Arc::clone(&link)));
            Ok(Some(Broker { link, ingress: nats.ingress }))
        }
    }

    fn known(nats: &NatsSettings) -> Settings {
        Settings {
            servers: nats.servers.clone(),
            credentials: nats.credentials.as_ref().map(|text| text.0.clone()),
            ca: nats.ca.clone(),
            certificate: nats.certificate.clone(),
            stream: nats.stream.clone(),
            replicas: nats.replicas,
            max_age: DAY * nats.max_age_days.get(),
            max_bytes: i64::from(nats.max_megabytes.get()) << 20,
        }
    }

    impl Broker {
        /// Starts what uses it; the connection is the last to end. One process relays at a time.
        pub(in super::super) fn start(
            self,
            base: &Base,
            services: &Services,
            roles: Roles,
            keeper: Option<Arc<Keeper>>,
        ) {
            let Self { link, ingress } = self;
            let closed = Arc::clone(&link);
            services.hold(Vec::new, async move || closed.close().await);
            let (connection, store) = (Arc::clone(&link), Arc::clone(&base.store));
            services.start("wake", move |stop| {
                Wake::new(Arc::clone(&connection), Arc::clone(&store), Arc::new(jitter)).run(stop)
            });
            if !roles.worker {
                return;
            }
            let book = Arc::new(Book::new(base.app.store.clone(), Arc::clone(&base.clock)));
            let (connection, store) = (Arc::clone(&link), Arc::clone(&base.store));
            services.start("relay", move |stop| {
                let (link, store, book) =
                    (Arc::clone(&connection), Arc::clone(&store), Arc::clone(&book));
                lease::alone(hold(keeper.as_deref(), "relay"), stop, move |_, finish| {
                    let (link, store) = (Arc::clone(&link), Arc::clone(&store));
                    Relay::new(link, store, book.clone(), Arc::new(jitter)).run(finish)
                })
            });
            if ingress {
                let app = base.app.clone();
                services.start("ingress", move |stop| {
                    let gate = Arc::new(Gate::new(app.clone()));
                    Intake::new(Arc::clone(&link), gate, Arc::new(jitter)).run(stop)
                });
            }
        }
    }
}

#[cfg(not(feature = "nats"))]
mod without {
    use std::sync::Arc;

    use rishi_bus::lease::Keeper;

    use super::super::Base;
    use crate::config::{Config, Roles};
    use crate::failure::Failure;
    use crate::services::Services;

    /// None, in a build that knows no broker.
    pub(in super::super) struct Broker;

    impl Base {
        /// No broker: a configuration that names one was refused.
        #[expect(clippy::unused_async, reason = "the same as with the feature")]
        pub(in super::super) async fn broker(
            &mut self,
            _: &Config,
        ) -> Result<Option<Broker>, Failure> {
            Ok(None)
        }
    }

    impl Broker {
        pub(in super::super) fn start(
            self,
            _: &Base,
            _: &Services,
            _: Roles,
            _: Option<Arc<Keeper>>,
        ) {
        }
    }
}
