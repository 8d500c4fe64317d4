//! POST /api/auth/login

use aide::transform::TransformOperation;
use axum::extract::State;
use http::header::SET_COOKIE;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::me::{self, Me};
use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Visit;
use crate::shared::Shared;

/// Who somebody says they are, and the proof.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Login {
    /// The person's e-mail address, in any case.
    #[schemars(length(min = 1, max = 254))]
    email: String,
    /// The person's password.
    #[schemars(length(min = 1, max = 128))]
    password: String,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("login").tag(super::TAG).summary("Sign in with a password");
    let operation = operation.description(
        "Begins a session, whose secret is set as a cookie (`__Host-rishi`; `rishi` without `Secure` \
         on a loopback address). It ends after 30 minutes without a request and after 8 hours \
         whatever happens. An address that nobody has and a wrong password are answered alike: 401 \
         `invalid_credentials`.",
    );
    let operation = document::example(
        operation,
        json!({ "email": "kim@example.com", "password": "correct horse battery staple" }),
    );
    document::respond::<Me>(operation, 200, "application/json", "The caller.", |response| {
        document::put(response, "Set-Cookie", "The session's secret.", document::text());
    })
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Visit { visitor, body }: Visit<Login>,
) -> Reply {
    let secret = shared.app.sign_in(&visitor, &body.email, body.password).await?;
    let now = shared.app.clock.now();
    let signed = shared.authenticator.session(secret.reveal(), now).await?;
    let mut response = answer::json(&me::of(&shared, &signed.principal).await?)?;
    if let Some(cookie) = shared.cookie().give(&secret) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(response)
}
