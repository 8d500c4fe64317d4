//! DELETE /api/bookings/{id}/staff/{assignmentId}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::bookings::BookingView;
use rishi_app::staffing::AssignmentStep;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{IfMatch, OnBooking, Query, Signed};
use crate::shared::Shared;

/// Why.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Parameters {
    /// Why; stands in the event.
    #[serde(default)]
    #[schemars(length(max = 1000))]
    reason: Option<String>,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("releaseStaff").tag(super::super::TAG);
    let operation = operation.summary("Take an assignment back").description(
        "The assignment becomes `released` and stays in the booking's story. Who has come already \
         is checked out instead.",
    );
    let operation = document::answers_entity::<BookingView>(operation, "The booking.");
    document::may_refuse(operation, &[409])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    OnBooking(booking, assignment): OnBooking,
    if_match: IfMatch,
    Query(Parameters { reason }): Query<Parameters>,
) -> Reply {
    let (both, step) = ((booking, assignment), AssignmentStep::Release(reason));
    let version = if_match.version();
    let changed = super::super::changed;
    let answer = shared.app.step_assignment(&caller, both, version, step, changed).await?;
    Ok(answer::send(answer))
}
