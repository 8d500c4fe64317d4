//! PATCH /api/booking-series/{id}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::series::SeriesView;
use rishi_domain::booking::EditBooking;
use rishi_domain::id::BookingSeriesId;
use serde_json::json;

use super::PartParameters;
use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, Patch, Query};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("editBookingSeries").tag(super::TAG);
    let operation = operation.summary("Change bookings that recur").description(
        "Changes the fields that are given in the bookings that `scope` means, all of them or none: the \
         one at `from` (`this`), that and those after it (`this_and_following`, which become a series \
         of their own: the answer), or `all`. Reached are those that are neither over nor begun. Times \
         are those of the occurrence at `from`, else of the first that is still to come; the others move \
         by as much on the series' clock. What was changed in one occurrence alone stays. `timezone` and \
         `actualCost` are changed in one occurrence at a time. 409 `series_over` when nothing that is \
         meant is still to come.",
    );
    let example = json!({ "title": "Tasting, both floors", "notes": null });
    let operation = document::example(operation, example);
    let operation =
        document::answers_entity::<SeriesView>(operation, "The series that the change was about.");
    document::may_refuse(operation, &[422])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Id(id): Id<BookingSeriesId>,
    Query(PartParameters { scope, from }): Query<PartParameters>,
    Patch { caller, version, body }: Patch<EditBooking>,
) -> Reply {
    let part = super::part(scope, from.as_deref())?;
    let app = &shared.app;
    let answer = app.edit_series(&caller, id, version, part, &body, super::changed).await?;
    Ok(answer::send(answer))
}
