//! Fields of a partial change: absent, cleared or set.
//!
//! A PATCH body follows JSON Merge Patch (RFC 7396) for its fields: what is absent stays as it is,
//! `null` clears an optional field, anything else replaces it. A field that cannot be empty refuses
//! `null` instead of ignoring it.

use serde::{Deserialize, Deserializer};

/// Reads `null` as "clear" and a value as "set"; absence stays `None` by `#[serde(default)]`.
pub fn clearable<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}

/// Reads a value as "set" and refuses `null`; absence stays `None` by `#[serde(default)]`.
pub fn set<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// The names of the fields that a partial change really changed, in camelCase as on the wire.
#[derive(Debug, Default)]
pub struct Changes(Vec<String>);

impl Changes {
    /// Nothing changed yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts `value`, if one is given, into `slot` and remembers `field` when that made a difference.
    pub fn put<T: PartialEq>(&mut self, field: &str, slot: &mut T, value: Option<T>) {
        if let Some(value) = value
            && *slot != value
        {
            *slot = value;
            self.0.push(field.to_owned());
        }
    }

    /// Whether `field` changed.
    pub fn has(&self, field: &str) -> bool {
        self.0.iter().any(|changed| changed == field)
    }

    /// The names, or nothing when nothing changed.
    pub fn names(self) -> Option<Vec<String>> {
        (!self.0.is_empty()).then_some(self.0)
    }
}
