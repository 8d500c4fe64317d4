//! POST /api/booking-series

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::commit::Answer;
use rishi_app::series::SeriesView;
use rishi_domain::series::CreateSeries;
use serde_json::json;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Post;
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("createBookingSeries").tag(super::TAG);
    let operation = operation.summary("Create bookings that recur").description(
        "Makes a booking in `draft` for every occurrence of the rule, all of them or none; each is a \
         booking of its own with a reference to the series. The rule is expanded on the clock of \
         `timezone`: nine o'clock stays nine o'clock when the clocks change. 409 `location_conflict` \
         names in `occurrences` those that are in conflict, by number and time, with the bookings in the \
         way.",
    );
    let operation = document::example(
        operation,
        json!({
            "organizationId": "0190f3c2-7b1a-7c3d-9e4f-5a6b7c8d9e0f",
            "title": "Tasting",
            "scheduledStart": "2027-05-03T15:00:00Z",
            "scheduledEnd": "2027-05-03T17:00:00Z",
            "timezone": "America/Denver",
            "recurrence": "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10"
        }),
    );
    let operation = document::creates::<SeriesView>(operation, "The series and its bookings.");
    document::may_refuse(operation, &[404])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Post { caller, body }: Post<CreateSeries>,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    Ok(answer::send(shared.app.create_series(&caller, &body, created).await?))
}

fn created(view: &SeriesView) -> Result<Answer, rishi_app::Error> {
    let series = &view.series;
    answer::created(format!("/api/booking-series/{}", series.id), series.version, view)
}
