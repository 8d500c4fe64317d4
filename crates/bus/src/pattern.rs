//! Which types of event a subscription wants.

use std::{fmt, str::FromStr};

/// A set of event types: one type, all types with a prefix, or all.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// Exactly this type: `BOOKING_CREATED`.
    Exact(String),
    /// Every type that starts with this text: `BOOKING_*` holds `BOOKING_`.
    Prefix(String),
    /// Every type, future ones included: `*`.
    Any,
}

/// A text that is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a pattern: write a type (BOOKING_CREATED), a prefix (BOOKING_*) or *")]
pub struct PatternError(pub String);

impl Pattern {
    /// Whether an event of this type is wanted.
    pub fn matches(&self, event_type: &str) -> bool {
        match self {
            Self::Exact(wanted) => event_type == wanted,
            Self::Prefix(prefix) => event_type.starts_with(prefix.as_str()),
            Self::Any => true,
        }
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let word = text.strip_suffix('*').unwrap_or(text);
        let allowed = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_';
        if word.is_empty() || !word.bytes().all(allowed) {
            return Err(PatternError(text.to_owned()));
        }
        Ok(if word.len() == text.len() {
            Self::Exact(word.to_owned())
        } else {
            Self::Prefix(word.to_owned())
        })
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(wanted) => f.write_str(wanted),
            Self::Prefix(prefix) => write!(f, "{prefix}*"),
            Self::Any => f.write_str("*"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Pattern {
        text.parse().unwrap()
    }

    #[test]
    fn an_exact_pattern_takes_its_type_only() {
        assert!(pattern("BOOKING_CREATED").matches("BOOKING_CREATED"));
        assert!(!pattern("BOOKING_CREATED").matches("BOOKING_CREATED_TWICE"));
        assert!(!pattern("BOOKING_CREATED").matches("BOOKING"));
    }

    #[test]
    fn a_prefix_pattern_takes_what_starts_with_it() {
        assert!(pattern("BOOKING_*").matches("BOOKING_UPDATED"));
        assert!(!pattern("BOOKING_*").matches("BOOKINGS"));
    }

    #[test]
    fn the_star_takes_types_nobody_has_heard_of() {
        assert!(pattern("*").matches("ROBOT_UPRISING_SCHEDULED"));
    }

    #[test]
    fn a_pattern_reads_back_what_it_writes() {
        for text in ["BOOKING_CREATED", "BOOKING_*", "*"] {
            assert_eq!(pattern(text).to_string(), text);
        }
    }

    #[test]
    fn a_star_elsewhere_or_a_stray_character_is_no_pattern() {
        for text in ["", "**", "BOOKING_*_DONE", "*_DONE", "booking_*", "BOOKING CREATED"] {
            assert_eq!(text.parse::<Pattern>(), Err(PatternError(text.to_owned())));
        }
    }
}
