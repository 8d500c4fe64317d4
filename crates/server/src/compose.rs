//! The composition root: builds every service once, in order, and stops them in reverse.
//!
//! Order: store → use cases → (listener) → circuits → dispatcher → audit → webhooks → API → HTTP. Whoever
//! comes later holds those before it, never the other way round, and nothing is global, so that a test may run several. What runs is
//! registered with [`Services`], which says how it is and stops it.
//!
//! Guarantee: after [`Running::stop`] every answered change is in the database file, every running
//! request was answered or its time was up, and every subscription's progress is written.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rishi_api::{Api, ApiConfig, Denials, Readiness, Stance};
use rishi_app::App;
use rishi_app::auth::Authenticator;
use rishi_app::notifications::mail::Mail;
use rishi_app::operations::SubscriptionStatus;
use rishi_app::operations::circuits::{DATABASE, Journal};
use rishi_app::operations::services::{ServiceState, ServiceView};
use rishi_app::staffing::optimize::Optimizations;
use rishi_app::throttle::Throttle;
use rishi_app::webhooks::Sender;
use rishi_bus::{Clock, Dispatcher, SystemClock};
use rishi_mail::Smtp;
use rishi_outbound::{Client, Messenger, Reach};
use rishi_resilience::{BreakerSettings, Circuits};
use rishi_store::sqlite::{Sqlite, SqliteOptions};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::config::Config;
use crate::failure::Failure;
use crate::host;
use crate::http::{self, Farewell, Limits, Room};
use crate::pages;
use crate::secret_key;
use crate::services::Services;

#[cfg(test)]
mod tests;

/// The circuit of the mail server.
const MAIL: &str = "smtp";
/// How long handlers of events may still run when the server stops.
const HANDLERS: Duration = Duration::from_secs(5);

/// What every command stands on: the database and the use cases over it.
pub(crate) struct Base {
    /// The database, which is also the event log.
    pub(crate) store: Arc<Sqlite>,
    /// The use cases.
    pub(crate) app: App,
    /// What time it is.
    pub(crate) clock: Arc<dyn Clock>,
}

impl Base {
    /// Opens the database, which is created when there is none, and makes sure that it has its
    /// internal organization.
    pub(crate) async fn open(config: &Config) -> Result<Self, Failure> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let circuits = Arc::new(Circuits::new(clock::elapsed()));
        let database = circuits.of(DATABASE, BreakerSettings::default());
        let options = SqliteOptions::new(&config.database);
        let options = SqliteOptions { circuit: Some(database), ..options };
        let opened = Sqlite::open(options).await;
        let store = opened.map_err(|error| Failure::open(config, error))?;
        let mut app = App::new(store.clone(), store.clone(), Arc::clone(&clock));
        app.circuits = circuits;
        app.optimizations = Arc::new(Optimizations::new(clock::elapsed()));
        if let Some(count) = config.sign_in_limit {
            app.throttle = Arc::new(Throttle::new(count));
        }
        let base = Self { store, app, clock };
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
        if config.database.exists() {
            return Self::open(config).await;
        }
        Err(Failure::Refused(format!(
            "there is no database at {}; `rishi serve` makes one, --database-url names another",
            config.database.display()
        )))
    }

    /// Finishes what waits and closes the database.
    pub(crate) async fn close(&self) {
        self.store.close().await;
    }

    /// Starts everything above: the server takes requests when this returns.
    pub(crate) async fn serve(mut self, config: &Config) -> Result<Running, Failure> {
        if let Err(failure) = self.equip(config) {
            self.close().await;
            return Err(failure);
        }
        match self.start(config).await {
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

    async fn start(mut self, config: &Config) -> Result<Running, (Self, Failure)> {
        let listener = match listen(config.http_addr).await {
            Ok(listener) => listener,
            Err(failure) => return Err((self, failure)),
        };
        let address = listener.local_addr().unwrap_or(config.http_addr);
        match self.mail(config, address) {
            Ok(mail) => self.app.mail = mail,
            Err(failure) => return Err((self, failure)),
        }
        let dispatcher = Dispatcher::start(
            Arc::clone(&self.store),
            rishi_app::policies::subscriptions(&self.app),
            Arc::clone(&self.clock),
            Arc::new(jitter),
        );
        let handlers = match dispatcher.await {
            Ok(dispatcher) => Handlers::of(dispatcher),
            Err(error) => {
                return Err((self, Failure::broken("cannot start the event handlers", error)));
            }
        };
        let (readiness, stop) = (Arc::new(Readiness::new()), CancellationToken::new());
        let services = Services::new(Arc::clone(&self.clock), Arc::new(jitter));
        self.hold_store(&services);
        self.tell_of_circuits(&services);
        handlers.hold(&services, self.clock.now());
        let denials = Arc::new(Denials::default());
        self.tell_of_denials(&services, &denials);
        self.send_webhooks(&services, &config.base_url(address));
        let room = Room::new(host::connections());
        let front = rishi_api::front(Api {
            config: ApiConfig {
                public_url: config.public_url.clone(),
                trusted_proxies: config.trusted_proxies.clone(),
                rate_limits: config.rate_limits,
                base_url: config.base_url(address),
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
            services: {
                let services = services.clone();
                Arc::new(move || services.list())
            },
            memory: Arc::new(host::memory),
            readiness: Arc::clone(&readiness),
            shutdown: stop.clone(),
            denials: Arc::clone(&denials),
            elapsed: clock::elapsed(),
            pages: pages::router(),
        });
        let answer = move |request| front.clone().answer(request);
        let ids = Arc::clone(&self.app.ids);
        let farewell: Farewell = Arc::new(move |status| rishi_api::farewell(status, ids.next()));
        let serving =
            http::serve(listener, answer, farewell, Limits::default(), room, stop.clone());
        services.start_essential("http", stop, serving);
        readiness.set(Stance::Ready);
        let searches = Arc::clone(&self.app.optimizations);
        let running = Running { address, services, readiness, searches };
        let names: Vec<String> = running.services.list().into_iter().map(|one| one.name).collect();
        tracing::info!(services = ?names, %address, database = %config.database.display(), "started");
        Ok(running)
    }

    /// How mail is sent, where that is configured.
    fn mail(&self, config: &Config, address: SocketAddr) -> Result<Option<Mail>, Failure> {
        let Some(settings) = &config.mail else { return Ok(None) };
        let circuit = self.app.circuits.of(MAIL, BreakerSettings::default());
        let smtp = Smtp::new(&settings.smtp_url, &settings.from, Arc::clone(&circuit));
        let mailer = smtp.map_err(|error| Failure::Refused(error.to_string()))?;
        let base_url = config.base_url(address);
        Ok(Some(Mail { mailer: Arc::new(mailer), circuit, base_url }))
    }

    /// The database is open already; it is the last to be closed.
    fn hold_store(&self, services: &Services) {
        let (store, since) = (Arc::clone(&self.store), self.clock.now());
        // Its threads end the process when they fail.
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

    fn send_webhooks(&self, services: &Services, base_url: &str) {
        let (app, schemas) = (self.app.clone(), format!("{base_url}/api/event-types"));
        services.start("webhooks", move |stop| {
            Sender::new(app.clone(), schemas.clone(), Arc::new(jitter)).run(stop)
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

/// A share of a wait, so that retries do not come all at once.
#[expect(
    clippy::disallowed_methods,
    reason = "randomness is handed on from here; all others take it as an argument"
)]
fn jitter() -> f64 {
    rand::Rng::random(&mut rand::rng())
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let hint = match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                "; stop the program that uses it or set http_addr to another port"
            }
            std::io::ErrorKind::PermissionDenied => {
                "; ports below 1024 need a privilege, others do not"
            }
            _ => "",
        };
        Failure::Refused(format!("cannot listen on {address}: {error}{hint}"))
    })
}

/// The event handlers, which those who only look share with the one who stops them.
#[derive(Clone)]
struct Handlers(Arc<Mutex<Option<Dispatcher>>>);

impl Handlers {
    fn of(dispatcher: Dispatcher) -> Self {
        Self(Arc::new(Mutex::new(Some(dispatcher))))
    }

    /// What each is doing; nothing once they were stopped.
    fn status(&self) -> Vec<SubscriptionStatus> {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.as_ref().map(Dispatcher::status).unwrap_or_default()
    }

    /// Each is a service: one whose task has ended is missed.
    fn hold(&self, services: &Services, since: Timestamp) {
        let (looked, stopped) = (self.clone(), self.clone());
        let view = move |one: SubscriptionStatus| {
            let name = format!("subscription {}", one.name);
            let state = if one.alive { ServiceState::Running } else { ServiceState::Failed };
            ServiceView { state, ..ServiceView::running(name, true, since) }
        };
        services.hold(
            move || looked.status().into_iter().map(view).collect(),
            async move || {
                if let Some(dispatcher) = stopped.take() {
                    dispatcher.shutdown(HANDLERS).await;
                }
            },
        );
    }

    fn take(&self) -> Option<Dispatcher> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A server at work.
pub(crate) struct Running {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    services: Services,
    readiness: Arc<Readiness>,
    searches: Arc<Optimizations>,
}

impl Running {
    /// Waits until a service that the server cannot do without has ended.
    pub(crate) async fn failed(&self) -> Failure {
        let name = self.services.lost().await;
        tracing::error!(service = name, "a service ended by itself; stopping");
        Failure::Refused(format!(
            "the service {name:?} ended by itself; the log says why, start the server again"
        ))
    }

    /// Stops in reverse: takes nothing new, ends the streams and the searches for plans, finishes requests, then handlers
    /// of events, then writes the log into the database file.
    pub(crate) async fn stop(self) {
        self.readiness.set(Stance::Draining);
        self.searches.stop();
        self.services.stop().await;
        tracing::info!("stopped");
    }
}
