//! POST /api/system/dead-letters/redrive

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

/// Which dead letters to try again: those that meet all that is given, or all there are.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "RedriveDeadLetters")]
pub(super) struct Body {
    /// Of this subscription.
    #[serde(default)]
    subscription: Option<String>,
    /// With this text in the error.
    #[serde(default)]
    #[schemars(length(min = 1, max = 1000))]
    error: Option<String>,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("redriveDeadLetters").tag(super::TAG);
    let operation = operation.summary("Try dead letters again").description(
        "With fresh attempts, in the order of their keys. Nothing is recorded when none matches.",
    );
    let operation = document::example(operation, json!({ "subscription": "booking-created" }));
    let operation = document::answers::<Reached>(operation, 200, "They are tried again.");
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
    let filter = super::filter(body.subscription, body.error)?;
    let matched = shared.app.reached(&filter).await?;
    let answer = answer::done(&Reached { matched })?;
    if matched == 0 {
        return Ok(answer::send(answer));
    }
    Ok(answer::send(shared.app.order(&caller, Order::Redrive(filter), answer).await?))
}
