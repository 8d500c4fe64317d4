//! POST /api/availability/{id}/reject

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::availability::DecidedLeave;
use rishi_domain::availability::{DecideLeave, Ruling};
use rishi_domain::id::AvailabilityBlockId;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, IfMatch, Post};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("rejectLeave").tag(super::TAG).summary("Reject a leave");
    let operation = operation.description(
        "409 `leave_decided` when it was approved or rejected before, or is no leave. Nobody decides \
         about their own.",
    );
    document::answers_entity::<DecidedLeave>(operation, "The leave.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Id(id): Id<AvailabilityBlockId>,
    if_match: IfMatch,
    Post { caller, body }: Post<DecideLeave>,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    let (version, ruling) = (if_match.version(), Ruling::Reject);
    let answer = shared.app.rule_on_leave(&caller, id, version, ruling, body, super::decided);
    Ok(answer::send(answer.await?))
}
