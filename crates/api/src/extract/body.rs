//! JSON bodies: bounded in size, time and depth, read strictly, refused by field.

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, ReferenceOr, RequestBody, SchemaObject};
use axum::body::{Body, HttpBody};
use axum::extract::FromRequest;
use axum::extract::Request;
use bytes::Bytes;
use http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use rishi_app::auth::Caller;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::conditional::IfMatch;
use super::reading::read;
use super::{caller, idempotency};
use crate::document;
use crate::problem::{Code, Problem};
use crate::shared::Shared;

/// A POST: who asks, how a repetition is recognised, and what is asked for.
pub(crate) struct Post<T> {
    /// Who, with the idempotency key.
    pub(crate) caller: Caller,
    /// What.
    pub(crate) body: T,
}

impl<T: DeserializeOwned + JsonSchema> FromRequest<Shared> for Post<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, shared: &Shared) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let mut caller = caller::of(&parts, shared)?;
        let bytes = bytes(&parts.headers, body, shared).await?;
        let body = read(&bytes)?;
        caller.idempotency = idempotency::of(&parts, &caller, &bytes)?;
        Ok(Self { caller, body })
    }
}

impl<T: JsonSchema> OperationInput for Post<T> {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        caller::describe(ctx, operation);
        idempotency::describe(operation);
        describe::<T>(ctx, operation);
        document::refuses(ctx, operation, &[409, 422]);
    }
}

/// A PATCH: who asks, which version the change rests on, and what is to change.
pub(crate) struct Patch<T> {
    /// Who.
    pub(crate) caller: Caller,
    /// The version that the change rests on; none for `*`.
    pub(crate) version: Option<u64>,
    /// What.
    pub(crate) body: T,
}

impl<T: DeserializeOwned + JsonSchema> FromRequest<Shared> for Patch<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, shared: &Shared) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let caller = caller::of(&parts, shared)?;
        let version = IfMatch::of(&parts.headers)?.required()?.version();
        let bytes = bytes(&parts.headers, body, shared).await?;
        Ok(Self { caller, version, body: read(&bytes)? })
    }
}

impl<T: JsonSchema> OperationInput for Patch<T> {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        caller::describe(ctx, operation);
        IfMatch::describe(operation, true);
        describe::<T>(ctx, operation);
        document::refuses(ctx, operation, &[409, 412, 428]);
    }
}

/// A PUT: who asks, which version is to be replaced if the caller says so, and the new whole.
pub(crate) struct Put<T> {
    /// Who.
    pub(crate) caller: Caller,
    /// The version that is to be replaced.
    pub(crate) version: Option<u64>,
    /// What.
    pub(crate) body: T,
}

impl<T: DeserializeOwned + JsonSchema> FromRequest<Shared> for Put<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, shared: &Shared) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let caller = caller::of(&parts, shared)?;
        let version = IfMatch::of(&parts.headers)?.version();
        let bytes = bytes(&parts.headers, body, shared).await?;
        Ok(Self { caller, version, body: read(&bytes)? })
    }
}

impl<T: JsonSchema> OperationInput for Put<T> {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        caller::describe(ctx, operation);
        IfMatch::describe(operation, false);
        describe::<T>(ctx, operation);
        document::refuses(ctx, operation, &[409, 412]);
    }
}

pub(super) fn describe<T: JsonSchema>(ctx: &mut GenContext, operation: &mut Operation) {
    let json_schema = ctx.schema.subschema_for::<T>();
    let schema = SchemaObject { json_schema, external_docs: None, example: None };
    let media = MediaType { schema: Some(schema), ..MediaType::default() };
    operation.request_body = Some(ReferenceOr::Item(RequestBody {
        description: None,
        content: [("application/json".to_owned(), media)].into_iter().collect(),
        required: true,
        extensions: indexmap::IndexMap::default(),
    }));
    document::refuses(ctx, operation, &[400, 408, 413, 415]);
}

/// The whole body, unless it is no JSON, too large or too slow. What announces itself as too large
/// is refused before a byte of it is read.
pub(super) async fn bytes(
    headers: &HeaderMap,
    body: Body,
    shared: &Shared,
) -> Result<Bytes, Problem> {
    if !is_of_kind(headers, "application/json") {
        let detail = "send the body as Content-Type: application/json in UTF-8, not encoded";
        return Err(Problem::new(Code::UnsupportedMediaType, detail));
    }
    whole(body, shared).await
}

/// The same, of whatever kind.
pub(super) async fn whole(body: Body, shared: &Shared) -> Result<Bytes, Problem> {
    let limit = shared.config.body_limit;
    let too_large =
        || Problem::new(Code::PayloadTooLarge, format!("a body has at most {limit} bytes"));
    if body.size_hint().lower() > limit as u64 {
        return Err(too_large());
    }
    let whole = Limited::new(body, limit).collect();
    let _aside = shared.load().aside();
    match tokio::time::timeout(shared.config.body_time, whole).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(Problem::new(Code::InvalidBody, "the body broke off")),
        Err(_) => Err(Problem::new(
            Code::RequestTimeout,
            format!("the whole body must arrive within {} s", shared.config.body_time.as_secs()),
        )),
    }
}

/// Whether a body says that it is of a media type, in UTF-8 and not encoded.
pub(super) fn is_of_kind(headers: &HeaderMap, wanted: &str) -> bool {
    let text = |name| headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
    let plain = headers.get(header::CONTENT_ENCODING).is_none_or(|coding| coding == "identity");
    let mut parts = text(header::CONTENT_TYPE).unwrap_or_default().split(';').map(str::trim);
    let fits = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case(wanted));
    let utf8 = parts.all(|parameter| match parameter.split_once('=') {
        Some((name, charset)) if name.trim().eq_ignore_ascii_case("charset") => {
            charset.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    });
    plain && fits && utf8
}

#[cfg(test)]
mod tests;
