//! POST /api/notifications/read-all

use aide::transform::TransformOperation;
use axum::extract::State;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Command;
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("readAllNotifications").tag(super::TAG);
    let operation = operation.summary("Mark all that the caller was told as read");
    document::answers_nothing(operation, "Nothing is unread.")
}

pub(super) async fn handle(State(shared): State<Shared>, Command { caller }: Command) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    let answer = shared.app.read_all_notifications(&caller, answer::nothing()).await?;
    Ok(answer::send(answer))
}
