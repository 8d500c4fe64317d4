//! PATCH /api/webhooks/{id}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::id::WebhookId;
use rishi_domain::webhook::{EditWebhook, WebhookEndpoint};

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, Patch};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("editWebhook").tag(super::TAG).summary("Edit a webhook endpoint");
    let operation = operation.description(
        "Changes the fields that are given; `null` clears the description. `status` disables an \
         endpoint and enables it again: what was pending is then delivered, what happened meanwhile is \
         not, unless a replay is asked for.",
    );
    document::answers_entity::<WebhookEndpoint>(operation, "The endpoint.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Id(id): Id<WebhookId>,
    Patch { caller, version, body }: Patch<EditWebhook>,
) -> Reply {
    let reply = |webhook: &WebhookEndpoint| answer::changed(webhook.version, webhook);
    let answer = shared.app.edit_webhook(&caller, id, version, body, reply).await?;
    Ok(answer::send(answer))
}
