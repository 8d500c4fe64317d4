//! An event that is not yet in the log, and what it must fulfil to get there.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::{Envelope, Memo, Position, Subject};

/// The longest type, in bytes.
const TYPE_MAX: usize = 128;
/// The longest source, in bytes.
const SOURCE_MAX: usize = 256;

/// An event to be published: an [`Envelope`] that the log has given no place yet.
///
/// It enters the log only together with the change that it reports, so there is no `publish`: it travels in a commit.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// The event's own id, a `UUIDv7`.
    pub id: Uuid,
    /// What happened: `A-Z`, `0-9` and `_`, a letter first, at most 128 bytes.
    pub event_type: Arc<str>,
    /// Which part of the system says so: not empty, at most 256 bytes, no control characters.
    pub source: String,
    /// What it is about.
    pub subject: Subject,
    /// When it happened, UTC.
    pub timestamp: Timestamp,
    /// The facts, a JSON object.
    pub data: Box<RawValue>,
    /// The version of the shape of `data`; 1 unless set.
    pub schema_version: u16,
    /// The workflow that it belongs to.
    pub correlation_id: Option<Uuid>,
    /// The event or request that caused it directly.
    pub causation_id: Option<Uuid>,
    /// The user who caused it.
    pub user_id: Option<Uuid>,
    /// The organization that it belongs to.
    pub organization_id: Option<Uuid>,
    /// What else is to be kept, a JSON object.
    pub metadata: Option<Box<RawValue>>,
    /// The W3C trace that it is published in.
    pub traceparent: Option<String>,
}

/// Why an event cannot enter the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// The type is empty.
    #[error("an event needs a type")]
    NoType,
    /// The type is not spelled like one, or is too long.
    #[error(
        "event type {0:?} must be A-Z, 0-9 and _, start with a letter and have at most 128 bytes"
    )]
    BadType(String),
    /// The source is empty.
    #[error("event {event_type} needs a source")]
    NoSource {
        /// The event's type.
        event_type: String,
    },
    /// The source is too long or has control characters in it.
    #[error(
        "the source of event {event_type} must have at most 256 bytes and no control characters"
    )]
    BadSource {
        /// The event's type.
        event_type: String,
    },
    /// `data` or `metadata` is valid JSON but not an object.
    #[error("{field} of event {event_type} must be a JSON object")]
    NotAnObject {
        /// The event's type.
        event_type: String,
        /// `"data"` or `"metadata"`.
        field: &'static str,
    },
    /// The schema version is 0.
    #[error("the schema version of event {event_type} must be 1 or more")]
    NoSchemaVersion {
        /// The event's type.
        event_type: String,
    },
}

impl NewEvent {
    /// An event with all that every event needs; the rest is added with the `with_…` methods.
    pub fn new(
        id: Uuid,
        event_type: impl Into<Arc<str>>,
        source: impl Into<String>,
        subject: Subject,
        timestamp: Timestamp,
        data: Box<RawValue>,
    ) -> Self {
        Self {
            id,
            event_type: event_type.into(),
            source: source.into(),
            subject,
            timestamp,
            data,
            schema_version: 1,
            correlation_id: None,
            causation_id: None,
            user_id: None,
            organization_id: None,
            metadata: None,
            traceparent: None,
        }
    }

    /// The same with another version of the shape of `data`.
    #[must_use]
    pub fn with_schema_version(mut self, version: u16) -> Self {
        self.schema_version = version;
        self
    }

    /// The same as part of a workflow.
    #[must_use]
    pub fn with_correlation(mut self, id: impl Into<Option<Uuid>>) -> Self {
        self.correlation_id = id.into();
        self
    }

    /// The same with the event or request that caused it directly.
    #[must_use]
    pub fn with_causation(mut self, id: impl Into<Option<Uuid>>) -> Self {
        self.causation_id = id.into();
        self
    }

    /// The same with the user who caused it.
    #[must_use]
    pub fn with_user(mut self, id: impl Into<Option<Uuid>>) -> Self {
        self.user_id = id.into();
        self
    }

    /// The same with the organization that it belongs to.
    #[must_use]
    pub fn with_organization(mut self, id: impl Into<Option<Uuid>>) -> Self {
        self.organization_id = id.into();
        self
    }

    /// The same with metadata, a JSON object.
    #[must_use]
    pub fn with_metadata(mut self, metadata: impl Into<Option<Box<RawValue>>>) -> Self {
        self.metadata = metadata.into();
        self
    }

    /// The same with the W3C trace that it is published in.
    #[must_use]
    pub fn with_traceparent(mut self, traceparent: impl Into<Option<String>>) -> Self {
        self.traceparent = traceparent.into();
        self
    }

    /// Says what keeps the event out of the log, if anything. Every ledger asks before it appends.
    pub fn check(&self) -> Result<(), EventError> {
        let event_type = self.event_type.as_ref();
        if event_type.is_empty() {
            return Err(EventError::NoType);
        }
        // The type becomes part of patterns and of broker subjects, so it must be a plain word.
        let word = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_';
        if event_type.len() > TYPE_MAX
            || !event_type.as_bytes()[0].is_ascii_uppercase()
            || !event_type.bytes().all(word)
        {
            return Err(EventError::BadType(event_type.chars().take(TYPE_MAX).collect()));
        }
        let event_type = || event_type.to_owned();
        if self.source.trim().is_empty() {
            return Err(EventError::NoSource { event_type: event_type() });
        }
        if self.source.len() > SOURCE_MAX || self.source.chars().any(char::is_control) {
            return Err(EventError::BadSource { event_type: event_type() });
        }
        if !is_object(&self.data) {
            return Err(EventError::NotAnObject { event_type: event_type(), field: "data" });
        }
        if self.metadata.as_deref().is_some_and(|metadata| !is_object(metadata)) {
            return Err(EventError::NotAnObject { event_type: event_type(), field: "metadata" });
        }
        if self.schema_version == 0 {
            return Err(EventError::NoSchemaVersion { event_type: event_type() });
        }
        Ok(())
    }

    /// The event at the place that the log gave it.
    pub fn into_envelope(self, position: Position, version: u64) -> Envelope {
        Envelope {
            id: self.id,
            event_type: self.event_type,
            source: self.source,
            data: self.data,
            timestamp: self.timestamp,
            correlation_id: self.correlation_id,
            causation_id: self.causation_id,
            user_id: self.user_id,
            organization_id: self.organization_id,
            metadata: self.metadata,
            position,
            subject: self.subject,
            version,
            schema_version: self.schema_version,
            traceparent: self.traceparent,
            memo: Memo::default(),
        }
    }
}

/// A raw value is valid JSON already, so its first character tells its kind.
fn is_object(value: &RawValue) -> bool {
    value.get().trim_start().starts_with('{')
}

#[cfg(test)]
mod tests;
