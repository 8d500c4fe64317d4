//! The inbox, what people want to be told, and what became of telling them.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};

use crate::events::inbox;
use crate::shared::Shared;

mod deliveries;
mod list;
mod preferences;
mod read;
mod read_all;
mod unsubscribe;

pub(crate) const TAG: &str = "Notifications";

pub(crate) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/api/notifications", get_with(list::handle, list::describe))
        .api_route("/api/notifications/stream", get_with(inbox::handle, inbox::describe))
        .api_route("/api/notifications/read-all", post_with(read_all::handle, read_all::describe))
        .api_route("/api/notifications/{id}/read", post_with(read::handle, read::describe))
        .api_route(
            "/api/notification-preferences",
            get_with(preferences::read, preferences::describe_read)
                .put_with(preferences::put, preferences::describe_put),
        )
        .api_route(
            "/api/notification-deliveries",
            get_with(deliveries::handle, deliveries::describe),
        )
}

/// The link in a mail is for whoever has the mail.
pub(crate) fn open_routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route(
        "/api/unsubscribe/{name}",
        get_with(unsubscribe::ask, unsubscribe::describe_ask)
            .post_with(unsubscribe::end, unsubscribe::describe_end),
    )
}
