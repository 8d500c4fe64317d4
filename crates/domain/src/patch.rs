//! Fields of a partial change: absent, cleared or set.
//!
//! A PATCH body follows JSON Merge Patch (RFC 7396) for its fields: what is absent stays as it is,
//! `null` clears an optional field, anything else replaces it.

use serde::{Deserialize, Deserializer};

/// Reads `null` as "clear" and a value as "set"; absence stays `None` by `#[serde(default)]`.
pub fn clearable<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}
