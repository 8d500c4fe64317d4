//! GET /api/event-types

use aide::transform::TransformOperation;
use rishi_domain::event::{CATALOGUE, EventDescription};
use schemars::{JsonSchema, Schema, schema_for};
use serde::Serialize;
use serde_json::{Map, Value};

use super::schema_path;
use crate::answer::{self, Reply};
use crate::document;
use crate::events::EventDocument;
use crate::extract::Signed;

/// A type of event, in short.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "EventType")]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    /// Its name.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The version that is written now.
    version: u16,
    /// When it happens.
    summary: &'static str,
    /// What kind of thing it is about: the subject is `<this>/<id>`.
    subject: &'static str,
    /// Where the JSON schema of the present version is; earlier ones beside it, from 1.
    schema: String,
}

impl Entry {
    pub(super) fn of(event: &EventDescription) -> Self {
        Self {
            kind: event.event_type,
            version: event.version,
            summary: event.summary,
            subject: event.subject,
            schema: schema_path(event, event.version),
        }
    }
}

/// The types of events.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "EventTypeList")]
#[serde(rename_all = "camelCase")]
struct List {
    event_types: Vec<Entry>,
    /// The JSON schema of what all events have.
    #[schemars(with = "Map<String, Value>")]
    envelope: Schema,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("listEventTypes").tag(super::TAG).summary("List types of events");
    let operation = operation.description(
        "Every type that this version of the platform writes, and the schema of the envelope that \
         all of them share. A reader should pass over types that it does not know.",
    );
    document::answers::<List>(operation, 200, "The types.")
}

pub(super) async fn handle(Signed(_): Signed) -> Reply {
    let event_types = CATALOGUE.iter().map(Entry::of).collect();
    answer::json(&List { event_types, envelope: schema_for!(EventDocument) })
}
