//! POST /api/notifications/{id}/read

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::id::NotificationId;
use rishi_domain::notification::Notification;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Command, Id};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("readNotification").tag(super::TAG);
    let operation = operation.summary("Mark one of the caller's notifications as read");
    document::answers::<Notification>(operation, 200, "The notification.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Id(id): Id<NotificationId>,
    Command { caller }: Command,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    let answer = shared.app.read_notification(&caller, id, answer::done).await?;
    Ok(answer::send(answer))
}
