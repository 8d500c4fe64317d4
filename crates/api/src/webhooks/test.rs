//! POST /api/webhooks/{id}/test

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::commit::Answer;
use rishi_app::webhooks::TestEvent;
use rishi_domain::id::WebhookId;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::accepted;
use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Command, Id};
use crate::shared::Shared;

/// A test that is on its way.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "WebhookTest")]
struct Sent {
    /// The event that is delivered; the delivery has the same id.
    event_id: Uuid,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("testWebhook").tag(super::TAG).summary("Send a test event");
    let operation = operation.description(
        "An event `WEBHOOK_TEST_SENT`, which is delivered to this endpoint alone and whatever it \
         otherwise wants. What became of it is among the endpoint's deliveries.",
    );
    let operation = document::answers::<Sent>(operation, 202, "It is on its way.");
    document::may_refuse(operation, &[409])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Id(id): Id<WebhookId>,
    Command { caller }: Command,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    Ok(answer::send(shared.app.test_webhook(&caller, id, sent).await?))
}

fn sent(TestEvent { event_id }: TestEvent) -> Result<Answer, rishi_app::Error> {
    accepted(&Sent { event_id })
}
