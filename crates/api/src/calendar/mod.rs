//! Calendar feeds: one file per endpoint.

use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with};

use crate::shared::Shared;

mod create;
mod list;
mod revoke;
mod show;

const TAG: &str = "Calendar feeds";

/// As the router knows the feed's route: a parameter is a whole part of a path there.
pub(crate) const ROUTED: &str = "/calendar/{secret}";
/// As the world knows it.
pub(crate) const SHOWN: &str = "/calendar/{secret}.ics";

pub(crate) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/calendar-feeds",
            get_with(list::handle, list::describe).post_with(create::handle, create::describe),
        )
        .api_route("/api/calendar-feeds/{id}", delete_with(revoke::handle, revoke::describe))
}

/// What calendar programs ask, which sign in nowhere: the address is the secret.
pub(crate) fn open_routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route(ROUTED, get_with(show::handle, show::describe))
}
