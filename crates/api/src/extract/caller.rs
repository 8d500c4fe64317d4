//! Who is calling.

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::Operation;
use axum::extract::FromRequestParts;
use http::request::Parts;
use rishi_app::auth::Caller;

use crate::document;
use crate::problem::{Code, Problem};

/// The caller that [`crate::middleware::sign_in`] let through.
pub(crate) struct Signed(pub(crate) Caller);

impl<S: Sync> FromRequestParts<S> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        of(parts).map(Self)
    }
}

/// The request's caller. Absent only when a route was added outside the signed ones.
pub(super) fn of(parts: &Parts) -> Result<Caller, Problem> {
    parts
        .extensions
        .get::<Caller>()
        .cloned()
        .ok_or_else(|| Problem::new(Code::Unauthenticated, "sign in to do this"))
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
    document::refuses(ctx, operation, &[401, 403, 429, 500, 503]);
}
