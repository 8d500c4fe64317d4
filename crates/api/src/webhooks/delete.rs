//! DELETE /api/webhooks/{id}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::id::WebhookId;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, IfMatch, Signed};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation =
        operation.id("deleteWebhook").tag(super::TAG).summary("Remove a webhook endpoint");
    let operation =
        operation.description("With its deliveries; what is still pending is not delivered.");
    let operation = document::answers_nothing(operation, "It is gone.");
    document::may_refuse(operation, &[409])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<WebhookId>,
    if_match: IfMatch,
) -> Reply {
    let (version, gone) = (if_match.version(), answer::nothing());
    Ok(answer::send(shared.app.delete_webhook(&caller, id, version, gone).await?))
}
