//! From a use case's answer to an HTTP response.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use rishi_app::commit::Answer;
use rishi_app::store::{Listed, Paging};
use schemars::JsonSchema;
use serde::Serialize;

use crate::extract::{IfNoneMatch, Limit, Page};
use crate::problem::Problem;

/// What a handler gives back.
pub(crate) type Reply = Result<Response, Problem>;

/// The room for an answer that most need no more than.
const BODY: usize = 2_048;
/// The headers that an answer has in the end.
const HEADERS: usize = 12;
const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// An answer with an entity tag may be kept by its reader, who asks each time whether it is current.
const REVALIDATE: HeaderValue = HeaderValue::from_static("private, no-cache");

/// The answer that a commit keeps and gives again to a repetition of the request.
pub(crate) fn created<T: Serialize>(
    location: String,
    version: u64,
    entity: &T,
) -> Result<Answer, rishi_app::Error> {
    let answer = changed(version, entity)?;
    Ok(Answer { status: 201, location: Some(location), ..answer })
}

/// The same for an entity that was changed.
pub(crate) fn changed<T: Serialize>(version: u64, entity: &T) -> Result<Answer, rishi_app::Error> {
    let mut body = Vec::with_capacity(BODY);
    serde_json::to_writer(&mut body, entity).map_err(unwritable)?;
    // What is written as JSON is UTF-8.
    let body = String::from_utf8(body).map_err(|error| rishi_app::Error::Internal(error.into()))?;
    Ok(Answer { status: 200, location: None, version: Some(version), body })
}

/// What cannot be written as JSON is a fault of this program.
pub(crate) fn unwritable(error: serde_json::Error) -> rishi_app::Error {
    rishi_app::Error::Internal(Box::new(error))
}

/// The same for what has no version.
pub(crate) fn done<T: Serialize>(value: &T) -> Result<Answer, rishi_app::Error> {
    Ok(Answer { version: None, ..changed(0, value)? })
}

/// The same when there is nothing to be said.
pub(crate) fn nothing() -> Answer {
    Answer { status: 204, location: None, version: None, body: String::new() }
}

/// A use case's answer as it is sent.
pub(crate) fn send(answer: Answer) -> Response {
    let is_empty = answer.body.is_empty();
    let mut response = Response::new(Body::from(answer.body));
    // Every kept status was made by this program.
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    headers.reserve(HEADERS);
    if !is_empty {
        headers.insert(header::CONTENT_TYPE, JSON);
    }
    if let Some(version) = answer.version {
        headers.insert(header::ETAG, etag(version));
        headers.insert(header::CACHE_CONTROL, REVALIDATE);
    }
    if let Some(location) = answer.location.and_then(|text| HeaderValue::try_from(text).ok()) {
        headers.insert(header::LOCATION, location);
    }
    response
}

/// An entity, or 304 when the reader has its version.
pub(crate) fn entity<T: Serialize>(version: u64, entity: &T, known: &IfNoneMatch) -> Reply {
    if known.has(version) {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        let headers = response.headers_mut();
        headers.insert(header::ETAG, etag(version));
        headers.insert(header::CACHE_CONTROL, REVALIDATE);
        return Ok(response);
    }
    Ok(send(changed(version, entity)?))
}

/// Anything without a version.
pub(crate) fn json<T: Serialize>(value: &T) -> Reply {
    Ok(send(done(value)?))
}

/// JSON that is written already.
pub(crate) fn written(body: String) -> Response {
    send(Answer { status: 200, location: None, version: None, body })
}

fn etag(version: u64) -> HeaderValue {
    // Digits in quotes are always a header's value.
    HeaderValue::try_from(format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"0\""))
}

/// Where a list stands in the whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Pagination {
    /// The page; absent when the list was read by a cursor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) page: Option<u64>,
    /// How many entries an answer holds at most.
    pub(crate) limit: u32,
    /// How many entries match in all.
    pub(crate) total: u64,
    /// The cursor of what follows; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}

impl Pagination {
    /// A page of a list that is read by pages only.
    pub(crate) fn page<T>(page: Page, limit: Limit, listed: &Listed<T>) -> Self {
        Self { page: Some(page.0), limit: limit.0, total: listed.total, next: None }
    }
}

/// The stretch that a page is.
pub(crate) fn paging(page: Page, limit: Limit) -> Paging {
    Paging { limit: limit.0, offset: page.offset(limit) }
}
