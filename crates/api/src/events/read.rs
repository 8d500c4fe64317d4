//! GET /api/events/{id}

use aide::transform::TransformOperation;
use axum::extract::State;
use uuid::Uuid;

use super::document::EventDocument;
use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, Signed};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("readEvent").tag(super::TAG).summary("Read an event");
    document::answers::<EventDocument>(operation, 200, "The event.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<Uuid>,
) -> Reply {
    answer::json(&shared.app.event(&caller.principal, id).await?)
}
