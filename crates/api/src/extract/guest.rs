//! Whoever comes, signed in or not, with a request that has no body to read.

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::Operation;
use axum::extract::FromRequestParts;
use http::request::Parts;
use rishi_app::auth::Visitor;

use crate::client;
use crate::document;
use crate::problem::Problem;
use crate::shared::Shared;

/// Who asks, as far as that is known.
pub(crate) struct Guest(pub(crate) Visitor);

impl FromRequestParts<Shared> for Guest {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Problem> {
        shared.bare().refuse(parts)?;
        Ok(Self(client::visitor(shared, &parts.headers, &parts.extensions)))
    }
}

impl OperationInput for Guest {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        operation.security = vec![indexmap::IndexMap::default()];
        document::refuses(ctx, operation, &[429, 500, 503]);
    }
}
