//! Organizations: one file per endpoint.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;

use crate::shared::Shared;

mod create;
mod edit;
mod list;
mod members;
mod read;
mod settings;
mod templates;

const TAG: &str = "Organizations";

pub(crate) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/organizations",
            get_with(list::handle, list::describe).post_with(create::handle, create::describe),
        )
        .api_route(
            "/api/organizations/{id}",
            get_with(read::handle, read::describe).patch_with(edit::handle, edit::describe),
        )
        .api_route(
            "/api/organizations/{id}/settings",
            get_with(settings::read, settings::describe_read)
                .patch_with(settings::edit, settings::describe_edit),
        )
        .merge(members::routes())
        .merge(templates::routes())
}
