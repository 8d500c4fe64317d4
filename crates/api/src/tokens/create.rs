//! POST /api/tokens

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::auth::TokenSecret;
use rishi_app::commit::Answer;
use rishi_app::credentials::Token;
use rishi_app::tokens::CreateToken;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::View;
use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Post;
use crate::shared::Shared;

/// A new token.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "NewToken")]
struct Made {
    #[serde(flatten)]
    view: View,
    /// What the program shows; shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("createToken").tag(super::TAG).summary("Make an API token");
    let operation = operation.description(
        "For oneself, in one organization. It has its owner's role there, as it is at each request, \
         limited to `scopes` if they are given. A token that makes another can make none that may do \
         more or lives longer, and takes it along when it is revoked. The answer to a repetition under \
         the same idempotency key lacks `token`.",
    );
    let operation = document::example(
        operation,
        json!({ "name": "Calendar", "scopes": ["read_bookings"], "expiresInDays": 30 }),
    );
    let operation =
        document::respond::<Made>(operation, 201, "application/json", "The token.", |_| {});
    document::may_refuse(operation, &[404])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Post { caller, body }: Post<CreateToken>,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    Ok(answer::send(shared.app.create_token(&caller, body, made).await?))
}

fn made(token: &Token, secret: Option<&TokenSecret>) -> Result<Answer, rishi_app::Error> {
    let token_text = secret.map(|secret| secret.reveal().to_owned());
    let answer = answer::done(&Made { view: View::from(token), token: token_text })?;
    Ok(Answer { status: 201, ..answer })
}
