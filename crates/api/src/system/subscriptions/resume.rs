//! POST /api/system/subscriptions/{name}/resume

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::operations::Order;

use super::Paused;
use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Command, Name};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation =
        operation.id("resumeSubscription").tag(super::TAG).summary("Resume a subscription");
    let operation = operation.description(
        "It goes on where it stopped, within a second. Resuming what is not paused changes nothing.",
    );
    document::answers::<Paused>(operation, 200, "How it stands.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Name(name): Name,
    Command { caller }: Command,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    let standing = shared.app.orderable(&caller, &name).await?;
    let answer = answer::done(&Paused { name: name.clone(), paused: false })?;
    if standing.paused_since.is_none() {
        return Ok(answer::send(answer));
    }
    let order = Order::Resume { subscription: name };
    Ok(answer::send(shared.app.order(&caller, order, answer).await?))
}
