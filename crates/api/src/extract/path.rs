//! The id in a path.

use std::str::FromStr;

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::{Operation, Parameter, PathStyle, ReferenceOr};
use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;

use crate::document;
use crate::problem::{Code, Problem};

/// The id named `id` in the path. A text that is no id names nothing, so the answer is the same
/// 404 as for an id that is not there.
pub(crate) struct Id<T>(pub(crate) T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let not_found = || Problem::new(Code::NotFound, "there is nothing of this id");
        let parameters = RawPathParams::from_request_parts(parts, state).await;
        let parameters = parameters.map_err(|_| not_found())?;
        let found = parameters.iter().find(|(name, _)| *name == "id");
        let id = found.and_then(|(_, text)| text.parse().ok());
        id.map(Self).ok_or_else(not_found)
    }
}

impl<T> OperationInput for Id<T> {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        let schema = schemars::json_schema!({ "type": "string", "format": "uuid" });
        operation.parameters.push(ReferenceOr::Item(Parameter::Path {
            parameter_data: document::parameter("id", "Its id.", true, schema),
            style: PathStyle::Simple,
        }));
        document::refuses(ctx, operation, &[404]);
    }
}
