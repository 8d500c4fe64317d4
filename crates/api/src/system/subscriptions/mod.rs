//! Subscriptions: how each stands, and the operator's word to it.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use schemars::JsonSchema;
use serde::Serialize;

use crate::shared::Shared;

mod compare;
mod forget;
mod list;
mod pause;
mod rehearse;
mod replay;
mod resume;
mod swap;

const TAG: &str = super::TAG;

pub(super) fn routes() -> ApiRouter<Shared> {
    let at = |verb: &str| format!("/api/system/subscriptions/{{name}}/{verb}");
    ApiRouter::new()
        .api_route("/api/system/subscriptions", get_with(list::handle, list::describe))
        .api_route(&at("pause"), post_with(pause::handle, pause::describe))
        .api_route(&at("resume"), post_with(resume::handle, resume::describe))
        .api_route(&at("replay"), post_with(replay::handle, replay::describe))
        .api_route(&at("rehearsal"), get_with(rehearse::handle, rehearse::describe))
        .api_route(&at("comparison"), get_with(compare::handle, compare::describe))
        .api_route(&at("swap"), post_with(swap::handle, swap::describe))
        .api_route(&at("forget"), post_with(forget::handle, forget::describe))
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
