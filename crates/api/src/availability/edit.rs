//! PATCH /api/availability/{id}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::availability::{AvailabilityBlock, EditAvailability};
use rishi_domain::id::AvailabilityBlockId;

use super::PartParameters;
use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, Patch, Query};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("editAvailability").tag(super::TAG);
    let operation = operation.summary("Change what one declared").description(
        "Changes the fields that are given; `null` clears an optional one. Of a block that recurs, \
         `scope=this` and `scope=this_and_following` change the occurrence that starts at `from` (and \
         those after it), which then is a block of its own: the answer. Leave whose time changes has \
         to be approved again.",
    );
    document::answers_entity::<AvailabilityBlock>(operation, "The block that the change was about.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Id(id): Id<AvailabilityBlockId>,
    Query(part): Query<PartParameters>,
    Patch { caller, version, body }: Patch<EditAvailability>,
) -> Reply {
    let part = part.into();
    let app = &shared.app;
    let answer = app.edit_availability(&caller, id, version, part, body, super::changed).await?;
    Ok(answer::send(answer))
}
