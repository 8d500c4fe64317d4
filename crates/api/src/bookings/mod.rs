//! Bookings: one file per endpoint.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use rishi_app::bookings::BookingView;
use rishi_app::commit::Answer;

use crate::answer;
use crate::shared::Shared;

mod create;
mod cursor;
mod edit;
mod events;
mod export;
mod import;
mod list;
mod read;
mod staff;
mod statistics;
mod status;

const TAG: &str = "Bookings";

pub(crate) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/bookings",
            get_with(list::handle, list::describe).post_with(create::handle, create::describe),
        )
        .api_route("/api/bookings/statistics", get_with(statistics::handle, statistics::describe))
        .api_route("/api/bookings/export", get_with(export::handle, export::describe))
        .api_route("/api/bookings/import", post_with(import::handle, import::describe))
        .api_route(
            "/api/bookings/{id}",
            get_with(read::handle, read::describe).patch_with(edit::handle, edit::describe),
        )
        .api_route("/api/bookings/{id}/status", post_with(status::handle, status::describe))
        .api_route("/api/bookings/{id}/events", get_with(events::handle, events::describe))
        .merge(staff::routes())
}

/// A booking that was changed, as its answer is kept.
fn changed(view: &BookingView) -> Result<Answer, rishi_app::Error> {
    answer::changed(view.booking.version, view)
}
