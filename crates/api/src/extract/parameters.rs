//! Query parameters that many routes share.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// The most entries in one answer.
const MOST: u32 = 200;
/// The last page that may be asked for; deeper reading goes by `after`.
const LAST_PAGE: u64 = 1_000_000;

/// How many entries an answer holds: 1–200, 50 unless stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limit(pub(crate) u32);

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            limit @ 1..=MOST => Ok(Self(limit)),
            _ => Err(D::Error::custom(format!("a limit lies between 1 and {MOST}"))),
        }
    }
}

impl JsonSchema for Limit {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Limit".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": MOST, "default": 50 })
    }
}

/// Which page, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page(pub(crate) u64);

impl Default for Page {
    fn default() -> Self {
        Self(1)
    }
}

impl Page {
    /// How many entries come before the page.
    pub(crate) fn offset(self, limit: Limit) -> u64 {
        (self.0 - 1) * u64::from(limit.0)
    }
}

impl<'de> Deserialize<'de> for Page {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u64::deserialize(deserializer)? {
            page @ 1..=LAST_PAGE => Ok(Self(page)),
            _ => Err(D::Error::custom(format!("a page lies between 1 and {LAST_PAGE}"))),
        }
    }
}

impl JsonSchema for Page {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Page".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": LAST_PAGE, "default": 1 })
    }
}
