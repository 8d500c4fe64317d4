//! A POST of a table: CSV, on the one route that takes no JSON.
//!
//! What a cookie signs must come from the platform's own pages here as everywhere: sign-in looks at where
//! a request comes from, not at what is in it.

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, ReferenceOr, RequestBody, SchemaObject};
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use rishi_app::auth::Caller;

use super::{body, caller, idempotency};
use crate::document;
use crate::problem::{Code, Problem};
use crate::shared::Shared;

const KIND: &str = "text/csv";

/// Who asks, how a repetition is recognised, and the table as it came.
pub(crate) struct Table {
    /// Who, with the idempotency key.
    pub(crate) caller: Caller,
    /// The whole body.
    pub(crate) bytes: Bytes,
}

impl FromRequest<Shared> for Table {
    type Rejection = Problem;

    async fn from_request(request: Request, shared: &Shared) -> Result<Self, Problem> {
        let (parts, whole) = request.into_parts();
        let mut caller = caller::of(&parts, shared)?;
        if !body::is_of_kind(&parts.headers, KIND) {
            let detail = "send the table as Content-Type: text/csv in UTF-8, not encoded";
            return Err(Problem::new(Code::UnsupportedMediaType, detail));
        }
        let bytes = body::whole(whole, shared).await?;
        // For whom the rows are, and whether in earnest, stands in the query.
        let asked = [parts.uri.query().unwrap_or_default().as_bytes(), b"\n", &bytes].concat();
        caller.idempotency = idempotency::of(&parts, &caller, &asked)?;
        Ok(Self { caller, bytes })
    }
}

impl OperationInput for Table {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        caller::describe(ctx, operation);
        idempotency::describe(operation);
        let schema =
            SchemaObject { json_schema: document::text(), external_docs: None, example: None };
        let example = "title,scheduledStart,scheduledEnd,budget\r\n\
            Harvest week,2027-05-03T15:00:00Z,2027-05-03T23:00:00Z,1250.5\r\n";
        let media = MediaType {
            schema: Some(schema),
            example: Some(example.into()),
            ..MediaType::default()
        };
        operation.request_body = Some(ReferenceOr::Item(RequestBody {
            description: Some("A header and at most 500 rows.".to_owned()),
            content: [(KIND.to_owned(), media)].into_iter().collect(),
            required: true,
            extensions: indexmap::IndexMap::default(),
        }));
        document::refuses_as(ctx, operation, 415, "The body is not CSV.");
        document::refuses(ctx, operation, &[400, 408, 409, 413, 422]);
    }
}
