//! Series of bookings: one file per endpoint.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use jiff::Timestamp;
use rishi_app::commit::Answer;
use rishi_app::series::{Part, SeriesView};
use rishi_domain::id::BookingId;
use rishi_domain::recurrence::EditScope;
use rishi_domain::series::Named;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer;
use crate::problem::Problem;
use crate::shared::Shared;

mod cancel;
mod create;
mod edit;
mod read;

const TAG: &str = "Series";

pub(crate) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/api/booking-series", post_with(create::handle, create::describe))
        .api_route(
            "/api/booking-series/{id}",
            get_with(read::handle, read::describe)
                .patch_with(edit::handle, edit::describe)
                .delete_with(cancel::handle, cancel::describe),
        )
}

/// What `from` names, as the document tells it.
const FROM: &str = "The occurrence meant: its booking's id, or the instant at which it starts (with \
                    `this_and_following` the first that starts then or later). For every scope but `all`, \
                    where it may name the occurrence that the times in the body are those of.";

/// The part of a series that a scope and a name mean.
fn part(scope: Option<EditScope>, from: Option<&str>) -> Result<Part, Problem> {
    let from = from.map(|text| {
        let booking = text.parse::<BookingId>().map(Named::Booking);
        booking.or_else(|_| text.parse::<Timestamp>().map(Named::Time)).map_err(|_| {
            let message = "from is the id of a booking, or an instant such as 2027-05-03T15:00:00Z";
            Problem::field("from", "invalid", message)
        })
    });
    Ok(Part { scope, from: from.transpose()? })
}

/// Which part of a series.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct PartParameters {
    /// How much of it; all of it when absent.
    scope: Option<EditScope>,
    #[schemars(description = FROM)]
    from: Option<String>,
}

fn changed(view: &SeriesView) -> Result<Answer, rishi_app::Error> {
    answer::changed(view.series.version, view)
}
