//! POST /api/system/subscriptions/{name}/pause

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
        operation.id("pauseSubscription").tag(super::TAG).summary("Pause a subscription");
    let operation = operation.description(
        "It takes no more events, in any process, until it is resumed; what runs is finished. Nothing \
         is lost: the events wait. Pausing what is paused changes nothing.",
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
    let answer = answer::done(&Paused { name: name.clone(), paused: true })?;
    if standing.paused_since.is_some() {
        return Ok(answer::send(answer));
    }
    let order = Order::Pause { subscription: name };
    Ok(answer::send(shared.app.order(&caller, order, answer).await?))
}
