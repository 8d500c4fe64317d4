//! Use cases: each loads what it needs, asks the domain to decide, and hands one [`Commit`] to
//! the store. Nothing else writes.
//!
//! Cast: [`App`] holds the ports; [`auth`] turns a token or a session's secret into a
//! [`auth::Principal`], the only maker of a [`scope::Scope`]; [`store::Store`] and [`credentials::Credentials`]
//! are the ports that an engine implements;
//! [`policies`] react to events with commits of their own; [`operations`] is what an operator sees and
//! says of the event bus.
//!
//! Guarantee: a use case either answers after its commit is durable, or changes nothing.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use rishi_bus::{Clock, Desk};
use rishi_resilience::{Circuits, Elapsed};

pub mod auth;
pub mod availability;
pub mod bookings;
pub mod calendar;
pub mod commit;
pub mod credentials;
pub mod denials;
pub mod error;
pub mod events;
pub mod exchange;
mod finish;
pub mod geocoding;
pub mod history;
pub mod ids;
pub mod limits;
pub mod links;
pub mod locations;
pub mod members;
pub mod notifications;
pub mod oidc;
pub mod operations;
pub mod organizations;
pub mod passwords;
pub mod policies;
pub mod schedule;
pub mod scope;
pub mod sealing;
pub mod series;
pub mod sessions;
pub mod staffing;
pub mod store;
pub mod throttle;
mod timers;
pub mod tokens;
pub mod trace;
pub mod transport;
pub mod users;
pub mod webhooks;

pub use commit::Commit;
pub use credentials::Credentials;
pub use error::Error;
/// The log's own words, for those who read it through the use cases.
pub use rishi_bus::{Envelope, Pattern, Position, Subject};
use staffing::optimize::Optimizations;
pub use store::Store;

/// The platform's use cases over its ports. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// Where state and log live.
    pub store: Arc<dyn Store>,
    /// What an operator sees of the event bus.
    pub desk: Arc<dyn Desk>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where new ids come from.
    pub ids: Arc<ids::Ids>,
    /// What was changed of what anybody may act as.
    pub beliefs: Arc<auth::Beliefs>,
    /// Where passwords are hashed.
    pub hashing: Arc<passwords::Hashing>,
    /// How mail is sent; nothing where that is not configured.
    pub mail: Option<notifications::mail::Mail>,
    /// How addresses are found; nothing where that is not configured.
    pub geocoding: Option<geocoding::Geocoding>,
    /// How often a template of an organization's could not be filled in.
    pub template_failures: Arc<AtomicU64>,
    /// What keeps sign-in from being tried too often.
    pub throttle: Arc<dyn throttle::SignInThrottle>,
    /// What stands between the platform and each thing outside it, by name.
    pub circuits: Arc<Circuits>,
    /// Who keeps traces; nobody where that is not configured.
    pub tracer: Option<Arc<dyn trace::Tracer>>,
    /// What this process has to do with the broker of events; nothing where none is configured.
    pub transport: Option<Arc<transport::TransportFigures>>,
    /// By whom people may sign in beside their passwords; nobody where that is not configured.
    pub oidc: Option<oidc::Oidc>,
    /// Under what secrets are kept that have to be read again.
    pub sealer: sealing::Sealer,
    /// Who takes webhooks to where they are wanted.
    pub courier: Arc<dyn webhooks::Courier>,
    /// Tells the sender of webhooks that there may be something to do.
    pub webhook_hint: Arc<tokio::sync::Notify>,
    /// The webhooks that are on their way.
    pub webhook_slots: webhooks::Slots,
    /// The plans that are being searched, and those that were.
    pub optimizations: Arc<Optimizations>,
    /// What it is configured to use outside of itself.
    pub external: Arc<operations::external::External>,
    /// Handlers of events beside the platform's own, such as a new version of one (`name@v2`); one that has the name of
    /// one of those takes its place.
    pub handlers: Vec<policies::Handler>,
}

impl App {
    /// The use cases over `store` and its `desk`, by `clock`. Nothing throttles sign-in until
    /// somebody puts a [`throttle::Throttle`] there; the circuits go by `clock` until somebody puts some there
    /// that go by a clock that nobody can set. Without a key no secrets are kept, without a courier nobody is called.
    pub fn new(store: Arc<dyn Store>, desk: Arc<dyn Desk>, clock: Arc<dyn Clock>) -> Self {
        let ids = Arc::new(ids::Ids::new(Arc::clone(&clock)));
        let (told, start) = (Arc::clone(&clock), clock.now());
        let elapsed: Elapsed =
            Arc::new(move || told.now().duration_since(start).try_into().unwrap_or_default());
        Self {
            store,
            desk,
            clock,
            ids,
            beliefs: Arc::default(),
            hashing: Arc::default(),
            mail: None,
            geocoding: None,
            template_failures: Arc::default(),
            throttle: Arc::new(throttle::Unthrottled),
            tracer: None,
            transport: None,
            oidc: None,
            sealer: sealing::Sealer::default(),
            courier: webhooks::NoCourier::port(),
            webhook_hint: Arc::default(),
            webhook_slots: webhooks::Slots::default(),
            circuits: Arc::new(Circuits::new(elapsed.clone())),
            optimizations: Arc::new(Optimizations::new(elapsed)),
            external: Arc::default(),
            handlers: Vec::new(),
        }
    }

    /// Now, as finely as both engines store it.
    pub(crate) fn now(&self) -> jiff::Timestamp {
        rishi_domain::time::to_microsecond(self.clock.now())
    }
}
