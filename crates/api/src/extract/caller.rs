//! Who is calling.

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::Operation;
use axum::extract::FromRequestParts;
use http::request::Parts;
use rishi_app::auth::Caller;

use crate::document;
use crate::problem::{Code, Problem};
use crate::shared::Shared;

/// The caller that [`crate::middleware::sign_in`] let through.
pub(crate) struct Signed(pub(crate) Caller);

impl FromRequestParts<Shared> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Problem> {
        of(parts, shared).map(Self)
    }
}

/// The request's caller, absent only when a route was added outside the signed ones; unless it asks with
/// parameters that its route does not take.
pub(super) fn of(parts: &Parts, shared: &Shared) -> Result<Caller, Problem> {
    let caller = parts.extensions.get::<Caller>().cloned();
    let caller = caller.ok_or_else(|| Problem::new(Code::Unauthenticated, "sign in to do this"))?;
    shared.bare().refuse(parts)?;
    Ok(caller)
}

impl OperationInput for Signed {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        describe(ctx, operation);
    }
}

/// Tells the document that a caller signs in.
pub(super) fn describe(ctx: &mut GenContext, operation: &mut Operation) {
    operation.security = [document::BEARER, document::SESSION]
        .map(|scheme| [(scheme.to_owned(), Vec::new())].into_iter().collect())
        .into();
    document::refuses(ctx, operation, &[400, 401, 403, 429, 500, 503]);
}
