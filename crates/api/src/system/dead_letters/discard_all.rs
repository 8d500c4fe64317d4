//! POST /api/system/dead-letters/discard

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::operations::Order;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::Reached;
use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Post;
use crate::shared::Shared;

/// Which dead letters to give up: those that meet all that is given, or all there are.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "DiscardDeadLetters")]
pub(super) struct Body {
    /// Of this subscription.
    #[serde(default)]
    subscription: Option<String>,
    /// With this text in the error.
    #[serde(default)]
    #[schemars(length(min = 1, max = 1000))]
    error: Option<String>,
    /// Why nothing more is to be done; it is kept.
    #[schemars(length(min = 1, max = 500), regex(pattern = r"\S"))]
    reason: String,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("discardDeadLetters").tag(super::TAG);
    let operation = operation.summary("Give dead letters up").description(
        "They are never handled, and the events of their keys go on. Nothing is recorded when none \
         matches.",
    );
    let example = json!({ "error": "unknown here", "reason": "made for a trial" });
    let operation = document::example(operation, example);
    let operation = document::answers::<Reached>(operation, 200, "They are given up.");
    document::may_refuse(operation, &[404])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Post { caller, body }: Post<Body>,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    shared.app.may_order(&caller)?;
    rishi_app::operations::check_reason(&body.reason)?;
    let letters = super::filter(body.subscription, body.error)?;
    let matched = shared.app.reached(&letters).await?;
    let answer = answer::done(&Reached { matched })?;
    if matched == 0 {
        return Ok(answer::send(answer));
    }
    let order = Order::Discard { letters, reason: body.reason };
    Ok(answer::send(shared.app.order(&caller, order, answer).await?))
}
