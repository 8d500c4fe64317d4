//! People: one file per endpoint.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};

use crate::shared::Shared;

mod create;
mod edit;
mod link;
mod list;
mod mail_address;
mod read;

pub(crate) use link::View as SignInLinkView;

const TAG: &str = "People";

pub(crate) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/users",
            get_with(list::handle, list::describe).post_with(create::handle, create::describe),
        )
        .api_route(
            "/api/users/{id}",
            get_with(read::handle, read::describe).patch_with(edit::handle, edit::describe),
        )
        .api_route("/api/users/{id}/sign-in-link", post_with(link::handle, link::describe))
        .api_route(
            "/api/users/{id}/mail-address",
            get_with(mail_address::read, mail_address::describe_read),
        )
        .api_route(
            "/api/users/{id}/mail-address/reset",
            post_with(mail_address::reset, mail_address::describe_reset),
        )
}
