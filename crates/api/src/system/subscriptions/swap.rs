//! POST /api/system/subscriptions/{name}/swap

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::operations::Order;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Name, Post};
use crate::shared::Shared;

/// With whom.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "SwapSubscriptions")]
pub(super) struct Body {
    /// The name of the other subscription.
    with: String,
}

/// Two subscriptions that have exchanged what they had reached.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SubscriptionSwap")]
struct Swapped {
    /// The name of one.
    name: String,
    /// The name of the other.
    with: String,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("swapSubscriptions").tag(super::TAG);
    let operation = operation.summary("Exchange what two subscriptions have reached").description(
        "Cursors and everything set aside, in one step: what ran beside is then in front. Both must be \
         paused (409 `order_refused`), and stay so: start the release whose handlers are exchanged too, \
         then resume both.",
    );
    let operation = document::example(operation, json!({ "with": "booking-created@v2" }));
    document::answers::<Swapped>(operation, 200, "They are exchanged.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Name(name): Name,
    Post { caller, body }: Post<Body>,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    for one in [&name, &body.with] {
        shared.app.orderable(&caller, one).await?;
    }
    let answer = answer::done(&Swapped { name: name.clone(), with: body.with.clone() })?;
    let order = Order::Swap { subscription: name, with: body.with };
    Ok(answer::send(shared.app.order(&caller, order, answer).await?))
}
