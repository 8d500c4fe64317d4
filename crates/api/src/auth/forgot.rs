//! POST /api/auth/forgot

use aide::transform::TransformOperation;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Visit;
use crate::shared::Shared;

/// Whose password was forgotten.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Forgot {
    /// The person's e-mail address, in any case.
    #[schemars(length(min = 1, max = 254))]
    email: String,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("forgotPassword").tag(super::TAG);
    let operation = operation.summary("Ask for a link by mail to choose another password").description(
        "Mails a one-time link to the person with this address, if there is one. The answer is the same \
         whether there is or not. Limited as attempts to sign in are, by address and by where they come \
         from. 409 `order_refused` where no e-mail is configured.",
    );
    let operation = document::example(operation, json!({ "email": "kim@example.com" }));
    let operation = document::answers_nothing(operation, "It was heard.");
    document::may_refuse(operation, &[409])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Visit { visitor, body }: Visit<Forgot>,
) -> Reply {
    shared.app.forgot_password(&visitor, &body.email).await?;
    Ok(answer::send(answer::nothing()))
}
