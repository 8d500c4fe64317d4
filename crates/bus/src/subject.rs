//! What an event is about.

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

/// The entity that an event is about, written `kind/uuid`: `booking/0190f3c2-…`.
///
/// Events of one subject carry the versions 1, 2, … without a gap, and a subscription handles them in that order.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject {
    kind: Cow<'static, str>,
    id: Uuid,
}

/// Why a text is not a [`Subject`].
#[derive(Debug, thiserror::Error)]
pub enum SubjectError {
    /// There is no slash, or nothing usable before it.
    #[error("a subject is written kind/uuid with a kind of a-z, 0-9, - and _, not {0:?}")]
    Shape(String),
    /// What follows the slash is not a UUID.
    #[error("the id of subject {text:?} is not a UUID")]
    Id {
        /// The whole text.
        text: String,
        /// What the UUID parser said.
        #[source]
        source: uuid::Error,
    },
}

impl Subject {
    /// The subject of this kind (`"booking"`: a-z, 0-9, `-` and `_`) and id.
    pub const fn new(kind: &'static str, id: Uuid) -> Self {
        Self { kind: Cow::Borrowed(kind), id }
    }

    /// The kind of entity, such as `booking`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The entity's id.
    pub const fn id(&self) -> Uuid {
        self.id
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.id)
    }
}

impl FromStr for Subject {
    type Err = SubjectError;

    fn from_str(text: &str) -> Result<Self, SubjectError> {
        let allowed = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '-' | '_');
        let (kind, id) = text
            .split_once('/')
            .filter(|(kind, _)| !kind.is_empty() && kind.chars().all(allowed))
            .ok_or_else(|| SubjectError::Shape(text.to_owned()))?;
        let id = Uuid::parse_str(id)
            .map_err(|source| SubjectError::Id { text: text.to_owned(), source })?;
        Ok(Self { kind: Cow::Owned(kind.to_owned()), id })
    }
}

impl Serialize for Subject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Subject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_reads_back_what_it_writes() {
        let subject = Subject::new("booking", Uuid::from_u128(7));
        assert_eq!(subject.to_string(), "booking/00000000-0000-0000-0000-000000000007");
        assert_eq!(subject.to_string().parse::<Subject>().unwrap(), subject);
        let json = serde_json::to_string(&subject).unwrap();
        assert_eq!(serde_json::from_str::<Subject>(&json).unwrap(), subject);
    }

    #[test]
    fn a_text_without_kind_or_uuid_is_no_subject() {
        for text in [
            "",
            "booking",
            "/00000000-0000-0000-0000-000000000007",
            "Bo oking/x",
            "booking/",
            "booking/7",
        ] {
            assert!(text.parse::<Subject>().is_err(), "{text:?}");
        }
    }
}
