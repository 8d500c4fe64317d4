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
use super::strict::{self, Fault};
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

impl<T: DeserializeOwned> FromRequest<Shared> for Post<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, shared: &Shared) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let mut caller = caller::of(&parts)?;
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

impl<T: DeserializeOwned> FromRequest<Shared> for Patch<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, shared: &Shared) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let caller = caller::of(&parts)?;
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

impl<T: DeserializeOwned> FromRequest<Shared> for Put<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, shared: &Shared) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let caller = caller::of(&parts)?;
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
    if !is_json(headers) {
        let detail = "send the body as Content-Type: application/json in UTF-8, not encoded";
        return Err(Problem::new(Code::UnsupportedMediaType, detail));
    }
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

fn is_json(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
    let plain = headers.get(header::CONTENT_ENCODING).is_none_or(|coding| coding == "identity");
    let mut parts = text(header::CONTENT_TYPE).unwrap_or_default().split(';').map(str::trim);
    let json = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    let utf8 = parts.all(|parameter| match parameter.split_once('=') {
        Some((name, charset)) if name.trim().eq_ignore_ascii_case("charset") => {
            charset.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    });
    plain && json && utf8
}

/// Reads a body into its type. A second and closer look is taken at what does not pass at once, to tell
/// what is wrong with it.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if is_object(bytes)
        && strict::is_plain(bytes)
        && let Ok(body) = serde_json::from_slice(bytes)
    {
        return Ok(body);
    }
    read_closely(bytes)
}

fn is_object(bytes: &[u8]) -> bool {
    bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{')
}

fn read_closely<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    strict::check(bytes).map_err(|fault| match fault {
        Fault::Syntax(message) => {
            Problem::new(Code::MalformedJson, format!("the body is not JSON: {message}"))
        }
        Fault::TooDeep => Problem::new(
            Code::InvalidBody,
            format!("arrays and objects may be nested {} deep", strict::DEPTH),
        ),
        Fault::DuplicateKey(key) => {
            let message = format!("the key `{}` stands twice in one object", shortened(&key));
            Problem::new(Code::InvalidBody, message)
        }
    })?;
    // Derived readers would take an array's entries for the fields in their order.
    if !is_object(bytes) {
        return Err(Problem::new(Code::InvalidBody, "the body must be a JSON object"));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let field = error.path().to_string();
        let message = error.into_inner().to_string();
        // The path says where; line and column would only say it again.
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(text, _)| text);
        refused(&field, message)
    })
}

/// The problem of a field that serde refused, by what serde says of it.
pub(super) fn refused(path: &str, message: &str) -> Problem {
    let path = if path == "." { "" } else { path };
    let quoted = |prefix: &str| message.strip_prefix(prefix)?.split('`').next();
    if let Some(name) = quoted("unknown field `") {
        let field = below(path, name);
        return Problem::field(shortened(&field), "unknown_field", shortened(message));
    }
    if let Some(name) = quoted("missing field `") {
        return Problem::field(below(path, name), "required", format!("{name} is required"));
    }
    if message.starts_with("UUID parsing failed") {
        return Problem::field(path, "invalid", "this must be a UUID");
    }
    let code = if message.starts_with("invalid type") {
        "invalid_type"
    } else if message.starts_with("unknown variant") {
        "unknown_value"
    } else {
        "invalid"
    };
    Problem::field(path, code, shortened(message))
}

/// A field's path below another's, unless it is there already.
fn below(path: &str, name: &str) -> String {
    if path.is_empty() {
        return name.to_owned();
    }
    if path == name || path.ends_with(&format!(".{name}")) {
        return path.to_owned();
    }
    format!("{path}.{name}")
}

/// At most 300 characters of a text that the caller sent: a refusal need not repeat a whole body.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(300) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
