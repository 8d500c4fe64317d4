//! Problem details (RFC 9457): the one shape of every refusal and failure.
//!
//! A [`Problem`] says what went wrong; it becomes text only in the outermost middleware, which
//! knows the request's id and path and also finds the bare statuses that a router or a layer
//! answers with. So every answer of 400 and above has the same shape, wherever it was made.

use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use rishi_domain::error::FieldError;
use serde::Serialize;
use serde_json::{Map, Value};

mod code;
mod document;
mod farewell;
mod page;
mod refusal;

pub(crate) use code::Code;
pub(crate) use document::{CONTENT_TYPE, ProblemDocument, ReasonDocument};
pub use farewell::farewell;
pub(crate) use refusal::reason;

/// How many seconds a caller is asked to wait when the platform is busy.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// What went wrong.
#[derive(Debug, Clone)]
pub(crate) struct Problem(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    code: Code,
    detail: String,
    errors: Vec<FieldError>,
    more: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// Whether it is written as a page, for a person who looks at it.
    page: bool,
}

/// The words of a problem as they are sent.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    detail: &'a str,
    instance: &'a str,
    code: &'static str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    errors: &'a [FieldError],
    #[serde(flatten)]
    more: &'a Map<String, Value>,
}

impl Problem {
    /// A problem of this kind; `detail` is one sentence for people that says what to do.
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
        let headers = match code {
            Code::Unauthenticated | Code::InvalidCredentials => {
                vec![(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))]
            }
            Code::Unavailable | Code::TooManyStreams => vec![(header::RETRY_AFTER, RETRY_AFTER)],
            // What is left of the body is not read, so the connection cannot be used again.
            Code::PayloadTooLarge | Code::RequestTimeout => {
                vec![(header::CONNECTION, HeaderValue::from_static("close"))]
            }
            _ => Vec::new(),
        };
        let detail = detail.into();
        Self(Box::new(Inner {
            code,
            detail,
            errors: Vec::new(),
            more: Map::new(),
            headers,
            page: false,
        }))
    }

    /// Input that breaks rules, each with its field.
    pub(crate) fn validation(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [only] => only.message.clone(),
            several => format!("{} fields are invalid; `errors` names each", several.len()),
        };
        Self::new(Code::ValidationFailed, detail).with_errors(errors)
    }

    /// One field that breaks a rule.
    pub(crate) fn field(
        field: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self::validation(vec![FieldError::new(field, code, message)])
    }

    /// The problem that a bare status stands for.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let code = Code::of_status(status);
        Self::new(code, code.title())
    }

    pub(crate) fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.0.errors = errors;
        self
    }

    /// The same with one more member.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.more.insert(name.to_owned(), value.into());
        self
    }

    /// The same with how long to wait, in whole seconds and at least one.
    pub(crate) fn retry_after(self, after: Duration) -> Self {
        let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
        self.with_header(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }

    /// The same with one more header.
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// The same as a page, for who has come by a link and not by a program.
    pub(crate) fn for_people(mut self) -> Self {
        self.0.page = true;
        self
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.0.code.status()
    }

    pub(crate) fn code(&self) -> Code {
        self.0.code
    }

    #[cfg(test)]
    pub(crate) fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    fn text(&self, instance: &str, request_id: &str) -> String {
        let code = self.0.code;
        let wire = Wire {
            kind: format!("/problems/{}", code.as_str()),
            title: code.title(),
            status: code.status().as_u16(),
            detail: &self.0.detail,
            instance,
            code: code.as_str(),
            request_id,
            errors: &self.0.errors,
            more: &self.0.more,
        };
        // Strings, numbers and maps with string keys: nothing that JSON cannot carry.
        serde_json::to_string(&wire).unwrap_or_default()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status();
        response.extensions_mut().insert(self);
        response
    }
}

impl aide::OperationOutput for Problem {
    type Inner = Self;
}

/// What kind of problem a response tells, if it does and was not written out yet.
pub(crate) fn code(response: &Response) -> Option<Code> {
    response.extensions().get::<Problem>().map(Problem::code)
}

/// Writes out the problem of a response, or the one that its bare status stands for; leaves every
/// other response as it is.
pub(crate) fn render(response: &mut Response, uri: &Uri, request_id: &str) {
    let told = response.extensions_mut().remove::<Problem>();
    let problem = match told {
        Some(problem) => problem,
        None if is_bare(response) => Problem::of_status(response.status()),
        None => return,
    };
    *response.status_mut() = problem.status();
    let (text, kind) = if problem.0.page {
        (page::written(problem.code(), &problem.0.detail, request_id), page::CONTENT_TYPE)
    } else {
        (problem.text(uri.path(), request_id), CONTENT_TYPE)
    };
    *response.body_mut() = Body::from(text);
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    for (name, value) in problem.0.headers {
        headers.insert(name, value);
    }
}

fn is_bare(response: &Response) -> bool {
    let status = response.status();
    (status.is_client_error() || status.is_server_error())
        && axum::body::HttpBody::size_hint(response.body()).exact() == Some(0)
}

#[cfg(test)]
mod tests;
