//! POST /api/system/subscriptions/{name}/forget

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::Position;
use rishi_app::operations::Order;
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Command, Name};
use crate::shared::Shared;

/// A subscription that is no more.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SubscriptionForgotten")]
struct Forgotten {
    /// Its name.
    name: String,
    /// How far it had come.
    cursor: Position,
    /// Events that were set aside for it and are given up with it.
    abandoned: u64,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("forgetSubscription").tag(super::TAG);
    let operation = operation.summary("Remove a subscription that is no longer in the program").description(
        "With its cursor and everything that was set aside for it, for good; it stands in the way of \
         retention no longer. 409 `order_refused` while the program has it, or while it is not paused. An \
         older release that still has it would begin it anew.",
    );
    document::answers::<Forgotten>(operation, 200, "What was removed.")
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
    let abandoned = standing.waiting + standing.retrying + standing.dead;
    let answer =
        answer::done(&Forgotten { name: name.clone(), cursor: standing.cursor, abandoned })?;
    let order = Order::Forget { subscription: name };
    Ok(answer::send(shared.app.order(&caller, order, answer).await?))
}
