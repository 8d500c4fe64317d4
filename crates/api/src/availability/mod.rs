//! Availability and leave: one file per endpoint.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use rishi_app::availability::{DecidedLeave, Part};
use rishi_domain::availability::AvailabilityBlock;
use rishi_domain::local_time::LocalTime;
use rishi_domain::recurrence::EditScope;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer;
use crate::shared::Shared;

mod approve;
mod declare;
mod edit;
mod list;
mod read;
mod reject;
mod withdraw;

const TAG: &str = "Availability";

pub(crate) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/availability",
            get_with(list::handle, list::describe).post_with(declare::handle, declare::describe),
        )
        .api_route(
            "/api/availability/{id}",
            get_with(read::handle, read::describe)
                .patch_with(edit::handle, edit::describe)
                .delete_with(withdraw::handle, withdraw::describe),
        )
        .api_route("/api/availability/{id}/approve", post_with(approve::handle, approve::describe))
        .api_route("/api/availability/{id}/reject", post_with(reject::handle, reject::describe))
}

/// Which part of a block that recurs.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct PartParameters {
    /// How much of it; all of it when absent.
    scope: Option<EditScope>,
    /// The local start of the occurrence meant, as the rule makes it; for every scope but `all`.
    from: Option<LocalTime>,
}

impl From<PartParameters> for Part {
    fn from(parameters: PartParameters) -> Self {
        Self { scope: parameters.scope, from: parameters.from }
    }
}

fn changed(block: &AvailabilityBlock) -> Result<rishi_app::commit::Answer, rishi_app::Error> {
    answer::changed(block.version, block)
}

fn decided(leave: &DecidedLeave) -> Result<rishi_app::commit::Answer, rishi_app::Error> {
    answer::changed(leave.block.version, leave)
}
