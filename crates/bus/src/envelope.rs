//! The event as it stands in the log.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::{Memo, Subject};

/// The place of an event in the log: 1, 2, … without a gap. 0 stands for "before the first event".
pub type Position = u64;

/// An event as stored in the log, with the place that the log gave it.
///
/// Its JSON form is what the API, the live stream and exports show. `data` and `metadata` stay the text that was
/// written: the bus does not look into them, and an event of a type it has never heard of passes through unchanged.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// The event's own id, a `UUIDv7`.
    pub id: Uuid,
    /// What happened, such as `BOOKING_CREATED`.
    #[serde(rename = "type")]
    pub event_type: Arc<str>,
    /// Which part of the system said so.
    pub source: String,
    /// The facts, a JSON object.
    pub data: Box<RawValue>,
    /// When it happened, UTC.
    pub timestamp: Timestamp,
    /// The workflow that it belongs to; one query by it tells the whole story.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<Uuid>,
    /// The event or request that caused it directly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causation_id: Option<Uuid>,
    /// The user who caused it, when there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Uuid>,
    /// The organization that it belongs to; `None` for events of the platform itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<Uuid>,
    /// What else the publisher wanted kept, a JSON object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Box<RawValue>>,
    /// Where it stands in the log.
    pub position: Position,
    /// What it is about.
    pub subject: Subject,
    /// Which event of its subject it is: 1, 2, … without a gap.
    pub version: u64,
    /// The version of the shape of `data`.
    pub schema_version: u16,
    /// The W3C trace that it was published in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// What handlers have made of `data`.
    #[serde(skip)]
    pub memo: Memo,
}
