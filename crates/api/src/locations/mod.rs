//! Locations: one file per endpoint.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;

use crate::shared::Shared;

mod create;
mod edit;
mod list;
mod map;
mod read;

const TAG: &str = "Locations";

pub(crate) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/locations",
            get_with(list::handle, list::describe).post_with(create::handle, create::describe),
        )
        .api_route("/api/map", get_with(map::handle, map::describe))
        .api_route(
            "/api/locations/{id}",
            get_with(read::handle, read::describe).patch_with(edit::handle, edit::describe),
        )
}
