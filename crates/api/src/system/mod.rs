//! What the platform says of itself: probes, its own description, and to those who may operate it how it
//! is and what it is told.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use axum::Router;
use axum::routing::get;

use crate::event_types;
use crate::shared::Shared;

mod circuits;
mod cluster;
mod dead_letters;
mod docs;
pub(crate) mod health;
mod metrics;
mod probes;
mod services;
mod subscriptions;
mod verification;

const TAG: &str = "System";

/// The probes, all that a process answers that serves no API.
pub(crate) fn probes() -> Router<Shared> {
    Router::new()
        .route("/livez", get(probes::alive))
        .route("/readyz", get(probes::ready))
        .route("/metrics", get(metrics::handle))
}

/// The routes that need no sign-in. They stand outside the document: probes are for the machinery
/// around the platform, and the rest is the document itself.
pub(crate) fn routes(document: &aide::openapi::OpenApi) -> Router<Shared> {
    probes()
        .route("/api/openapi.json", docs::openapi(document))
        .route("/api/asyncapi.json", get(event_types::asyncapi))
        .route("/api/docs", get(docs::page))
        .route("/api/docs/scalar.js", get(docs::script))
}

/// The routes of those who operate the platform.
pub(crate) fn signed_routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/api/system/health", get_with(health::handle, health::describe))
        .api_route("/api/system/cluster", get_with(cluster::handle, cluster::describe))
        .api_route("/api/system/services", get_with(services::handle, services::describe))
        .api_route(
            "/api/system/verification",
            get_with(verification::handle, verification::describe),
        )
        .merge(circuits::routes())
        .merge(subscriptions::routes())
        .merge(dead_letters::routes())
}
