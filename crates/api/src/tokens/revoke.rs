//! DELETE /api/tokens/{id}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::id::TokenId;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, Signed};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("revokeToken").tag(super::TAG).summary("Revoke an API token");
    let operation = operation.description(
        "At once, with all that were made by it: one's own, or one of an organization whose \
         integrations the caller manages.",
    );
    document::answers_nothing(operation, "It has ended.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<TokenId>,
) -> Reply {
    Ok(answer::send(shared.app.revoke_token(&caller, id, answer::nothing()).await?))
}
