//! POST /api/system/subscriptions/{name}/replay

use aide::transform::TransformOperation;
use axum::extract::State;
use jiff::Timestamp;
use rishi_app::Position;
use rishi_app::operations::{Order, ReplayFrom};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::answer::{self, Reply};
use crate::document;
use crate::events::Place;
use crate::extract::{Name, Post};
use crate::problem::Problem;
use crate::shared::Shared;

/// From where: one of the two.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "ReplaySubscription")]
pub(super) struct Body {
    /// Handle everything after this position again; 0 for all there is.
    #[serde(default)]
    after: Option<Place>,
    /// Handle everything again that was made at or after this instant.
    #[serde(default)]
    since: Option<Timestamp>,
}

/// What is handled again.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SubscriptionReplay")]
struct Replayed {
    /// The subscription's name.
    name: String,
    /// Everything after this position.
    after: Position,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("replaySubscription").tag(super::TAG);
    let operation = operation.summary("Handle events again").description(
        "Sets the cursor back. What the subscription did for these events it does again: \
         notifications are doubled, and receivers outside are asked under the same keys as before. \
         The rehearsal shows it first. Dead letters among them begin anew.",
    );
    let operation = document::example(operation, json!({ "since": "2026-07-01T12:00:00Z" }));
    document::answers::<Replayed>(operation, 200, "What is handled again.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Name(name): Name,
    Post { caller, body }: Post<Body>,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    shared.app.orderable(&caller, &name).await?;
    let after = shared.app.replay_after(&name, from(body.after, body.since)?).await?;
    let answer = answer::done(&Replayed { name: name.clone(), after })?;
    let order = Order::Replay { subscription: name, after };
    Ok(answer::send(shared.app.order(&caller, order, answer).await?))
}

/// From where a replay begins, as one of two says.
pub(super) fn from(after: Option<Place>, since: Option<Timestamp>) -> Result<ReplayFrom, Problem> {
    match (after, since) {
        (Some(Place(position)), None) => Ok(ReplayFrom::After(position)),
        (None, Some(since)) => Ok(ReplayFrom::Since(since)),
        _ => {
            let message = "say from where: after a position or since an instant, not both";
            Err(Problem::field("after", "required", message))
        }
    }
}
