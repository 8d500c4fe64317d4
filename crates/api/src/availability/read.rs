//! GET /api/availability/{id}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::availability::AvailabilityBlock;
use rishi_domain::id::AvailabilityBlockId;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, IfNoneMatch, Signed};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("readAvailability").tag(super::TAG);
    let operation = operation.summary("Read what somebody declared");
    document::answers_entity::<AvailabilityBlock>(operation, "The block.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<AvailabilityBlockId>,
    known: IfNoneMatch,
) -> Reply {
    let block = shared.app.availability_block(&caller.principal, id).await?;
    answer::entity(block.version, &block, &known)
}
