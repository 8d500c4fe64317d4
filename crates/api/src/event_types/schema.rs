//! GET /api/event-types/{type}/{version}

use aide::transform::TransformOperation;
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use rishi_app::Error;
use serde_json::{Map, Value};

use super::{Named, Version, no_such_version};
use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Signed;
use crate::problem::Problem;

const SCHEMA: &str = "application/schema+json";

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("readEventSchema").tag(super::TAG);
    let operation = operation.summary("Read the schema of a type of event").description(
        "The bare JSON schema (2020-12) of an event's `type`, `schemaVersion`, `data` and \
         `metadata` in one version, for validators and generators.",
    );
    document::respond::<Map<String, Value>>(operation, 200, SCHEMA, "The schema.", |_| {})
}

pub(super) async fn handle(
    Signed(_): Signed,
    Named(event): Named,
    Version(version): Version,
) -> Reply {
    let schema = event.schema_document(version).ok_or_else(no_such_version)?;
    let schema = schema.map_err(|error| Problem::from(Error::Internal(Box::new(error))))?;
    let mut response = answer::json(&schema)?;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(SCHEMA));
    Ok(response)
}
