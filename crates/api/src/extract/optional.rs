//! A POST that mostly says all in its path, and may say more in a body.

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::{Operation, ReferenceOr};
use axum::body::HttpBody;
use axum::extract::{FromRequest, Request};
use rishi_app::auth::Caller;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::{body, caller, idempotency, reading};
use crate::document;
use crate::problem::Problem;
use crate::shared::Shared;

/// Who asks, how a repetition is recognised, and what the body says; without a body, the default.
pub(crate) struct OptionalBody<T> {
    /// Who, with the idempotency key.
    pub(crate) caller: Caller,
    /// What more.
    pub(crate) body: T,
}

impl<T: DeserializeOwned + JsonSchema + Default> FromRequest<Shared> for OptionalBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, shared: &Shared) -> Result<Self, Problem> {
        let (parts, whole) = request.into_parts();
        let mut caller = caller::of(&parts, shared)?;
        if whole.is_end_stream() {
            caller.idempotency = idempotency::of(&parts, &caller, b"")?;
            return Ok(Self { caller, body: T::default() });
        }
        let bytes = body::bytes(&parts.headers, whole, shared).await?;
        let body = reading::read(&bytes)?;
        caller.idempotency = idempotency::of(&parts, &caller, &bytes)?;
        Ok(Self { caller, body })
    }
}

impl<T: JsonSchema> OperationInput for OptionalBody<T> {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        caller::describe(ctx, operation);
        idempotency::describe(operation);
        body::describe::<T>(ctx, operation);
        if let Some(ReferenceOr::Item(body)) = &mut operation.request_body {
            body.required = false;
        }
        document::refuses(ctx, operation, &[409, 422]);
    }
}
