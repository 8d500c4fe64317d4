//! The composition root: builds every service once, in order, and stops them in reverse.
//!
//! Order: store → use cases → (listener) → dispatcher → audit → API → HTTP. Whoever comes later holds those
//! before it, never the other way round, and nothing is global, so that a test may run several.
//!
//! Guarantee: after [`Running::stop`] every answered change is in the database file, every running
//! request was answered or its time was up, and every subscription's progress is written.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rishi_api::{Api, ApiConfig, Denials, Readiness, Stance};
use rishi_app::App;
use rishi_app::auth::Authenticator;
use rishi_app::operations::SubscriptionStatus;
use rishi_app::operations::circuits::{DATABASE, Journal};
use rishi_app::throttle::Throttle;
use rishi_bus::{Clock, Dispatcher, SystemClock};
use rishi_resilience::{BreakerSettings, Circuits};
use rishi_store::sqlite::{Sqlite, SqliteOptions};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::config::Config;
use crate::failure::Failure;
use crate::host;
use crate::http::{self, Farewell, Limits};

#[cfg(test)]
mod tests;

/// How long handlers of events may still run when the server stops.
const HANDLERS: Duration = Duration::from_secs(5);
/// How often the services are looked after.
const LOOK: Duration = Duration::from_secs(1);

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
    pub(crate) async fn serve(self, config: &Config) -> Result<Running, Failure> {
        match self.start(config).await {
            Ok(running) => Ok(running),
            Err((base, failure)) => {
                base.close().await;
                Err(failure)
            }
        }
    }

    async fn start(self, config: &Config) -> Result<Running, (Self, Failure)> {
        let listener = match listen(config.http_addr).await {
            Ok(listener) => listener,
            Err(failure) => return Err((self, failure)),
        };
        let address = listener.local_addr().unwrap_or(config.http_addr);
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
        let denials = Arc::new(Denials::default());
        let audit = {
            let (denials, app) = (Arc::clone(&denials), self.app.clone());
            Teller::start(|stop| async move { denials.tell(&app, stop).await })
        };
        let journal = Arc::new(Journal::default());
        self.app.circuits.watch(journal.watcher(&self.app));
        let circuits = {
            let (journal, app) = (journal, self.app.clone());
            Teller::start(|stop| async move { journal.tell(&app, stop).await })
        };
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
            memory: Arc::new(host::memory),
            readiness: Arc::clone(&readiness),
            shutdown: stop.clone(),
            denials: Arc::clone(&denials),
            elapsed: clock::elapsed(),
        });
        let answer = move |request| front.clone().answer(request);
        let ids = Arc::clone(&self.app.ids);
        let farewell: Farewell = Arc::new(move |status| rishi_api::farewell(status, ids.next()));
        let serving = http::serve(listener, answer, farewell, Limits::default(), stop.clone());
        let http = tokio::spawn(serving);
        readiness.set(Stance::Ready);
        let running =
            Running { address, base: self, handlers, readiness, stop, http, audit, circuits };
        tracing::info!(services = ?running.services(), %address, database = %config.database.display(), "started");
        Ok(running)
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

    fn take(&self) -> Option<Dispatcher> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// What tells the log of refused requests, or of circuits.
struct Teller {
    task: JoinHandle<()>,
    stop: CancellationToken,
}

impl Teller {
    fn start<F>(work: impl FnOnce(CancellationToken) -> F) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let stop = CancellationToken::new();
        let task = tokio::spawn(work(stop.clone()));
        Self { task, stop }
    }

    /// Once nothing more happens: what is left is told.
    async fn stop(self) {
        self.stop.cancel();
        if let Err(error) = self.task.await {
            tracing::error!(%error, "a service that tells the log had panicked");
        }
    }
}

/// A server at work.
pub(crate) struct Running {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    base: Base,
    handlers: Handlers,
    readiness: Arc<Readiness>,
    stop: CancellationToken,
    http: JoinHandle<()>,
    audit: Teller,
    circuits: Teller,
}

impl Running {
    /// The services in the order in which they were started, with whether each is alive.
    pub(crate) fn services(&self) -> Vec<(String, bool)> {
        let mut services = vec![("store".to_owned(), true)];
        let handlers = self.handlers.status().into_iter();
        services.extend(handlers.map(|one| (format!("subscription {}", one.name), one.alive)));
        services.push(("http".to_owned(), !self.http.is_finished()));
        services.push(("audit".to_owned(), !self.audit.task.is_finished()));
        services.push(("circuits".to_owned(), !self.circuits.task.is_finished()));
        services
    }

    /// Waits until a service that the server cannot do without has ended.
    pub(crate) async fn failed(&self) -> Failure {
        let mut looks = tokio::time::interval(LOOK);
        loop {
            looks.tick().await;
            if let Some((name, _)) = self.services().into_iter().find(|(_, alive)| !alive) {
                tracing::error!(service = name, "a service ended by itself; stopping");
                return Failure::Refused(format!(
                    "the service {name:?} ended by itself; the log says why, start the server again"
                ));
            }
        }
    }

    /// Stops in reverse: takes nothing new and ends the streams, finishes requests, then handlers
    /// of events, then writes the log into the database file.
    pub(crate) async fn stop(self) {
        self.readiness.set(Stance::Draining);
        self.stop.cancel();
        if let Err(error) = self.http.await {
            tracing::error!(%error, "the HTTP service had panicked");
        }
        self.audit.stop().await;
        if let Some(dispatcher) = self.handlers.take() {
            dispatcher.shutdown(HANDLERS).await;
        }
        self.circuits.stop().await;
        self.base.close().await;
        tracing::info!("stopped");
    }
}
