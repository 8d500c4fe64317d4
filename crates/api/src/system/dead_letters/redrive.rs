//! POST /api/system/dead-letters/{id}/redrive

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::operations::Order;

use super::Reached;
use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Command, Letter};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("redriveDeadLetter").tag(super::TAG);
    let operation = operation.summary("Try a dead letter again").description(
        "With fresh attempts, before the events of its key that wait behind it. 409 `order_refused` \
         when it is not dead.",
    );
    document::answers::<Reached>(operation, 200, "It is tried again.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Letter(id): Letter,
    Command { caller }: Command,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    shared.app.may_order(&caller)?;
    let filter = id.filter();
    let matched = shared.app.reached(&filter).await?;
    let answer = answer::done(&Reached { matched })?;
    Ok(answer::send(shared.app.order(&caller, Order::Redrive(filter), answer).await?))
}
