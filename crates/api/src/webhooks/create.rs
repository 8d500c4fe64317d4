//! POST /api/webhooks

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::commit::Answer;
use rishi_app::webhooks::WebhookSecret;
use rishi_domain::webhook::{CreateWebhook, WebhookEndpoint};
use serde_json::json;

use super::Shown;
use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Post;
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation =
        operation.id("createWebhook").tag(super::TAG).summary("Make a webhook endpoint");
    let operation = operation.description(
        "It is told of the organization's events from now on, as CloudEvents signed by Standard \
         Webhooks. The answer holds the secret, which is shown this once: a repetition under the same \
         idempotency key lacks it. At most 20 for an organization.",
    );
    let operation = document::example(
        operation,
        json!({
            "organizationId": "0190f3c2-7b1a-7c3d-9e4f-5a6b7c8d9e0f",
            "url": "https://hooks.example.com/rishi",
            "description": "The warehouse",
            "eventTypes": ["BOOKING_*", "LEAVE_APPROVED"],
            "ordered": true
        }),
    );
    let operation = document::creates::<Shown>(operation, "The endpoint with its secret.");
    document::may_refuse(operation, &[404])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Post { caller, body }: Post<CreateWebhook>,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    Ok(answer::send(shared.app.create_webhook(&caller, body, made).await?))
}

fn made(
    webhook: &WebhookEndpoint,
    secret: Option<&WebhookSecret>,
) -> Result<Answer, rishi_app::Error> {
    let location = format!("/api/webhooks/{}", webhook.id);
    answer::created(location, webhook.version, &Shown::new(webhook, secret))
}
