//! GET /api/events/stream
//!
//! Server-Sent Events: the log from a position on, then whatever is added to it, for as long as the
//! reader may read it. A connection that breaks resumes with `Last-Event-ID`, without loss or
//! repetition. [`super::feed`] does the reading.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::extract::State;
use axum::response::sse::{KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue};
use rishi_app::Position;
use rishi_app::auth::Principal;
use rishi_app::store::EventFilter;
use rishi_domain::id::OrganizationId;
use rishi_domain::permission::Capability;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

use super::document::FrameDocument;
use super::feed::{Feed, Matter};
use super::filter::{About, Place, TypePattern, types};
use crate::document;
use crate::extract::{Query, Signed};
use crate::problem::{Code, Problem};
use crate::scoped;
use crate::shared::Shared;

/// How many events wait for a slow reader.
const WAITING: usize = 64;

const LAST_EVENT_ID: &str = "last-event-id";

/// Which events, from where on.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Parameters {
    /// Of any of these types, `*` at the end for all that begin alike; repeat or separate by commas.
    #[serde(rename = "type")]
    kind: Vec<TypePattern>,
    /// About this: `booking/<id>`.
    subject: Option<About>,
    /// Of this organization.
    organization_id: Option<OrganizationId>,
    /// Only events after this position; from now on when absent. `Last-Event-ID` stands above it.
    after: Option<Place>,
}

/// Tells that a stream can be resumed.
pub(super) fn resumes(mut operation: TransformOperation) -> TransformOperation {
    let last = document::header(
        "Last-Event-ID",
        "Resume after this position; browsers send it by themselves.",
        false,
        Place::json_schema(&mut SchemaGenerator::default()),
    );
    operation.inner_mut().parameters.push(aide::openapi::ReferenceOr::Item(last));
    operation
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = resumes(operation.id("streamEvents").tag(super::TAG));
    let operation = operation.summary("Listen to the event log").description(
        "Server-Sent Events: `id` is the position, `event` the type, `data` the event as in \
         `GET /api/events/{id}`. A comment every 15 s shows that the stream lives. It ends when \
         token or session end or the reader's roles change, when the server stops, or when the reader does not read; resume with \
         `Last-Event-ID`. Where retention has removed events after the place to start from, a message of the type `gap` \
         comes first, whose `data` is `{\"after\": …, \"removedThrough\": …}`: what lay in between is gone, so read \
         the present state anew.",
    );
    let description = "The stream.";
    let operation = document::respond::<FrameDocument>(
        operation,
        200,
        "text/event-stream",
        description,
        |_| {},
    );
    document::may_refuse(operation, &[404, 429])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (principal, named) = (&caller.principal, parameters.organization_id);
    scoped::within(principal, Capability::ReadEvents, "read the event log", named)?;
    if let Some(named) = named {
        shared.app.must_exist(named).await?;
    }
    let after = start(&headers, parameters.after.map(|place| place.0))?;
    let filter = EventFilter {
        types: types(parameters.kind),
        subject: parameters.subject.map(|about| about.0),
        organization: parameters.organization_id,
        ..EventFilter::default()
    };
    open(&shared, caller.principal, Matter::Log(filter), after)
}

/// A stream of something, from a position on, or from now on.
pub(super) fn open(
    shared: &Shared,
    principal: Arc<Principal>,
    matter: Matter,
    after: Option<Position>,
) -> Result<Response, Problem> {
    let seat = shared.streams().enter(principal.user_id()).ok_or_else(|| {
        let most = shared.config.streams_per_user;
        Problem::new(Code::TooManyStreams, format!("a person may hold {most} streams open"))
    })?;
    let (sender, receiver) = mpsc::channel(WAITING);
    let feed = Feed {
        principal,
        matter,
        cursor: after.unwrap_or_else(|| *shared.head.borrow()),
        far_behind: true,
        sender,
        seat,
        shared: shared.clone(),
    };
    tokio::spawn(feed.run());
    let events = ReceiverStream::new(receiver).map(Ok::<_, std::convert::Infallible>);
    let alive = KeepAlive::new().interval(shared.config.stream_heartbeat);
    let mut response = Sse::new(events).keep_alive(alive).into_response();
    // A proxy that collected events before passing them on would make them late.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response.headers_mut().remove(http::header::CACHE_CONTROL);
    Ok(response)
}

/// The position to start after, if one is named.
pub(super) fn start(
    headers: &HeaderMap,
    after: Option<Position>,
) -> Result<Option<Position>, Problem> {
    let Some(value) = headers.get(LAST_EVENT_ID) else { return Ok(after) };
    let place = value.to_str().ok().and_then(|text| text.parse::<Place>().ok());
    let message = "Last-Event-ID is the id of an event of this stream";
    let refused = || Problem::field("Last-Event-ID", "invalid", message);
    place.map(|place| Some(place.0)).ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(header: Option<&str>, after: Option<Position>) -> Result<Option<Position>, Code> {
        let pair =
            |text: &str| (http::HeaderName::from_static(LAST_EVENT_ID), text.parse().unwrap());
        let headers: HeaderMap = header.map(pair).into_iter().collect();
        start(&headers, after).map_err(|problem| problem.code())
    }

    #[test]
    fn a_resumed_stream_starts_after_the_last_event_that_was_heard() {
        assert_eq!(started(None, None), Ok(None));
        assert_eq!(started(None, Some(3)), Ok(Some(3)));
        assert_eq!(started(Some("7"), Some(3)), Ok(Some(7)), "the header stands above");
        for text in ["", "x", "-1", "7.0", "99999999999999999999", "9007199254740992"] {
            assert_eq!(started(Some(text), None), Err(Code::ValidationFailed), "{text}");
        }
    }
}
