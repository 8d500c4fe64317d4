//! PATCH /api/users/{id}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::id::UserId;
use rishi_domain::user::{EditUser, User};

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, Patch};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("editUser").tag(super::TAG).summary("Edit a person");
    let operation = operation.description(
        "Oneself, or somebody all of whose roles the caller may give. Nobody changes their own status.",
    );
    document::answers_entity::<User>(operation, "The person.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Id(id): Id<UserId>,
    Patch { caller, version, body }: Patch<EditUser>,
) -> Reply {
    let reply = |user: &User| answer::changed(user.version, user);
    let answer = shared.app.edit_user(&caller, id, version, body, reply).await?;
    Ok(answer::send(answer))
}
