//! GET /api/asyncapi.json: the event log for machines (`AsyncAPI` 3.0).
//!
//! It describes what there is, seen by a reader: the live stream and the pages of the log. A message
//! is an event of one type: the envelope, narrowed by the schema of the type's present version. The
//! schemas are of the dialect that `AsyncAPI` reads without being told (a superset of draft 7).

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use rishi_domain::event::CATALOGUE;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::events::{EventDocument, EventListDocument};
use crate::extract::NoQuery;

const DESCRIPTION: &str = "\
Everything that happens on the platform, as its readers receive it: operations are those of a \
reader. Events come in the order of their `position`, which has no gap in the log; a reader sees \
those of the organizations whose log it may read. An event is sent at least once over a stream that \
is resumed: its `id` tells repetitions.

A reader should pass over types that it does not know. Events of an earlier `schemaVersion` stay in \
the log; `GET /api/event-types/{type}` has the schema of every version, this document that of the \
present one.";

const STREAM: &str = "\
Server-Sent Events. The `data` of each is the message, its `event` the type and its `id` the \
position; `Last-Event-ID` (or `after`) resumes after a position. Where retention has removed what would have \
come next, `gap` says so first. A comment every 15 s shows that the stream lives.";

const LOG: &str = "\
The same events in pages, oldest first with `after`, newest first with `before`; \
`pagination.next` is the position to read on from.";

static DOCUMENT: LazyLock<Bytes> =
    LazyLock::new(|| Bytes::from(serde_json::to_vec(&document()).unwrap_or_default()));

pub(crate) async fn handle(_: NoQuery) -> Response {
    ([(CONTENT_TYPE, "application/json")], DOCUMENT.clone()).into_response()
}

/// The document; the same every time for one build.
fn document() -> Value {
    let mut settings = SchemaSettings::draft07();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    let mut generator = settings.into_generator();
    let envelope = generator.subschema_for::<EventDocument>();
    let page = generator.subschema_for::<EventListDocument>();
    let typed = typed_events(&mut generator, &json!(envelope));
    let mut schemas = generator.take_definitions(true);
    schemas.extend(typed);
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Rishi events",
            "version": env!("CARGO_PKG_VERSION"),
            "description": DESCRIPTION,
        },
        "defaultContentType": "application/json",
        "servers": { "platform": {
            "host": "{host}",
            "protocol": "http",
            "description": "An installation of the platform; https where it is not on this machine.",
            "variables": { "host": { "default": "127.0.0.1:8080" } },
            "security": [{ "$ref": "#/components/securitySchemes/bearer" }],
        } },
        "channels": {
            "stream": {
                "address": "/api/events/stream",
                "title": "Live stream",
                "description": STREAM,
                "messages": events(|name| format!("#/components/messages/{name}")),
            },
            "log": {
                "address": "/api/events",
                "title": "Log",
                "description": LOG,
                "messages": { "page": { "$ref": "#/components/messages/page" } },
            },
        },
        "operations": {
            "listen": operation("stream", "Listen to the event log", &listened()),
            "read": operation("log", "Read the event log", &["page"]),
        },
        "components": {
            "messages": messages(&json!(page)),
            "schemas": schemas,
            "securitySchemes": { "bearer": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "rishi_pat_…",
                "description": "An API token, made with `rishi token create`.",
            } },
        },
    })
}

/// What is told where a part of the log is missing; it stands in no log.
const GAP: &str = "gap";

fn listened() -> Vec<&'static str> {
    CATALOGUE.iter().map(|event| event.event_type).chain([GAP]).collect()
}

fn events(reference: impl Fn(&str) -> String) -> Map<String, Value> {
    let entry = |name: &str| (name.to_owned(), json!({ "$ref": reference(name) }));
    listened().into_iter().map(entry).collect()
}

fn operation(channel: &str, summary: &str, messages: &[&str]) -> Value {
    let message = |name: &&str| json!({ "$ref": format!("#/channels/{channel}/messages/{name}") });
    let messages: Vec<Value> = messages.iter().map(message).collect();
    json!({
        "action": "receive",
        "channel": { "$ref": format!("#/channels/{channel}") },
        "summary": summary,
        "messages": messages,
        "bindings": { "http": { "method": "GET", "bindingVersion": "0.3.0" } },
    })
}

/// For each type the schema of its events: the envelope, narrowed.
fn typed_events(generator: &mut SchemaGenerator, envelope: &Value) -> Map<String, Value> {
    let narrowed = CATALOGUE.iter().map(|event| {
        let part = (event.schema)(generator);
        (event.event_type.to_owned(), json!({ "allOf": [envelope, part] }))
    });
    narrowed.collect()
}

fn messages(page: &Value) -> Map<String, Value> {
    let typed = CATALOGUE.iter().map(|event| {
        let message = json!({
            "name": event.event_type,
            "title": event.summary,
            "summary": format!("About `{}/<id>`, version {}.", event.subject, event.version),
            "correlationId": {
                "description": "The workflow that it belongs to.",
                "location": "$message.payload#/correlationId",
            },
            "payload": { "$ref": format!("#/components/schemas/{}", event.event_type) },
        });
        (event.event_type.to_owned(), message)
    });
    let page = json!({ "name": "page", "title": "A page of the log.", "payload": page });
    let gap = json!({
        "name": GAP,
        "title": "A part of the log was removed.",
        "summary": "Not an event: what lay after one position, up to and with another, was removed by retention. Its \
                    `id` is the latter. Read the present state anew.",
        "payload": {
            "type": "object",
            "properties": {
                "after": { "type": "integer", "minimum": 0 },
                "removedThrough": { "type": "integer", "minimum": 1 },
            },
            "required": ["after", "removedThrough"],
        },
    });
    typed.chain([("page".to_owned(), page), (GAP.to_owned(), gap)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(object) => {
                found.extend(object.get("$ref").and_then(Value::as_str));
                object.values().for_each(|inner| references(inner, found));
            }
            Value::Array(items) => items.iter().for_each(|inner| references(inner, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_type_is_a_message() {
        let document = document();
        let mut found = Vec::new();
        references(&document, &mut found);
        for reference in &found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
        for event in CATALOGUE {
            let message = format!("#/channels/stream/messages/{}", event.event_type);
            assert!(found.contains(&message.as_str()), "{message}");
        }
        assert!(found.contains(&"#/channels/stream/messages/gap"));
    }

    #[test]
    fn a_message_is_the_envelope_with_the_type_and_version_that_are_written_now() {
        let document = document();
        for event in CATALOGUE {
            let schema = &document["components"]["schemas"][event.event_type];
            assert_eq!(schema["allOf"][0]["$ref"], "#/components/schemas/Event");
            let properties = &schema["allOf"][1]["properties"];
            assert_eq!(properties["type"]["const"], event.event_type);
            assert_eq!(properties["schemaVersion"]["const"], event.version);
        }
    }

    #[test]
    fn nothing_is_promised_that_is_not_there() {
        let document = document();
        let channels: Vec<_> = document["channels"].as_object().unwrap().keys().collect();
        assert_eq!(channels, ["log", "stream"], "NATS and webhooks join when they exist");
        let openapi = serde_json::to_value(crate::openapi()).unwrap();
        for channel in document["channels"].as_object().unwrap().values() {
            let address = channel["address"].as_str().unwrap();
            assert!(openapi["paths"][address]["get"].is_object(), "{address}");
        }
    }
}
