//! POST /api/webhooks/{id}/rotate-secret

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::commit::Answer;
use rishi_app::webhooks::WebhookSecret;
use rishi_domain::id::WebhookId;
use rishi_domain::webhook::{RotateSecret, WebhookEndpoint};

use super::Shown;
use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, IfMatch, OptionalBody};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("rotateWebhookSecret").tag(super::TAG);
    let operation = operation.summary("Give a webhook endpoint another secret").description(
        "For `overlapHours` (24 when absent, at most 168) deliveries carry two signatures, by the new \
         secret and by the one before. The answer holds the new one, which is shown this once: a \
         repetition under the same idempotency key lacks it.",
    );
    let operation =
        document::answers_entity::<Shown>(operation, "The endpoint with its new secret.");
    document::may_refuse(operation, &[409, 412])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Id(id): Id<WebhookId>,
    if_match: IfMatch,
    OptionalBody { caller, body }: OptionalBody<RotateSecret>,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    let version = if_match.version();
    Ok(answer::send(shared.app.rotate_webhook_secret(&caller, (id, version), body, changed).await?))
}

fn changed(
    webhook: &WebhookEndpoint,
    secret: Option<&WebhookSecret>,
) -> Result<Answer, rishi_app::Error> {
    answer::changed(webhook.version, &Shown::new(webhook, secret))
}
