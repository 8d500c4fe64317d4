//! GET /api/locations/{id}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::id::LocationId;
use rishi_domain::location::Location;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, IfNoneMatch, Signed};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("readLocation").tag(super::TAG).summary("Read a location");
    document::answers_entity::<Location>(operation, "The location.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<LocationId>,
    known: IfNoneMatch,
) -> Reply {
    let location = shared.app.location(&caller.principal, id).await?;
    answer::entity(location.version, &location, &known)
}
