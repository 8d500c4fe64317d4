//! What a field wants, in words, from the schema that the API's description has of it.
//!
//! Readers tell of Rust's types; who sends JSON knows of texts, numbers and lists, of the words that
//! are allowed and of how an instant is written.

use schemars::{JsonSchema, schema_for};
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

const UUID: &str = "a UUID, as in 0190f3c2-7b1a-7c3d-9e4f-5a6b7c8d9e0f";
const INSTANT: &str = "an instant with its offset from UTC, as in 2027-05-03T15:00:00Z";
const DATE: &str = "a date, as in 2027-05-03";
/// A time of day and how the schema tells of it, by a pattern: the format `time` wants an offset.
const CLOCK: (&str, &str) = (r"^\d\d:\d\d", "a time of day, as in 08:00");

/// What a field wants.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// As it follows "must be".
    pub(super) words: String,
    /// Whether it is written in a format that has a name, as an instant is.
    pub(super) is_formatted: bool,
}

/// What the field at `path` of a `T` wants; nothing where any JSON will do.
pub(super) fn wanted<T: JsonSchema>(path: &Path) -> Option<Wanted> {
    let schema = schema_for!(T);
    let root = schema.as_value();
    let mut places = vec![root];
    for segment in path {
        places = match segment {
            Segment::Map { key } => below(root, &places, |place| {
                let named = place.get("properties").and_then(|all| all.get(key));
                named.or_else(|| place.get("additionalProperties"))
            }),
            Segment::Seq { .. } => below(root, &places, |place| place.get("items")),
            Segment::Enum { .. } => places,
            Segment::Unknown => Vec::new(),
        };
    }
    let kinds = below(root, &places, Some);
    let is_formatted = kinds.iter().any(|kind| text(kind, "format").and_then(format).is_some());
    Some(Wanted { words: described(&kinds)?, is_formatted })
}

/// What `part` finds in each of these schemas, references and alternatives followed.
fn below<'s>(
    root: &'s Value,
    places: &[&'s Value],
    part: impl Fn(&'s Value) -> Option<&'s Value>,
) -> Vec<&'s Value> {
    let mut found = Vec::new();
    let mut open: Vec<&Value> = places.iter().copied().rev().collect();
    while let Some(place) = open.pop() {
        if let Some(name) = text(place, "$ref") {
            open.extend(root.pointer(name.trim_start_matches('#')));
        }
        for members in ["oneOf", "anyOf", "allOf"] {
            open.extend(place.get(members).and_then(Value::as_array).into_iter().flatten().rev());
        }
        found.extend(part(place));
    }
    found
}

/// All alternatives in words. The words that are allowed stand together.
fn described(kinds: &[&Value]) -> Option<String> {
    let listed = |kind: &&Value| kind.get("enum").and_then(Value::as_array).cloned();
    let single = |kind: &&Value| kind.get("const").map(|one| vec![one.clone()]);
    let allowed: Vec<String> = kinds
        .iter()
        .filter_map(|kind| single(kind).or_else(|| listed(kind)))
        .flatten()
        .filter(|one| !one.is_null())
        .map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned))
        .collect();
    match allowed.as_slice() {
        [] => kinds.iter().find_map(|kind| one_of(kind)),
        [only] => Some(only.clone()),
        several => Some(format!("one of {}", several.join(", "))),
    }
}

fn one_of(kind: &Value) -> Option<String> {
    let of_type = kind.get("type")?;
    let types = of_type.as_array().map_or(std::slice::from_ref(of_type), Vec::as_slice);
    let name = types.iter().filter_map(Value::as_str).find(|name| *name != "null")?;
    Some(match name {
        "string" => text_of(kind),
        "integer" => format!("a whole number{}", range(kind)),
        "number" => format!("a number{}", range(kind)),
        "boolean" => "true or false".to_owned(),
        "array" => "a list".to_owned(),
        "object" => "an object".to_owned(),
        _ => return None,
    })
}

fn text_of(kind: &Value) -> String {
    if let Some(known) = text(kind, "format").and_then(format) {
        return known.to_owned();
    }
    if text(kind, "pattern") == Some(CLOCK.0) {
        return CLOCK.1.to_owned();
    }
    let example = kind.get("examples").and_then(|all| all.get(0)).and_then(Value::as_str);
    example.map_or_else(|| "a text".to_owned(), |one| format!("a text like {one}"))
}

/// A format in words.
fn format(name: &str) -> Option<&'static str> {
    match name {
        "uuid" => Some(UUID),
        "date-time" => Some(INSTANT),
        "date" => Some(DATE),
        _ => None,
    }
}

/// Between what a number lies. What a type of Rust can hold is told only where nothing narrower is.
fn range(kind: &Value) -> String {
    let most = kind.get("maximum").map(Value::to_string).or_else(|| match text(kind, "format")? {
        "uint8" => Some(u8::MAX.to_string()),
        "uint16" => Some(u16::MAX.to_string()),
        "uint32" => Some(u32::MAX.to_string()),
        _ => None,
    });
    match (kind.get("minimum"), most) {
        (Some(least), Some(most)) => format!(" from {least} to {most}"),
        (Some(least), None) => format!(" of at least {least}"),
        (None, Some(most)) => format!(" of at most {most}"),
        (None, None) => String::new(),
    }
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str)
}

#[cfg(test)]
mod tests;
