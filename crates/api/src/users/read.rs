//! GET /api/users/{id}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::id::UserId;
use rishi_domain::membership::Membership;
use rishi_domain::user::User;
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, Signed};
use crate::shared::Shared;

/// A person with the roles that the caller may know of.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "UserWithMemberships")]
pub(super) struct View {
    #[serde(flatten)]
    user: User,
    /// Where the person is a member, and as what.
    memberships: Vec<Membership>,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("readUser").tag(super::TAG).summary("Read a person");
    document::answers_entity::<View>(operation, "The person.")
}

/// Knows no 304: the entity tag is the person's version, and memberships change without it.
pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<UserId>,
) -> Reply {
    let user = shared.app.user(&caller.principal, id).await?;
    let memberships = shared.app.memberships(&caller.principal, id).await?;
    let version = user.version;
    Ok(answer::send(answer::changed(version, &View { user, memberships })?))
}
