//! DELETE /api/booking-series/{id}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::series::SeriesView;
use rishi_domain::booking::validate::NOTES_MAX;
use rishi_domain::id::BookingSeriesId;
use rishi_domain::recurrence::EditScope;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, IfMatch, Query, Signed};
use crate::shared::Shared;

/// What is to be cancelled, and why.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Parameters {
    /// How much of it; all of it when absent.
    scope: Option<EditScope>,
    #[schemars(description = super::FROM)]
    from: Option<String>,
    /// Why; becomes the newest remark of each booking.
    #[schemars(length(max = NOTES_MAX))]
    notes: Option<String>,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("cancelBookingSeries").tag(super::TAG);
    let operation = operation.summary("Cancel bookings that recur").description(
        "Cancels the bookings that `scope` means, all of them or none: the one at `from` (`this`), that \
         and those after it (`this_and_following`), or `all`. Of the last two those are reached that \
         are neither over nor begun. 409 `series_over` when none is.",
    );
    let operation = document::answers_entity::<SeriesView>(operation, "The series.");
    document::may_refuse(operation, &[409])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<BookingSeriesId>,
    Query(Parameters { scope, from, notes }): Query<Parameters>,
    if_match: IfMatch,
) -> Reply {
    let part = super::part(scope, from.as_deref())?;
    let (app, version, notes) = (&shared.app, if_match.version(), notes.as_deref());
    let answer = app.cancel_series(&caller, id, version, part, notes, super::changed).await?;
    Ok(answer::send(answer))
}
