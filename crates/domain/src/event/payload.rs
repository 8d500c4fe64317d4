//! What a type of event is: a struct, a name, a version, and the way up from every earlier version.
//!
//! Guarantee: a type without a schema, an example or a step from each of its earlier versions does
//! not compile. Rows are written with [`catalogue!`]; nothing implements [`Payload`] by hand.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

/// The payload of an event type, in its present version.
pub trait Payload: Serialize + DeserializeOwned + JsonSchema + Example {
    /// Figures about such an event that are not part of the state; [`NoFigures`] for most.
    type Metadata: Serialize + DeserializeOwned + JsonSchema;

    /// The type's name, e.g. `BOOKING_CREATED`.
    const TYPE: &'static str;
    /// The version of the payload's shape, from 1.
    const VERSION: u16;
    /// When it happens, in one sentence.
    const SUMMARY: &'static str;
    /// The way up: the `n`th step (from 0) leads from version `n + 1` to `n + 2`.
    const UPCASTS: &'static [Upcast];

    /// Figures for the example; nothing when events of this type carry none.
    fn example_metadata() -> Option<Self::Metadata>;
}

/// A made-up value for documents and golden files; the same every time.
pub trait Example {
    /// It.
    fn example() -> Self;
}

/// The members of a payload.
pub type Members = Map<String, Value>;

/// One step up: the members in the shape of the next version.
pub type Upcast = fn(Members) -> Result<Members, Misshapen>;

/// A payload that lacks what its own version promises.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Misshapen(pub &'static str);

/// The metadata of events that have none.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
pub enum NoFigures {}

/// What readers of the log need to know of a type of event.
#[derive(Debug, Clone, Copy)]
pub struct EventDescription {
    /// The type's name.
    pub event_type: &'static str,
    /// The present version of the payload's shape.
    pub version: u16,
    /// When it happens, in one sentence.
    pub summary: &'static str,
    /// What kind of thing it is about: the part of the subject before the slash.
    pub subject: &'static str,
    /// The schema of the members `type`, `schemaVersion`, `data` and `metadata`, in the present
    /// version; what it refers to is left with the generator.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
    /// The same members of an example, as indented JSON.
    pub example: fn() -> serde_json::Result<String>,
    /// Earlier versions, from 1.
    pub earlier: &'static [Earlier],
    /// Reads such members of any version and writes them in the present one.
    #[cfg(test)]
    pub(super) rewrite: fn(&str) -> Result<String, Box<dyn std::error::Error>>,
}

/// An earlier version of a type, as it was kept when it was the present one.
#[derive(Debug, Clone, Copy)]
pub struct Earlier {
    /// Which version.
    pub version: u16,
    /// Its schema document.
    pub schema: &'static str,
    /// Its example.
    pub example: &'static str,
}

impl EventDescription {
    /// The schema document (JSON Schema 2020-12) of a version; nothing for a version that there
    /// never was.
    pub fn schema_document(&self, version: u16) -> Option<serde_json::Result<Value>> {
        if version != self.version {
            return Some(serde_json::from_str(self.earlier(version)?.schema));
        }
        let mut generator = SchemaGenerator::default();
        let mut schema = (self.schema)(&mut generator);
        schema.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
        schema.insert("title".to_owned(), self.event_type.into());
        schema.insert("$defs".to_owned(), generator.take_definitions(true).into());
        Some(Ok(schema.to_value()))
    }

    /// The example of a version: an event's `type`, `schemaVersion`, `data` and `metadata`.
    pub fn example_of(&self, version: u16) -> Option<serde_json::Result<Box<RawValue>>> {
        let text = if version == self.version {
            (self.example)()
        } else {
            Ok(self.earlier(version)?.example.trim_end().to_owned())
        };
        Some(text.and_then(RawValue::from_string))
    }

    fn earlier(&self, version: u16) -> Option<&Earlier> {
        self.earlier.iter().find(|earlier| earlier.version == version)
    }
}

/// The part of an event that its type decides, as the envelope has it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Part<D, M> {
    #[serde(rename = "type")]
    event_type: &'static str,
    schema_version: u16,
    data: D,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<M>,
}

pub(super) fn schema<P: Payload>(generator: &mut SchemaGenerator) -> Schema {
    let mut properties = json!({
        "type": { "const": P::TYPE },
        "schemaVersion": { "const": P::VERSION },
        "data": generator.subschema_for::<P>(),
    });
    if P::example_metadata().is_some() {
        properties["metadata"] = generator.subschema_for::<P::Metadata>().to_value();
    }
    json_schema!({
        "description": P::SUMMARY,
        "type": "object",
        "properties": properties,
        "required": ["type", "schemaVersion", "data"]
    })
}

pub(super) fn write<P: Payload>(
    data: &P,
    metadata: Option<&P::Metadata>,
) -> serde_json::Result<String> {
    let part = Part { event_type: P::TYPE, schema_version: P::VERSION, data, metadata };
    serde_json::to_string_pretty(&part)
}

/// Whether the steps start from 1, 2, … and the last one leads to `version`.
pub(super) const fn leads_to(steps: &[u16], version: u16) -> bool {
    let mut at: u16 = 1;
    let mut index = 0;
    while index < steps.len() {
        if steps[index] != at {
            return false;
        }
        at += 1;
        index += 1;
    }
    at == version
}

/// Declares types of events: a payload struct with its name, version and summary, the kind of
/// subject, the metadata if there is any, and for each earlier version the step to the next.
///
/// ```text
/// TeaMade = "TEA_MADE", 2, "Tea was made.", on "pot", with Warmth, from 1 by name_the_leaf;
/// ```
///
/// What an earlier version looked like (`folder`/`TYPE.v1.json` and `….schema.json`) is compiled
/// in, so a version without its golden files does not build either.
macro_rules! catalogue {
    (@metadata) => { $crate::event::NoFigures };
    (@metadata $metadata:ty) => { $metadata };
    (@example) => { None };
    (@example $metadata:ty) => { Some(<$metadata as $crate::event::Example>::example()) };
    (@kept $folder:literal, $event_type:literal, $version:literal, $ending:literal) => {
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"), "/src/event/", $folder, "/", $event_type, ".v", $version, $ending
        ))
    };
    (
        $(#[$meta:meta])* $vis:vis static $name:ident in $folder:literal;
        $($payload:ident = $event_type:literal, $version:literal, $summary:literal, on $subject:literal
            $(, with $metadata:ty)? $(, from $from:literal by $upcast:path)*;)*
    ) => {
        $(impl $crate::event::Payload for $payload {
            type Metadata = catalogue!(@metadata $($metadata)?);
            const TYPE: &'static str = $event_type;
            const VERSION: u16 = $version;
            const SUMMARY: &'static str = $summary;
            const UPCASTS: &'static [$crate::event::Upcast] = &[$($upcast),*];

            fn example_metadata() -> Option<Self::Metadata> {
                catalogue!(@example $($metadata)?)
            }
        }

        const _: () = assert!(
            $crate::event::payload::leads_to(&[$($from),*], $version),
            concat!("every version of ", $event_type, " before the present one needs a step up"),
        );)*

        $(#[$meta])*
        $vis static $name: &[$crate::event::EventDescription] =
            &[$($crate::event::EventDescription {
                event_type: $event_type,
                version: $version,
                summary: $summary,
                subject: $subject,
                schema: $crate::event::payload::schema::<$payload>,
                example: || {
                    let data = <$payload as $crate::event::Example>::example();
                    let metadata = <$payload as $crate::event::Payload>::example_metadata();
                    $crate::event::payload::write(&data, metadata.as_ref())
                },
                earlier: &[$($crate::event::Earlier {
                    version: $from,
                    schema: catalogue!(@kept $folder, $event_type, $from, ".schema.json"),
                    example: catalogue!(@kept $folder, $event_type, $from, ".json"),
                }),*],
                #[cfg(test)]
                rewrite: $crate::event::tests::rewrite::<$payload>,
            }),*];
    };
}
