//! A POST of somebody who is not signed in yet. It takes no idempotency key: there is nobody yet for
//! whom an answer could be kept, and what such a request answers is a secret.

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::Operation;
use axum::extract::{FromRequest, Request};
use rishi_app::auth::Visitor;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::{body, reading};
use crate::client;
use crate::document;
use crate::middleware::{Sender, sender};
use crate::problem::{Code, Problem};
use crate::shared::Shared;

/// Who asks, as far as that is known, and for what.
pub(crate) struct Visit<T> {
    /// From where.
    pub(crate) visitor: Visitor,
    /// What.
    pub(crate) body: T,
}

impl<T: DeserializeOwned + JsonSchema> FromRequest<Shared> for Visit<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, shared: &Shared) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        // No cookie signs it, but another site could sign a person in under its own account.
        if sender(&parts.headers, shared.config.public_url.as_deref()) == Sender::Foreign {
            let detail = "another site's page sent this";
            return Err(Problem::new(Code::CrossSite, detail));
        }
        shared.bare().refuse(&parts)?;
        let visitor = client::visitor(shared, &parts.headers, &parts.extensions);
        let bytes = body::bytes(&parts.headers, body, shared).await?;
        Ok(Self { visitor, body: reading::read(&bytes)? })
    }
}

impl<T: JsonSchema> OperationInput for Visit<T> {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        // One way to sign in that asks for nothing: it is open to all.
        operation.security = vec![indexmap::IndexMap::default()];
        body::describe::<T>(ctx, operation);
        document::refuses(ctx, operation, &[401, 403, 429, 500, 503]);
    }
}
