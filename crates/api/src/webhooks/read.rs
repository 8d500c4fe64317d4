//! GET /api/webhooks/{id}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::id::WebhookId;
use rishi_domain::webhook::WebhookEndpoint;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, IfNoneMatch, Signed};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("readWebhook").tag(super::TAG).summary("Read a webhook endpoint");
    document::answers_entity::<WebhookEndpoint>(operation, "The endpoint, without its secret.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<WebhookId>,
    known: IfNoneMatch,
) -> Reply {
    let webhook = shared.app.webhook(&caller.principal, id).await?;
    answer::entity(webhook.version, &webhook, &known)
}
