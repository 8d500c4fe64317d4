//! POST /api/auth/link

use aide::transform::TransformOperation;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Visit;
use crate::shared::Shared;

/// A one-time link and the password that its owner has chosen.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AcceptLink {
    /// What follows `#/link/` in the link's address.
    #[schemars(length(min = 1, max = 128))]
    token: String,
    /// The password: 15 to 128 characters, and not easily guessed.
    #[schemars(length(min = 15, max = 128))]
    password: String,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("acceptSignInLink").tag(super::TAG);
    let operation = operation.summary("Choose a password by a one-time link").description(
        "Ends all sessions of the person, who then signs in with the password. 400 `link_invalid` \
         when the link was used, is too old, was followed by a newer one, or never was.",
    );
    let operation = document::example(
        operation,
        json!({
            "token": "sB2oY4m1c0nVb9w3XkQpR7tUeLzJ5hGdFaKiNqMx6s8",
            "password": "four herons argue about rain"
        }),
    );
    document::answers_nothing(operation, "The password is chosen.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Visit { visitor, body }: Visit<AcceptLink>,
) -> Reply {
    shared.app.accept_link(&visitor, &body.token, body.password).await?;
    Ok(answer::send(answer::nothing()))
}
