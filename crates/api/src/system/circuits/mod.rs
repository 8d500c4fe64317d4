//! Circuits: how each is, and the operator's word about it.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};

use crate::shared::Shared;

mod hold;
mod list;

const TAG: &str = super::TAG;

pub(super) fn routes() -> ApiRouter<Shared> {
    let at = |verb: &str| format!("/api/system/circuits/{{name}}/{verb}");
    ApiRouter::new()
        .api_route("/api/system/circuits", get_with(list::handle, list::describe))
        .api_route(&at("open"), post_with(hold::open, hold::describe_open))
        .api_route(&at("close"), post_with(hold::close, hold::describe_close))
        .api_route(&at("auto"), post_with(hold::auto, hold::describe_auto))
}
