//! The types of events: what may stand in the log, in which shape, for programs that read it.
//!
//! Everything here is made from the catalogue of `rishi-domain`, so it cannot say anything else
//! than what is written. The schemas are JSON Schema 2020-12 of the members that a type decides
//! (`type`, `schemaVersion`, `data`, `metadata`); the rest of an event is the envelope's, which is
//! the same for all. `asyncapi` puts both together for machines.

use aide::OperationInput;
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use aide::generate::GenContext;
use aide::openapi::{Operation, Parameter, PathStyle, ReferenceOr};
use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use rishi_domain::event::{CATALOGUE, EventDescription};
use schemars::{Schema, json_schema};

use crate::document;
use crate::problem::{Code, Problem};
use crate::shared::Shared;

mod asyncapi;
mod list;
mod read;
mod schema;

pub(crate) use asyncapi::handle as asyncapi;

const TAG: &str = "Events";

pub(crate) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/api/event-types", get_with(list::handle, list::describe))
        .api_route("/api/event-types/{type}", get_with(read::handle, read::describe))
        .api_route("/api/event-types/{type}/{version}", get_with(schema::handle, schema::describe))
}

/// Where the schema of a version is.
fn schema_path(event: &EventDescription, version: u16) -> String {
    format!("/api/event-types/{}/{version}", event.event_type)
}

/// The type that the path names; 404 when there is none.
struct Named(&'static EventDescription);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let name = parameter(parts, state, "type").await;
        let found = CATALOGUE.iter().find(|event| Some(event.event_type) == name.as_deref());
        found
            .map(Self)
            .ok_or_else(|| Problem::new(Code::NotFound, "there is no such type of event"))
    }
}

impl OperationInput for Named {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        let names: Vec<&str> = CATALOGUE.iter().map(|event| event.event_type).collect();
        let schema = json_schema!({ "type": "string", "enum": names });
        describe_parameter(ctx, operation, "type", "The type's name.", schema);
    }
}

/// The version that the path names, whether there is such a one or not.
struct Version(u16);

impl<S: Send + Sync> FromRequestParts<S> for Version {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = parameter(parts, state, "version").await;
        text.and_then(|text| text.parse().ok()).map(Self).ok_or_else(no_such_version)
    }
}

impl OperationInput for Version {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        let schema = json_schema!({ "type": "integer", "minimum": 1, "maximum": u16::MAX });
        describe_parameter(ctx, operation, "version", "Which version of its shape.", schema);
    }
}

fn no_such_version() -> Problem {
    Problem::new(Code::NotFound, "this type of event has no such version")
}

async fn parameter<S: Send + Sync>(parts: &mut Parts, state: &S, name: &str) -> Option<String> {
    let parameters = RawPathParams::from_request_parts(parts, state).await.ok()?;
    parameters.iter().find(|(found, _)| *found == name).map(|(_, text)| text.to_owned())
}

fn describe_parameter(
    ctx: &mut GenContext,
    operation: &mut Operation,
    name: &str,
    description: &str,
    schema: Schema,
) {
    operation.parameters.push(ReferenceOr::Item(Parameter::Path {
        parameter_data: document::parameter(name, description, true, schema),
        style: PathStyle::Simple,
    }));
    document::refuses(ctx, operation, &[404]);
}
