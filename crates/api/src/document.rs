//! Pieces of the API's description that operations share.

use aide::generate::GenContext;
use aide::openapi::{
    Header, HeaderStyle, MediaType, Operation, Parameter, ParameterData, ParameterSchemaOrContent,
    ReferenceOr, Response, SchemaObject, StatusCode,
};
use aide::transform::TransformOperation;
use schemars::{JsonSchema, Schema, json_schema};
use serde_json::Value;

use crate::problem::{CONTENT_TYPE, ProblemDocument};

/// The name of the security scheme of programs.
pub(crate) const BEARER: &str = "bearer";
/// The name of the security scheme of browsers.
pub(crate) const SESSION: &str = "session";

/// A parameter's description.
pub(crate) fn parameter(
    name: &str,
    description: &str,
    required: bool,
    schema: Schema,
) -> ParameterData {
    ParameterData {
        name: name.to_owned(),
        description: (!description.is_empty()).then(|| description.to_owned()),
        required,
        deprecated: None,
        format: ParameterSchemaOrContent::Schema(object(schema)),
        example: None,
        examples: indexmap::IndexMap::default(),
        explode: None,
        extensions: indexmap::IndexMap::default(),
    }
}

/// A request header's description.
pub(crate) fn header(name: &str, description: &str, required: bool, schema: Schema) -> Parameter {
    Parameter::Header {
        parameter_data: parameter(name, description, required, schema),
        style: HeaderStyle::Simple,
    }
}

/// Tells that an operation may be refused with a status, for a reason of its own.
pub(crate) fn refuses_as(
    ctx: &mut GenContext,
    operation: &mut Operation,
    status: u16,
    description: &str,
) {
    let response = content::<ProblemDocument>(ctx, CONTENT_TYPE, description);
    add(operation, status, response);
}

/// Tells that an operation may be refused with these statuses, each a problem.
pub(crate) fn refuses(ctx: &mut GenContext, operation: &mut Operation, statuses: &[u16]) {
    for status in statuses {
        let description = meaning(*status);
        let mut response = content::<ProblemDocument>(ctx, CONTENT_TYPE, description);
        match status {
            401 => put(&mut response, "WWW-Authenticate", "`Bearer`.", text()),
            429 | 503 => {
                let schema = json_schema!({ "type": "integer", "minimum": 0 });
                put(&mut response, "Retry-After", "Seconds to wait.", schema);
                if *status == 429 {
                    for (name, text_of) in LIMITS {
                        put(&mut response, name, text_of, text());
                    }
                }
            }
            _ => {}
        }
        add(operation, *status, response);
    }
}

/// Tells that a reader who has the present version is answered with 304.
pub(crate) fn unchanged(operation: &mut Operation) {
    let mut response = told(Response {
        description: "The reader has it already.".to_owned(),
        ..Response::default()
    });
    put(&mut response, "ETag", ETAG, text());
    add(operation, 304, response);
}

const ETAG: &str = "The version, in quotes.";

/// What answers of limited routes say of the caller's allowance.
const LIMITS: [(&str, &str); 2] = [
    ("RateLimit", "What is left: requests (`r`), and seconds until all are back (`t`)."),
    ("RateLimit-Policy", "The allowance: requests (`q`) in seconds (`w`)."),
];

fn meaning(status: u16) -> &'static str {
    match status {
        400 => "The request breaks rules; `errors` names each field.",
        401 => "Nobody is signed in, or what was shown is not good.",
        403 => "The caller may not do this.",
        404 => "It is not there, or not for the caller to see.",
        408 => "The body took too long to arrive.",
        409 => "It cannot be done as things stand; `code` says why.",
        412 => "Another version is current than `If-Match` names.",
        413 => "The body is too large.",
        415 => "The body is not JSON.",
        422 => "Something referred to does not exist, or an idempotency key was reused.",
        428 => "`If-Match` is missing.",
        429 => "Too much at once.",
        500 => "A fault on our side.",
        503 => "The platform cannot do this right now.",
        _ => "Refused.",
    }
}

/// Tells that an operation answers with a `T`.
pub(crate) fn answers<'t, T: JsonSchema>(
    operation: TransformOperation<'t>,
    status: u16,
    description: &str,
) -> TransformOperation<'t> {
    respond::<T>(operation, status, "application/json", description, |_| {})
}

/// Tells that an operation answers without a word: 204.
pub(crate) fn answers_nothing<'t>(
    mut operation: TransformOperation<'t>,
    description: &str,
) -> TransformOperation<'t> {
    let response = told(Response { description: description.to_owned(), ..Response::default() });
    add(operation.inner_mut(), 204, response);
    operation
}

/// Tells that an operation answers with an entity and its version.
pub(crate) fn answers_entity<'t, T: JsonSchema>(
    operation: TransformOperation<'t>,
    description: &str,
) -> TransformOperation<'t> {
    respond::<T>(operation, 200, "application/json", description, |response| {
        put(response, "ETag", ETAG, text());
    })
}

/// Tells that an operation makes an entity.
pub(crate) fn creates<'t, T: JsonSchema>(
    operation: TransformOperation<'t>,
    description: &str,
) -> TransformOperation<'t> {
    respond::<T>(operation, 201, "application/json", description, |response| {
        put(response, "ETag", ETAG, text());
        put(response, "Location", "Where it is.", text());
    })
}

/// Tells that an operation answers with `T` in another media type.
pub(crate) fn respond<'t, T: JsonSchema>(
    mut operation: TransformOperation<'t>,
    status: u16,
    media: &str,
    description: &str,
    more: impl FnOnce(&mut Response),
) -> TransformOperation<'t> {
    aide::generate::in_context(|ctx| {
        let mut response = content::<T>(ctx, media, description);
        more(&mut response);
        add(operation.inner_mut(), status, response);
    });
    operation
}

/// Adds refusals that the use case can bring beside those of the extractors.
pub(crate) fn may_refuse<'t>(
    mut operation: TransformOperation<'t>,
    statuses: &[u16],
) -> TransformOperation<'t> {
    aide::generate::in_context(|ctx| refuses(ctx, operation.inner_mut(), statuses));
    operation
}

/// Gives the request body an example.
pub(crate) fn example(mut operation: TransformOperation, example: Value) -> TransformOperation {
    if let Some(ReferenceOr::Item(body)) = operation.inner_mut().request_body.as_mut()
        && let Some(media) = body.content.get_mut("application/json")
    {
        media.example = Some(example);
    }
    operation
}

fn add(operation: &mut Operation, status: u16, response: Response) {
    let responses = &mut operation.responses.get_or_insert_default().responses;
    responses.entry(StatusCode::Code(status)).or_insert(ReferenceOr::Item(response));
    responses.sort_by(|a, _, b, _| number(a).cmp(&number(b)));
}

fn number(status: &StatusCode) -> u16 {
    match status {
        StatusCode::Code(code) | StatusCode::Range(code) => *code,
    }
}

fn content<T: JsonSchema>(ctx: &mut GenContext, media: &str, description: &str) -> Response {
    let schema = object(ctx.schema.subschema_for::<T>());
    let media_type = MediaType { schema: Some(schema), ..MediaType::default() };
    told(Response {
        description: description.to_owned(),
        content: [(media.to_owned(), media_type)].into_iter().collect(),
        ..Response::default()
    })
}

/// Every answer names its request.
fn told(mut response: Response) -> Response {
    put(
        &mut response,
        "X-Request-Id",
        "The request's id: the caller's own, when it sent one.",
        json_schema!({ "type": "string" }),
    );
    response
}

pub(crate) fn put(response: &mut Response, name: &str, description: &str, schema: Schema) {
    let header = Header {
        description: Some(description.to_owned()),
        style: HeaderStyle::Simple,
        required: false,
        deprecated: None,
        format: ParameterSchemaOrContent::Schema(object(schema)),
        example: None,
        examples: indexmap::IndexMap::default(),
        extensions: indexmap::IndexMap::default(),
    };
    response.headers.insert(name.to_owned(), ReferenceOr::Item(header));
}

/// The schema of any text.
pub(crate) fn text() -> Schema {
    json_schema!({ "type": "string" })
}

fn object(json_schema: Schema) -> SchemaObject {
    SchemaObject { json_schema, external_docs: None, example: None }
}
