//! Events: facts in the past tense, each a struct with a type name and a version.
//!
//! A decision answers with [`Fact`]s; the use case gives each an id, a subject and a context and
//! hands it to the log. The payload structs are the contract with every reader of the log, so a
//! change that an old reader would not understand needs a new version (see CONTRIBUTING).

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::{RawValue, to_raw_value};

mod bookings;
mod catalogue;
mod people;
mod places;

pub use bookings::*;
pub use catalogue::{CATALOGUE, EventDescription};
pub use people::*;
pub use places::*;

/// The payload of an event type.
pub trait Payload: Serialize + DeserializeOwned + JsonSchema {
    /// The type's name, e.g. `BOOKING_CREATED`.
    const TYPE: &'static str;
    /// The version of the payload's shape, from 1.
    const VERSION: u16;
}

/// What happened, without where in the log and on whose behalf.
#[derive(Debug, Clone)]
pub struct Fact {
    /// The type's name.
    pub event_type: &'static str,
    /// The version of the payload's shape.
    pub schema_version: u16,
    /// The payload, a JSON object.
    pub data: Box<RawValue>,
    /// Figures about the event that are not part of the state, a JSON object.
    pub metadata: Option<Box<RawValue>>,
}

/// A payload that JSON cannot carry. It takes a map with keys that are no strings to get here.
#[derive(Debug, thiserror::Error)]
#[error("the payload of {event_type} cannot be written as JSON")]
pub struct Unwritable {
    event_type: &'static str,
    #[source]
    source: serde_json::Error,
}

impl Fact {
    /// The fact that `payload` tells.
    pub fn new<P: Payload>(payload: &P) -> Result<Self, Unwritable> {
        Ok(Self {
            event_type: P::TYPE,
            schema_version: P::VERSION,
            data: raw::<P>(payload)?,
            metadata: None,
        })
    }

    /// The same fact with figures about it.
    pub fn with_metadata<P: Payload>(
        payload: &P,
        metadata: &impl Serialize,
    ) -> Result<Self, Unwritable> {
        Ok(Self { metadata: Some(raw::<P>(metadata)?), ..Self::new(payload)? })
    }
}

fn raw<P: Payload>(value: &impl Serialize) -> Result<Box<RawValue>, Unwritable> {
    to_raw_value(value).map_err(|source| Unwritable { event_type: P::TYPE, source })
}
