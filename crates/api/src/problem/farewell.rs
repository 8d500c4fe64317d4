//! Refusals of requests that never became one: too long, too slow, or no HTTP.

use bytes::Bytes;
use http::StatusCode;
use uuid::Uuid;

use super::document::CONTENT_TYPE;
use super::{Code, Problem};

/// A whole response, head and body, after which the connection ends. Which path was asked for is not
/// known, so the document's `instance` is the root.
pub fn farewell(status: u16, request_id: Uuid) -> Bytes {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let detail = match status {
        StatusCode::REQUEST_TIMEOUT => "the request's head did not arrive in time",
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => "the request's head may have 16 KiB",
        StatusCode::URI_TOO_LONG => "the request's address is too long",
        _ => "this is not a request that HTTP/1.1 knows",
    };
    let body = Problem::new(Code::of_status(status), detail).text("/", &request_id.to_string());
    let (code, reason) = (status.as_u16(), status.canonical_reason().unwrap_or_default());
    let head = format!(
        "HTTP/1.1 {code} {reason}\r\ncontent-type: {CONTENT_TYPE}\r\nx-request-id: {request_id}\r\n\
         x-content-type-options: nosniff\r\ncache-control: no-store\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    Bytes::from(head + &body)
}
