//! Subscriptions: how each stands, and the operator's word to it.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use schemars::JsonSchema;
use serde::Serialize;

use crate::shared::Shared;

mod list;
mod pause;
mod replay;
mod resume;

const TAG: &str = super::TAG;

pub(super) fn routes() -> ApiRouter<Shared> {
    let at = |verb: &str| format!("/api/system/subscriptions/{{name}}/{verb}");
    ApiRouter::new()
        .api_route("/api/system/subscriptions", get_with(list::handle, list::describe))
        .api_route(&at("pause"), post_with(pause::handle, pause::describe))
        .api_route(&at("resume"), post_with(resume::handle, resume::describe))
        .api_route(&at("replay"), post_with(replay::handle, replay::describe))
}

/// Whether a subscription is paused now.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SubscriptionPause")]
struct Paused {
    /// Its name.
    name: String,
    /// Whether it takes no more events.
    paused: bool,
}
