//! A POST that says all in its path: stop this, try that again.

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::Operation;
use axum::body::HttpBody;
use axum::extract::{FromRequest, Request};
use rishi_app::auth::Caller;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{body, caller, idempotency, reading};
use crate::document;
use crate::problem::Problem;
use crate::shared::Shared;

/// Who asks, and how a repetition is recognised. A body is not needed; one that is sent is `{}`.
pub(crate) struct Command {
    /// Who, with the idempotency key.
    pub(crate) caller: Caller,
}

/// What the body may say.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Nothing {}

impl FromRequest<Shared> for Command {
    type Rejection = Problem;

    async fn from_request(request: Request, shared: &Shared) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let mut caller = caller::of(&parts, shared)?;
        if !body.is_end_stream() {
            let bytes = body::bytes(&parts.headers, body, shared).await?;
            let Nothing {} = reading::read(&bytes)?;
        }
        caller.idempotency = idempotency::of(&parts, &caller, b"")?;
        Ok(Self { caller })
    }
}

impl OperationInput for Command {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        caller::describe(ctx, operation);
        idempotency::describe(operation);
        document::refuses(ctx, operation, &[400, 408, 409, 413, 415, 422]);
    }
}
