//! POST /api/auth/password

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::auth::Caller;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Post;
use crate::shared::Shared;

/// The present password and the one to take its place.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ChangePassword {
    /// The present password.
    #[schemars(length(min = 1, max = 128))]
    current_password: String,
    /// The next one: 15 to 128 characters, and not easily guessed.
    #[schemars(length(min = 15, max = 128))]
    new_password: String,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("changePassword").tag(super::TAG).summary("Change my password");
    let operation = operation.description(
        "Ends all other sessions of the person. What is easily guessed is refused: 400, `guessable`. \
         For sessions only: 403 `session_required` for a token. An idempotency key is not looked at: \
         doing it again is refused by itself, because the present password is another then.",
    );
    let operation = document::example(
        operation,
        json!({
            "currentPassword": "correct horse battery staple",
            "newPassword": "four herons argue about rain"
        }),
    );
    document::answers_nothing(operation, "It has changed.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Post { caller, body }: Post<ChangePassword>,
) -> Reply {
    // A receipt would keep a digest of the body, which for passwords is too much to keep.
    let caller = Caller { idempotency: None, ..caller };
    let (current, new) = (body.current_password, body.new_password);
    let answer = shared.app.change_password(&caller, current, new, answer::nothing()).await?;
    Ok(answer::send(answer))
}
