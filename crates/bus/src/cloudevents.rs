//! An event as others know it: `CloudEvents` 1.0, JSON format, structured mode
//! (`application/cloudevents+json`).
//!
//! | envelope | attribute | type |
//! |---|---|---|
//! | id, type, subject, timestamp | `id`, `type`, `subject`, `time` | as specified |
//! | source | `source`: a path, so `rishi/bookings` is `/rishi/bookings` | URI-reference |
//! | data | `data`, with `datacontenttype` `application/json` | the text that was written |
//! | schema version | `schemaversion`; in `dataschema` too, when a base address is given | Integer, URI |
//! | correlation, causation | `correlationid`, `causationid` (correlation extension) | String |
//! | organization, user | `organizationid`, `userid` | String |
//! | position | `sequence` (sequence extension), 20 digits | String |
//! | version | `subjectversion` | String |
//! | traceparent | `traceparent` (distributed tracing extension) | String |
//! | metadata | `eventmetadata`, JSON in a string | String |
//!
//! What was to be decided:
//!
//! - `sequence` must sort as text, hence the leading zeros. Its type `Integer` has 32 bits and a
//!   position has 64, so there is no `sequencetype`; the same goes for `subjectversion`.
//! - Metadata is an object and attributes are simple values. In `data` it would break the payload's
//!   schema, and spread over attributes its names could clash, so it is carried as JSON text.
//! - Types keep their spelling; the reverse domain name that `CloudEvents` recommends would be a
//!   second name for the same thing.
//!
//! Guarantee: an envelope that comes back from its own `CloudEvent` is the one that went in; of the
//! metadata the meaning, since its text may be escaped otherwise.
//!
//! Sources: `CloudEvents` 1.0.2 `spec.md` and `formats/json-format.md`, and `extensions/sequence.md`,
//! `correlation.md`, `distributed-tracing.md` beside them.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::{Envelope, Memo, Position, Subject};

pub(crate) mod text;

/// The media type of a [`CloudEvent`] written as JSON.
pub const CLOUD_EVENT: &str = "application/cloudevents+json";

const JSON: &str = "application/json";

/// One of our events as a `CloudEvent`; serde writes and reads the JSON format.
///
/// Attributes of others are passed over when one is read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CloudEvent {
    specversion: SpecVersion,
    id: Uuid,
    source: String,
    #[serde(rename = "type")]
    event_type: Arc<str>,
    subject: Subject,
    time: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    datacontenttype: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dataschema: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    organizationid: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    userid: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    correlationid: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    causationid: Option<Uuid>,
    sequence: String,
    subjectversion: String,
    schemaversion: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    traceparent: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    eventmetadata: Option<String>,
    data: Box<RawValue>,
}

/// The one version of the specification that is spoken here.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum SpecVersion {
    #[serde(rename = "1.0")]
    One,
}

/// Why a `CloudEvent` is none of our events.
#[derive(Debug, thiserror::Error)]
pub enum CloudEventError {
    /// The source is not one that an envelope's source becomes.
    #[error("source {0:?} is not a path in UTF-8")]
    Source(String),
    /// A number in a string is no number.
    #[error("{attribute} {value:?} is not a whole number")]
    Number {
        /// Which attribute.
        attribute: &'static str,
        /// What it holds.
        value: String,
        /// What the parser said.
        #[source]
        source: std::num::ParseIntError,
    },
    /// The metadata is not JSON.
    #[error("eventmetadata is not JSON")]
    Metadata(#[source] serde_json::Error),
}

impl CloudEvent {
    /// `event` for others. With `schemas`, an absolute address, `dataschema` names the payload's
    /// schema: `<schemas>/<type>/<schema version>` is a document about an event's members, and the
    /// fragment (a JSON pointer) leads to what it says of `data`.
    pub fn of(event: &Envelope, schemas: Option<&str>) -> Self {
        let dataschema = schemas.map(|base| {
            let base = base.trim_end_matches('/');
            format!("{base}/{}/{}#/properties/data", event.event_type, event.schema_version)
        });
        Self {
            specversion: SpecVersion::One,
            id: event.id,
            source: text::to_path(&event.source),
            event_type: event.event_type.clone(),
            subject: event.subject.clone(),
            time: event.timestamp,
            datacontenttype: Some(JSON.to_owned()),
            dataschema,
            organizationid: event.organization_id,
            userid: event.user_id,
            correlationid: event.correlation_id,
            causationid: event.causation_id,
            sequence: format!("{:020}", event.position),
            subjectversion: event.version.to_string(),
            schemaversion: event.schema_version,
            traceparent: event.traceparent.clone(),
            eventmetadata: event
                .metadata
                .as_deref()
                .map(|metadata| text::to_string(metadata.get())),
            data: event.data.clone(),
        }
    }

    /// The event that it was.
    pub fn into_envelope(self) -> Result<Envelope, CloudEventError> {
        let position: Position = number("sequence", self.sequence)?;
        let version = number("subjectversion", self.subjectversion)?;
        let metadata = self.eventmetadata.map(RawValue::from_string).transpose();
        Ok(Envelope {
            id: self.id,
            event_type: self.event_type,
            source: text::from_path(&self.source).ok_or(CloudEventError::Source(self.source))?,
            data: self.data,
            timestamp: self.time,
            correlation_id: self.correlationid,
            causation_id: self.causationid,
            user_id: self.userid,
            organization_id: self.organizationid,
            metadata: metadata.map_err(CloudEventError::Metadata)?,
            position,
            subject: self.subject,
            version,
            schema_version: self.schemaversion,
            traceparent: self.traceparent,
            memo: Memo::default(),
        })
    }
}

fn number(attribute: &'static str, value: String) -> Result<u64, CloudEventError> {
    value.parse().map_err(|source| CloudEventError::Number { attribute, value, source })
}

#[cfg(test)]
mod tests;
