//! PATCH /api/locations/{id}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::id::LocationId;
use rishi_domain::location::{EditLocation, Location};

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, Patch};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("editLocation").tag(super::TAG).summary("Edit a location");
    let operation =
        operation.description("Changes the fields that are given; `null` clears an optional one.");
    let operation = document::answers_entity::<Location>(operation, "The location.");
    document::may_refuse(operation, &[422])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Id(id): Id<LocationId>,
    Patch { caller, version, body }: Patch<EditLocation>,
) -> Reply {
    let reply = |location: &Location| answer::changed(location.version, location);
    let answer = shared.app.edit_location(&caller, id, version, body, reply).await?;
    Ok(answer::send(answer))
}
