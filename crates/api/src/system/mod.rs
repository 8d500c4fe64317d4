//! What the platform says of itself: probes, and its own description.

use axum::Router;
use axum::routing::get;

use crate::event_types;
use crate::shared::Shared;

mod docs;
mod probes;

/// The routes that need no sign-in. They stand outside the document: probes are for the machinery
/// around the platform, and the rest is the document itself.
pub(crate) fn routes(document: &aide::openapi::OpenApi) -> Router<Shared> {
    Router::new()
        .route("/livez", get(probes::alive))
        .route("/readyz", get(probes::ready))
        .route("/api/openapi.json", get(docs::openapi(document)))
        .route("/api/asyncapi.json", get(event_types::asyncapi))
        .route("/api/docs", get(docs::page))
        .route("/api/docs/scalar.js", get(docs::script))
}
