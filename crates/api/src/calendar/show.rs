//! GET /calendar/{secret}.ics
//!
//! What a calendar program asks, again and again. Nobody signs in: who has the address has been given it.
//! So it is in no log (see `middleware/frame.rs`), no answer may be kept by anybody between, and how often
//! it may be asked is counted by the client's address.

use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::{Operation, Parameter, PathStyle, ReferenceOr};
use aide::transform::TransformOperation;
use axum::body::Body;
use axum::extract::{FromRequestParts, RawPathParams, State};
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use rishi_app::Error;

use crate::answer::Reply;
use crate::document;
use crate::extract::IfNoneMatch;
use crate::problem::Problem;
use crate::shared::Shared;

const KIND: HeaderValue = HeaderValue::from_static("text/calendar; charset=utf-8");
const NAME: HeaderValue = HeaderValue::from_static("inline; filename=\"bookings.ics\"");
/// A program may keep it and asks each time whether it is current: it may have been revoked.
const CACHING: HeaderValue = HeaderValue::from_static("private, no-cache");

/// What stands before `.ics`.
pub(super) struct Secret(String);

impl<S: Send + Sync> FromRequestParts<S> for Secret {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let not_found = || Problem::from(Error::NotFound("calendar"));
        let parameters = RawPathParams::from_request_parts(parts, state).await;
        let parameters = parameters.map_err(|_| not_found())?;
        let found = parameters.iter().find_map(|(_, text)| text.strip_suffix(".ics"));
        found.map(|secret| Self(secret.to_owned())).ok_or_else(not_found)
    }
}

impl OperationInput for Secret {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        operation.security = vec![indexmap::IndexMap::default()];
        let schema = document::text();
        let description = "What was shown when the feed was made.";
        operation.parameters.push(ReferenceOr::Item(Parameter::Path {
            parameter_data: document::parameter("secret", description, true, schema),
            style: PathStyle::Simple,
        }));
        document::refuses(ctx, operation, &[404, 429, 500, 503]);
    }
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("showCalendar").tag(super::TAG).summary("Read a calendar feed");
    let operation = operation.description(
        "An iCalendar (RFC 5545) of what the feed's owner may read now, from 90 days ago until 366 days \
         ahead. 404 when there is no such feed, it was revoked, or its owner may not see it any more.",
    );
    document::respond::<String>(operation, 200, "text/calendar", "The calendar.", |response| {
        document::put(response, "ETag", "Another one for every other calendar.", document::text());
    })
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Secret(secret): Secret,
    known: IfNoneMatch,
) -> Reply {
    let shown = shared.app.calendar(&secret).await?;
    let tag = HeaderValue::try_from(format!("\"{}\"", shown.tag));
    let tag = tag.map_err(|error| Error::Internal(Box::new(error)))?;
    let same = known.is(&shown.tag);
    let mut response = Response::new(if same { Body::empty() } else { Body::from(shown.text) });
    let headers = response.headers_mut();
    headers.insert(ETAG, tag);
    headers.insert(CACHE_CONTROL, CACHING);
    if same {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        headers.insert(CONTENT_TYPE, KIND);
        headers.insert(CONTENT_DISPOSITION, NAME);
    }
    Ok(response)
}
