//! Texts of the query string that name events.

use std::fmt::Display;
use std::str::FromStr;

use rishi_app::{Pattern, Position, Subject};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

fn parsed<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: FromStr<Err: Display>,
    D: Deserializer<'de>,
{
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

/// The largest position that every JSON reader can hold, far beyond any log.
const LAST: Position = 9_007_199_254_740_991;

/// A place in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place(pub(crate) Position);

impl FromStr for Place {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let position: Position = text.parse().map_err(|_| "a position is a whole number")?;
        if position > LAST { Err("no log has so many events") } else { Ok(Self(position)) }
    }
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let position = Position::deserialize(deserializer)?;
        if position > LAST {
            return Err(D::Error::custom("no log has so many events"));
        }
        Ok(Self(position))
    }
}

impl JsonSchema for Place {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Position".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 0, "maximum": LAST })
    }
}

/// A type of event, or all that begin alike: `BOOKING_CREATED`, `BOOKING_*`, `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TypePattern(pub(super) Pattern);

impl<'de> Deserialize<'de> for TypePattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer).map(Self)
    }
}

impl JsonSchema for TypePattern {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TypePattern".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string", "pattern": r"^([A-Z0-9_]+\*?|\*)$", "examples": ["BOOKING_*"],
        })
    }
}

/// What an event is about: `booking/<id>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct About(pub(super) Subject);

impl<'de> Deserialize<'de> for About {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer).map(Self)
    }
}

impl JsonSchema for About {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Subject".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[a-z0-9_-]+/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
            "examples": ["booking/0190f3c2-7b1a-7c3d-9e4f-5a6b7c8d9e0f"],
        })
    }
}

/// The types as the store takes them; empty for all.
pub(super) fn types(patterns: Vec<TypePattern>) -> Vec<String> {
    if patterns.iter().any(|pattern| pattern.0 == Pattern::Any) {
        return Vec::new();
    }
    patterns.into_iter().map(|pattern| pattern.0.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_among_the_types_means_all() {
        let pattern = |text: &str| TypePattern(text.parse().unwrap());
        let two = vec![pattern("BOOKING_*"), pattern("USER_CREATED")];
        assert_eq!(types(two), ["BOOKING_*", "USER_CREATED"]);
        assert!(types(vec![pattern("BOOKING_*"), pattern("*")]).is_empty());
    }
}
