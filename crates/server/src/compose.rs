//! The composition root: builds every service once, in order, and stops them in reverse.
//!
//! Order: store → use cases → (listener) → cluster → circuits → dispatcher → broker → audit → webhooks → API → HTTP. Whoever
//! comes later holds those before it, never the other way round, and nothing is global, so that a test may run several. What runs is
//! registered with [`Services`], which says how it is and stops it.
//!
//! Guarantee: after [`Running::stop`] every answered change is in the database file, every running
//! request was answered or its time was up, and every subscription's progress is written.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use rishi_api::{Api, ApiConfig, Denials, Readiness, Stance};
use rishi_app::App;
use rishi_app::auth::Authenticator;
use rishi_app::operations::circuits::{DATABASE, Journal};
use rishi_app::operations::cluster::{LeaseFigures, Membership, Node};
use rishi_app::operations::services::ServiceView;
use rishi_app::staffing::optimize::Optimizations;
use rishi_app::throttle::Throttle;
use rishi_app::webhooks::Sender;
use rishi_bus::lease::{self, Hold, Keeper};
use rishi_bus::{Clock, Dispatcher, SystemClock};
use rishi_outbound::{Client, Messenger, Reach};
use rishi_resilience::Circuits;
use rishi_store::Engine;
use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::config::Config;
use crate::doorstep::Doorstep;
use crate::failure::Failure;
use crate::host;
use crate::http::{self, Farewell, Limits, Room};
use crate::pages;
use crate::secret_key;
use crate::services::Services;

mod broker;
mod database;
mod handlers;
mod outside;
mod running;
#[cfg(test)]
mod tests;

pub(crate) use running::Running;

use handlers::Handlers;

/// What every command stands on: the database and the use cases over it.
pub(crate) struct Base {
    /// The database, which is also the event log.
    pub(crate) store: Arc<dyn Engine>,
    /// The use cases.
    pub(crate) app: App,
    /// What time it is.
    pub(crate) clock: Arc<dyn Clock>,
}

impl Base {
    /// Opens the database and makes sure that it has its internal organization. A file is created when there is
    /// none; on a server the schema must be there, which `rishi migrate` makes.
    pub(crate) async fn open(config: &Config) -> Result<Self, Failure> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let circuits = Arc::new(Circuits::new(clock::elapsed()));
        let circuit = circuits.of(DATABASE, database::settings(config));
        let store = database::open(config, circuit).await?;
        let mut app = App::new(store.clone(), store.clone(), Arc::clone(&clock));
        app.circuits = circuits;
        app.optimizations = Arc::new(Optimizations::new(clock::elapsed()));
        if let Some(count) = config.sign_in_limit {
            app.throttle = Arc::new(Throttle::new(count));
        }
        let mut base = Self { store, app, clock };
        // Commands know it too: what a handler would do rests on it.
        let outside = base.mail(config, config.http_addr);
        match outside.and_then(|mail| Ok((mail, base.geocoding(config)?))) {
            Ok((mail, geocoding)) => (base.app.mail, base.app.geocoding) = (mail, geocoding),
            Err(failure) => {
                base.close().await;
                return Err(failure);
            }
        }
        match base.app.ensure_internal_organization(&config.organization).await {
            Ok(_) => Ok(base),
            Err(error) => {
                base.close().await;
                Err(Failure::refusal(error))
            }
        }
    }

    /// The same, for commands that make no sense without data.
    pub(crate) async fn open_existing(config: &Config) -> Result<Self, Failure> {
        if config.database.file().is_none_or(Path::exists) {
            return Self::open(config).await;
        }
        Err(Failure::Refused(format!(
            "there is no database at {}; `rishi serve` makes one, --database-url names another",
            config.database
        )))
    }

    /// Finishes what waits and closes the database.
    pub(crate) async fn close(&self) {
        self.store.close().await;
    }

    /// [`Base::serve_at`] an address that is taken now.
    #[cfg(test)]
    pub(crate) async fn serve(self, config: &Config) -> Result<Running, Failure> {
        match Doorstep::open(config.http_addr).await {
            Ok(doorstep) => self.serve_at(config, doorstep).await,
            Err(failure) => {
                self.close().await;
                Err(failure)
            }
        }
    }

    /// Starts everything above: the server takes requests when this returns.
    pub(crate) async fn serve_at(
        mut self,
        config: &Config,
        doorstep: Doorstep,
    ) -> Result<Running, Failure> {
        if let Err(failure) = self.equip(config) {
            self.close().await;
            return Err(failure);
        }
        match self.start(config, doorstep).await {
            Ok(running) => Ok(running),
            Err((base, failure)) => {
                base.close().await;
                Err(failure)
            }
        }
    }

    /// What only a server needs: the key to secrets, and who goes out.
    fn equip(&mut self, config: &Config) -> Result<(), Failure> {
        self.app.sealer = secret_key::sealer(config)?;
        let reach = Reach { loopback: config.webhook_allow_loopback };
        match Client::new(reach) {
            Ok(client) => self.app.courier = Arc::new(Messenger::new(client)),
            Err(error) => {
                let error = Failure::broken("webhooks are not sent", error).message();
                tracing::warn!(error, "install the certificates of authorities (ca-certificates)");
            }
        }
        Ok(())
    }

    async fn start(
        mut self,
        config: &Config,
        doorstep: Doorstep,
    ) -> Result<Running, (Self, Failure)> {
        let traces = match self.keep_traces(config) {
            Ok(traces) => traces,
            Err(failure) => return Err((self, failure)),
        };
        let address = doorstep.address().unwrap_or(config.http_addr);
        if let Some(mail) = &mut self.app.mail {
            mail.base_url = config.base_url(address);
        }
        match self.identities(config, address) {
            Ok(oidc) => self.app.oidc = oidc,
            Err(failure) => return Err((self, failure)),
        }
        let shared_allowances = match self.shared_allowances(config) {
            Ok(shared) => shared,
            Err(failure) => return Err((self, failure)),
        };
        let (membership, keeper) = self.join(config, address);
        let handlers = match self.handlers(config, keeper.as_deref()).await {
            Ok(handlers) => handlers,
            Err(failure) => return Err((self, failure)),
        };
        let broker = match self.broker(config).await {
            Ok(broker) => broker,
            Err(failure) => {
                handlers.stop().await;
                return Err((self, failure));
            }
        };
        let (readiness, stop) = (Arc::new(Readiness::new()), CancellationToken::new());
        let services = Services::new(Arc::clone(&self.clock), Arc::new(jitter));
        self.hold_store(&services);
        if let Some(keeper) = &keeper {
            hold_keeper(&services, keeper, self.clock.now());
        }
        self.tell_of_circuits(&services);
        if let Some(traces) = traces {
            services.start("traces", traces);
        }
        handlers.hold(&services, self.clock.now());
        if let Some(broker) = broker {
            broker.start(&self, &services, config.roles, keeper.clone());
        }
        let denials = Arc::new(Denials::default());
        self.tell_of_denials(&services, &denials);
        if config.roles.worker {
            self.send_webhooks(&services, keeper, &config.base_url(address));
        }
        let room = Room::new(host::connections());
        let front = rishi_api::front(Api {
            config: ApiConfig {
                probes_only: !config.roles.api,
                public_url: config.public_url.clone(),
                trusted_proxies: config.trusted_proxies.clone(),
                rate_limits: config.rate_limits,
                base_url: config.base_url(address),
                map: config.map.clone(),
                secure_cookies: config.is_reached_by_tls(),
                ..ApiConfig::default()
            },
            authenticator: Arc::new(Authenticator::new(&self.app)),
            app: self.app.clone(),
            head: self.store.head(),
            log: self.store.clone(),
            live: {
                let handlers = handlers.clone();
                Arc::new(move || handlers.status())
            },
            storage: {
                let store = Arc::clone(&self.store);
                Arc::new(move || store.figures())
            },
            connections: {
                let room = Arc::clone(&room);
                Arc::new(move || (room.taken(), room.most()))
            },
            membership,
            services: {
                let services = services.clone();
                Arc::new(move || services.list())
            },
            memory: Arc::new(host::memory),
            readiness: Arc::clone(&readiness),
            shutdown: stop.clone(),
            denials: Arc::clone(&denials),
            elapsed: clock::elapsed(),
            shared_allowances,
            pages: pages::router(),
        });
        let answer = move |request| front.clone().answer(request);
        let ids = Arc::clone(&self.app.ids);
        let farewell: Farewell = Arc::new(move |status| rishi_api::farewell(status, ids.next()));
        let listener = doorstep.enter().await;
        let serving =
            http::serve(listener, answer, farewell, Limits::default(), room, stop.clone());
        services.start_essential("http", stop, serving);
        readiness.set(Stance::Ready);
        let searches = Arc::clone(&self.app.optimizations);
        let running = Running { address, services, readiness, searches };
        let names: Vec<String> = running.services.list().into_iter().map(|one| one.name).collect();
        tracing::info!(services = ?names, %address, database = %config.database, "started");
        Ok(running)
    }

    /// Makes the process known where several work on one database.
    fn join(&self, config: &Config, address: SocketAddr) -> (Membership, Option<Arc<Keeper>>) {
        let node = Node {
            id: self.app.ids.next(),
            host: host::name(),
            address: address.to_string(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            roles: config.roles.words(),
        };
        let leases = Arc::clone(&self.store).leases();
        let start = |leases| Arc::new(Keeper::start(leases, node.clone(), clock::elapsed()));
        let keeper = leases.clone().map(start);
        let fares = keeper.clone();
        let figures = Arc::new(move || match &fares {
            Some(keeper) => keeper.figures(),
            None => LeaseFigures::default(),
        });
        (Membership { node, since: self.clock.now(), leases, figures }, keeper)
    }

    /// The handlers of events; where others handle them, only their places in the log, so that what happens before the
    /// first of them starts is handled too.
    async fn handlers(
        &self,
        config: &Config,
        keeper: Option<&Keeper>,
    ) -> Result<Handlers, Failure> {
        let failed = |error| Failure::broken("cannot start the event handlers", error);
        let subscriptions = rishi_app::policies::subscriptions(&self.app);
        if !config.roles.worker {
            for one in &subscriptions {
                let registered = self.store.register(&one.spec.name, one.spec.start).await;
                registered.map_err(|error| {
                    Failure::broken("cannot register the event handlers", error)
                })?;
            }
            return Ok(Handlers::none());
        }
        let dispatcher = Dispatcher::start_sharing(
            Arc::clone(&self.store),
            subscriptions,
            Arc::clone(&self.clock),
            Arc::new(jitter),
            keeper,
        );
        dispatcher.await.map(Handlers::of).map_err(failed)
    }

    /// The database is open already; it is the last to be closed.
    fn hold_store(&self, services: &Services) {
        let (store, since) = (Arc::clone(&self.store), self.clock.now());
        // Should its threads fail, they end the process; a server's is reached again or not.
        services.hold(
            move || vec![ServiceView::running("store", true, since)],
            async move || store.close().await,
        );
    }

    fn tell_of_circuits(&self, services: &Services) {
        let (journal, app) = (Arc::new(Journal::default()), self.app.clone());
        self.app.circuits.watch(journal.watcher(&self.app));
        services.start("circuits", move |stop| {
            let (journal, app) = (Arc::clone(&journal), app.clone());
            async move { journal.tell(&app, stop).await }
        });
    }

    fn send_webhooks(&self, services: &Services, keeper: Option<Arc<Keeper>>, base_url: &str) {
        let (app, schemas) = (self.app.clone(), format!("{base_url}/api/event-types"));
        services.start("webhooks", move |stop| {
            let (app, schemas) = (app.clone(), schemas.clone());
            lease::alone(hold(keeper.as_deref(), "webhooks"), stop, move |grant, finish| {
                Sender::new(app.clone(), schemas.clone(), Arc::new(jitter)).run(grant, finish)
            })
        });
    }

    /// What is left once no more requests come is told when it stops.
    fn tell_of_denials(&self, services: &Services, denials: &Arc<Denials>) {
        let (denials, app) = (Arc::clone(denials), self.app.clone());
        services.start("audit", move |stop| {
            let (denials, app) = (Arc::clone(&denials), app.clone());
            async move { denials.tell(&app, stop).await }
        });
    }
}

/// What the process holds it gives back when everything that rests on it has ended.
fn hold_keeper(services: &Services, keeper: &Arc<Keeper>, since: Timestamp) {
    let keeper = Arc::clone(keeper);
    services.hold(
        move || vec![ServiceView::running("cluster", true, since)],
        async move || keeper.leave().await,
    );
}

/// The wish to do something on one process at a time; where there is one alone, it is always granted.
fn hold(keeper: Option<&Keeper>, unit: &str) -> Hold {
    keeper.map_or_else(Hold::always, |keeper| keeper.hold(unit))
}

/// A share of a wait, so that retries do not come all at once.
#[expect(
    clippy::disallowed_methods,
    reason = "randomness is handed on from here; all others take it as an argument"
)]
fn jitter() -> f64 {
    rand::Rng::random(&mut rand::rng())
}
