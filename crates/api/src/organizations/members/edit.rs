//! PATCH /api/organizations/{id}/members/{userId}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::members::Member;
use rishi_domain::id::OrganizationId;
use rishi_domain::membership::EditMembership;

use super::View;
use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, Patch, UserOf};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("editMember").tag(super::TAG).summary("Give another role");
    let operation = operation.description(
        "By who may give both roles, and never to oneself. The person's sessions get new secrets. 409 \
         `last_administrator` when nobody would be left to run the platform.",
    );
    document::answers_entity::<View>(operation, "The member.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Id(id): Id<OrganizationId>,
    UserOf(user): UserOf,
    Patch { caller, version, body }: Patch<EditMembership>,
) -> Reply {
    let reply = |member: &Member| answer::changed(member.membership.version, &View::from(member));
    let answer = shared.app.edit_member(&caller, id, user, version, body, reply).await?;
    Ok(answer::send(answer))
}
