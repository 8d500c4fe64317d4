//! POST /api/system/dead-letters/{id}/discard

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::operations::Order;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::Reached;
use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Letter, Post};
use crate::shared::Shared;

/// Why a dead letter is given up.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "DiscardDeadLetter")]
pub(super) struct Body {
    /// Why nothing more is to be done; it is kept.
    #[schemars(length(min = 1, max = 500), regex(pattern = r"\S"))]
    reason: String,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("discardDeadLetter").tag(super::TAG);
    let operation = operation.summary("Give a dead letter up").description(
        "It is never handled, and the events of its key go on. 409 `order_refused` when it is not dead.",
    );
    let operation = document::example(operation, json!({ "reason": "made for a trial" }));
    document::answers::<Reached>(operation, 200, "It is given up.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Letter(id): Letter,
    Post { caller, body }: Post<Body>,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    shared.app.may_order(&caller)?;
    let letters = id.filter();
    let matched = shared.app.reached(&letters).await?;
    let answer = answer::done(&Reached { matched })?;
    let order = Order::Discard { letters, reason: body.reason };
    Ok(answer::send(shared.app.order(&caller, order, answer).await?))
}
