//! DELETE /api/availability/{id}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::id::AvailabilityBlockId;

use super::PartParameters;
use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, IfMatch, Query, Signed};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("withdrawAvailability").tag(super::TAG);
    let operation = operation.summary("Take back what one declared").description(
        "All of it, or of a block that recurs the occurrence that starts at `from` (`scope=this`), or \
         that and those after it (`scope=this_and_following`).",
    );
    let operation = document::answers_nothing(operation, "It is taken back.");
    document::may_refuse(operation, &[409])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<AvailabilityBlockId>,
    Query(part): Query<PartParameters>,
    if_match: IfMatch,
) -> Reply {
    let (part, version) = (part.into(), if_match.version());
    let gone = answer::nothing();
    let answer = shared.app.withdraw_availability(&caller, id, version, part, gone).await?;
    Ok(answer::send(answer))
}
