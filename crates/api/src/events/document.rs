//! An event as the API's description has it.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::answer::Pagination;

/// Something that happened, as it stands in the log.
#[derive(JsonSchema)]
#[schemars(rename = "Event", rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `Envelope` writes")]
pub(crate) struct EventDocument {
    /// Its id.
    id: Uuid,
    /// What happened, e.g. `BOOKING_CREATED`.
    #[schemars(rename = "type")]
    kind: String,
    /// Which part of the platform said so.
    source: String,
    /// The facts; their shape belongs to the type and its `schemaVersion`.
    data: Map<String, Value>,
    /// When it happened.
    timestamp: Timestamp,
    /// The workflow that it belongs to: for bookings the booking's id.
    correlation_id: Option<Uuid>,
    /// The event or request that directly caused it.
    causation_id: Option<Uuid>,
    /// Who caused it.
    user_id: Option<Uuid>,
    /// Whose it is.
    organization_id: Option<Uuid>,
    /// Figures about it.
    metadata: Option<Map<String, Value>>,
    /// Where it stands in the log: 1, 2, … without a gap.
    position: u64,
    /// What it is about: `booking/<id>`.
    subject: String,
    /// Which event of its subject it is: 1, 2, … without a gap.
    version: u64,
    /// The version of the shape of `data`.
    schema_version: u16,
    /// W3C trace context.
    traceparent: Option<String>,
}

/// One event of the stream, as the fields of a Server-Sent Event.
#[derive(JsonSchema)]
#[schemars(rename = "EventFrame")]
#[expect(dead_code, reason = "describes what the stream sends")]
pub(super) struct FrameDocument {
    /// Its position.
    id: String,
    /// Its type.
    event: String,
    /// The event as JSON text.
    data: String,
}

/// A stretch of the log.
#[derive(JsonSchema)]
#[schemars(rename = "EventList")]
#[expect(dead_code, reason = "describes what `EventList` writes")]
pub(crate) struct EventListDocument {
    events: Vec<EventDocument>,
    pagination: Pagination,
}
