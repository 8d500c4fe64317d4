//! Reading a stored payload, whatever version it was written in.
//!
//! The log is never rewritten, so a reader meets every shape that a type ever had. [`read`] takes an
//! old payload step by step to the present version. A version that this program does not know is an
//! error and not a guess: it was written by a newer program, whose meaning cannot be known here. Who
//! does not look inside (wildcard subscriptions, the API, exports) passes the text on untouched and
//! needs no version.

use serde_json::Value;
use serde_json::value::RawValue;

use super::{Members, Misshapen, Payload};

/// What is wrong with a payload, without line and column: two events with the same fault are told in
/// the same words, whatever else they hold.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Wrong(String);

impl From<serde_json::Error> for Wrong {
    fn from(error: serde_json::Error) -> Self {
        let text = error.to_string();
        Self(text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what).to_owned())
    }
}

/// Why a stored payload cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It was written by a newer program, or by none: versions start with 1.
    #[error("{event_type} version {found} is unknown here: the newest known version is {newest}")]
    UnknownVersion {
        /// The event's type.
        event_type: &'static str,
        /// The version that it was written in.
        found: u16,
        /// The newest version that this program knows.
        newest: u16,
    },
    /// It is not what its type and version promise.
    #[error("the payload of {event_type} version {found} cannot be read")]
    Unreadable {
        /// The event's type.
        event_type: &'static str,
        /// The version that it was written in.
        found: u16,
        /// What is wrong with it.
        #[source]
        source: Wrong,
    },
    /// A step up found it other than its version promises.
    #[error("the payload of {event_type} version {found} cannot be brought to version {}", .step + 1)]
    Misshapen {
        /// The event's type.
        event_type: &'static str,
        /// The version that it was written in.
        found: u16,
        /// The version that the step started from.
        step: u16,
        /// What is wrong with it.
        #[source]
        source: Misshapen,
    },
}

/// The payload `data`, which was written in `schema_version`, as a present `P`.
pub fn read<P: Payload>(schema_version: u16, data: &RawValue) -> Result<P, ReadError> {
    let unreadable = |error: serde_json::Error| ReadError::Unreadable {
        event_type: P::TYPE,
        found: schema_version,
        source: Wrong::from(error),
    };
    // Nearly always: straight from the text.
    if schema_version == P::VERSION {
        return serde_json::from_str(data.get()).map_err(unreadable);
    }
    if schema_version == 0 || schema_version > P::VERSION {
        let (event_type, newest) = (P::TYPE, P::VERSION);
        return Err(ReadError::UnknownVersion { event_type, found: schema_version, newest });
    }
    let mut members: Members = serde_json::from_str(data.get()).map_err(unreadable)?;
    for (step, upcast) in (1..P::VERSION).zip(P::UPCASTS).skip(usize::from(schema_version) - 1) {
        members = upcast(members).map_err(|source| ReadError::Misshapen {
            event_type: P::TYPE,
            found: schema_version,
            step,
            source,
        })?;
    }
    P::deserialize(Value::Object(members)).map_err(unreadable)
}

#[cfg(test)]
pub(super) mod tests;
