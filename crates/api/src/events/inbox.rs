//! GET /api/notifications/stream
//!
//! Server-Sent Events: what the caller is told, as it is told, for as long as the caller may come in. It
//! follows the log as `GET /api/events/stream` does, and picks out what is addressed to the caller.

use aide::transform::TransformOperation;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use rishi_domain::notification::Notification;
use schemars::JsonSchema;

use super::feed::Matter;
use super::stream;
use crate::document;
use crate::extract::Signed;
use crate::notifications::TAG;
use crate::problem::Problem;
use crate::shared::Shared;

/// One notification of the stream, as the fields of a Server-Sent Event.
#[derive(JsonSchema)]
#[schemars(rename = "NotificationFrame")]
#[expect(dead_code, reason = "describes what the stream sends")]
struct FrameDocument {
    /// The position of its event.
    id: String,
    /// `notification`.
    event: String,
    /// The notification as JSON text.
    data: Notification,
}

pub(crate) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = stream::resumes(operation.id("streamNotifications").tag(TAG));
    let operation = operation.summary("Listen to the caller's inbox").description(
        "Server-Sent Events of the type `notification`: `data` is the notification as in `GET \
         /api/notifications`, `id` a place to resume from with `Last-Event-ID`. It ends like the \
         stream of events, and counts as one of the caller's streams.",
    );
    let (media, description) = ("text/event-stream", "The stream.");
    let operation = document::respond::<FrameDocument>(operation, 200, media, description, |_| {});
    document::may_refuse(operation, &[400, 429])
}

pub(crate) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let after = stream::start(&headers, None)?;
    stream::open(&shared, caller.principal, Matter::Inbox, after)
}
