//! GET /api/event-types/{type}

use aide::transform::TransformOperation;
use rishi_app::Error;
use rishi_domain::event::EventDescription;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::Named;
use super::list::Entry;
use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Signed;
use crate::problem::Problem;

/// A type of event with everything that is known of it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "EventTypeDetail")]
struct Detail {
    #[serde(flatten)]
    entry: Entry,
    /// Every version that may stand in the log, oldest first.
    versions: Vec<Shape>,
}

/// A version of a type of event.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "EventTypeVersion")]
struct Shape {
    /// Which.
    version: u16,
    /// The JSON schema (2020-12) of an event's `type`, `schemaVersion`, `data` and `metadata`.
    #[schemars(with = "Map<String, Value>")]
    schema: Value,
    /// An example of these members.
    #[schemars(with = "Map<String, Value>")]
    example: Box<RawValue>,
}

impl Shape {
    /// Nothing when the type has no such version.
    fn of(event: &EventDescription, version: u16) -> Option<serde_json::Result<Self>> {
        let (schema, example) = (event.schema_document(version)?, event.example_of(version)?);
        Some(schema.and_then(|schema| Ok(Self { version, schema, example: example? })))
    }
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("readEventType").tag(super::TAG).summary("Read a type of event");
    let operation = operation.description(
        "Schema and example of every version. The log is never rewritten, so earlier versions stay \
         in it; a new version means that the shape changed in a way that a reader must know of.",
    );
    document::answers::<Detail>(operation, 200, "The type.")
}

pub(super) async fn handle(Signed(_): Signed, Named(event): Named) -> Reply {
    let versions = (1..=event.version).filter_map(|version| Shape::of(event, version)).collect();
    let versions: serde_json::Result<_> = versions;
    let versions = versions.map_err(|error| Problem::from(Error::Internal(Box::new(error))))?;
    answer::json(&Detail { entry: Entry::of(event), versions })
}
