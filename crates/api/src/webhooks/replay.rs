//! POST /api/webhooks/{id}/replay

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::Position;
use rishi_app::commit::Answer;
use rishi_app::webhooks::Replay;
use rishi_domain::id::WebhookId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::accepted;
use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, Post};
use crate::shared::Shared;

/// From where.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Body {
    /// The first position that is delivered again: a CloudEvent has its own as `sequence`.
    #[schemars(range(min = 1))]
    position: Position,
}

/// What is delivered again.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WebhookReplay")]
struct Begun {
    /// The first position.
    from: Position,
    /// The last one.
    through: Position,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("replayToWebhook").tag(super::TAG);
    let operation = operation.summary("Deliver everything from a position on again").description(
        "Every event that the endpoint wants by its present types, from `position` to the present end \
         of the log, also what was delivered before: under the same ids, page by page. Another replay \
         takes the place of one that is under way.",
    );
    let operation = document::example(operation, json!({ "position": 1200 }));
    let operation = document::answers::<Begun>(operation, 202, "It has begun.");
    document::may_refuse(operation, &[404, 409])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Id(id): Id<WebhookId>,
    Post { caller, body }: Post<Body>,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    Ok(answer::send(shared.app.replay_to_webhook(&caller, id, body.position, begun).await?))
}

fn begun(Replay { from, through }: Replay) -> Result<Answer, rishi_app::Error> {
    accepted(&Begun { from, through })
}
