//! The HTTP API: parses, authenticates, asks a use case, writes the answer down.
//!
//! Cast: [`front`] is everything, middleware included, over an [`Api`]; [`openapi`] describes it
//! and needs no server. One file per endpoint holds its request, its documentation and its handler;
//! what handlers share lies in `extract` (reading), `answer` (writing) and `problem` (refusing).
//!
//! Guarantee: every answer of 400 and above is a problem document with a stable code; every route
//! under `/api` but its own description and sign-in wants a caller; no answer tells of what its caller may not
//! see.

use std::sync::Arc;

use aide::axum::ApiRouter;
use axum::Router;
use axum::middleware::from_fn_with_state;
use rishi_app::App;
use rishi_app::Position;
use rishi_app::auth::Authenticator;
use rishi_app::limits::SharedAllowances;
use rishi_app::operations::cluster::Membership;
use rishi_app::operations::health::Memory;
use rishi_app::operations::services::Running;
use rishi_app::operations::storage::StorageFigures;
use rishi_app::operations::{Live, Log};
use rishi_resilience::Elapsed;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tower::util::MapRequestLayer;

mod answer;
mod auth;
mod availability;
mod bookings;
mod calendar;
mod client;
mod config;
mod cookies;
mod denials;
mod description;
mod document;
mod doorstep;
mod event_types;
mod events;
mod extract;
mod limits;
mod load;
mod locations;
mod middleware;
mod notifications;
mod optimize;
mod organizations;
mod pages;
mod problem;
mod readiness;
mod schedule;
mod scoped;
mod series;
mod shared;
mod staff;
mod system;
mod tally;
mod tokens;
mod users;
mod webhooks;

pub use config::{ApiConfig, MapTiles};
pub use denials::Denials;
pub use description::openapi;
pub use doorstep::doorstep;
pub use limits::RateLimits;
pub use middleware::Front;
pub use problem::farewell;
pub use readiness::{Readiness, Stance};

use extract::Bare;
use shared::Shared;

/// What the API stands on.
#[derive(Clone)]
pub struct Api {
    /// The use cases, with clock and ids.
    pub app: App,
    /// Whom a token or a session stands for.
    pub authenticator: Arc<Authenticator>,
    /// The newest committed position: wakes the event streams.
    pub head: watch::Receiver<Position>,
    /// The log as handlers are tried on it.
    pub log: Log,
    /// What the subscriptions of this process are doing; nothing where none run.
    pub live: Live,
    /// What the database has been doing.
    pub storage: Arc<dyn Fn() -> StorageFigures + Send + Sync>,
    /// This process among others.
    pub membership: Membership,
    /// What runs in this process.
    pub services: Running,
    /// Open connections, and how many there may be.
    pub connections: Arc<dyn Fn() -> (usize, usize) + Send + Sync>,
    /// The memory of this process; nothing where the machine does not tell.
    pub memory: Arc<dyn Fn() -> Option<Memory> + Send + Sync>,
    /// Whether this process wants requests.
    pub readiness: Arc<Readiness>,
    /// Ends the event streams when the process stops.
    pub shutdown: CancellationToken,
    /// Refused requests that the log is to be told of.
    pub denials: Arc<Denials>,
    /// Time since some beginning, for the rate limits: it never runs backwards.
    pub elapsed: Elapsed,
    /// Where all processes count requests together; nothing where each does by itself.
    pub shared_allowances: Option<Arc<dyn SharedAllowances>>,
    /// The web application: everything that is not a route of the API.
    pub pages: Router,
    /// Limits.
    pub config: ApiConfig,
}

/// The whole API with its middleware.
pub fn front(api: Api) -> Front {
    if api.config.probes_only {
        let shared = Shared::new(api, Bare::default());
        return Front::new(shared.clone(), probes(&shared));
    }
    let (open, mut signed, document) = description::describe(open_routes, signed_routes);
    let shared = Shared::new(api, Bare::of(&document));
    let mut open = open.merge(system::routes(&document));
    // Where nothing is limited, nothing asks.
    if let Some(limits) = shared.limits() {
        open = open.route_layer(from_fn_with_state(Arc::clone(limits), limits::by_address));
        signed = signed.route_layer(from_fn_with_state(Arc::clone(limits), limits::by_caller));
    }
    let signed = signed.route_layer(from_fn_with_state(shared.clone(), middleware::sign_in));
    let router = signed
        .merge(open.route_layer(MapRequestLayer::new(middleware::matched)))
        .fallback_service(pages::beside_the_api(shared.pages.clone(), shared.config.map.as_ref()))
        .with_state(shared.clone());
    Front::new(shared, router)
}

/// What a process answers that serves no API: probes, and that there is nothing else.
fn probes(shared: &Shared) -> Router {
    let mut probes = system::probes();
    if let Some(limits) = shared.limits() {
        probes = probes.route_layer(from_fn_with_state(Arc::clone(limits), limits::by_address));
    }
    probes
        .route_layer(MapRequestLayer::new(middleware::matched))
        .fallback(pages::nowhere)
        .with_state(shared.clone())
}

/// Every route of the document that does not.
fn open_routes() -> ApiRouter<Shared> {
    auth::open_routes().merge(notifications::open_routes()).merge(calendar::open_routes())
}

/// Every route that wants a caller.
fn signed_routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .merge(auth::routes())
        .merge(bookings::routes())
        .merge(series::routes())
        .merge(schedule::routes())
        .merge(calendar::routes())
        .merge(availability::routes())
        .merge(organizations::routes())
        .merge(tokens::routes())
        .merge(webhooks::routes())
        .merge(users::routes())
        .merge(locations::routes())
        .merge(staff::routes())
        .merge(optimize::routes())
        .merge(notifications::routes())
        .merge(events::routes())
        .merge(system::signed_routes())
        .merge(event_types::routes())
}
