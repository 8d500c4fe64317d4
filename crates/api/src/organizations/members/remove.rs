//! DELETE /api/organizations/{id}/members/{userId}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::id::OrganizationId;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, IfMatch, Signed, UserOf};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("removeMember").tag(super::TAG).summary("End a membership");
    let operation = operation.description(
        "With the person's tokens for this organization, at once; the person stays. By who may give \
         the role, and never one's own. 409 `last_administrator` when nobody would be left to run the \
         platform.",
    );
    let operation = document::answers_nothing(operation, "It has ended.");
    document::may_refuse(operation, &[409])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<OrganizationId>,
    UserOf(user): UserOf,
    if_match: IfMatch,
) -> Reply {
    let version = if_match.version();
    let answer = shared.app.remove_member(&caller, id, user, version, answer::nothing()).await?;
    Ok(answer::send(answer))
}
