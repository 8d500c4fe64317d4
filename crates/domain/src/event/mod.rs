//! Events: facts in the past tense, each a struct with a type name and a version.
//!
//! A decision answers with [`Fact`]s; the use case gives each an id, a subject and a context and
//! hands it to the log. The payload structs are the contract with every reader of the log, so a
//! change that an old reader would not understand needs a new version (see CONTRIBUTING).
//!
//! Cast: [`Payload`] is what a type of event is, [`CATALOGUE`] lists them, [`read()`] reads what was
//! stored in any of their versions, and the folder `golden` keeps an event of every version for ever.
//!
//! Guarantee: what was once written can be read as long as there is a catalogue: a version whose
//! step up or golden files are missing does not compile.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

#[macro_use]
mod payload;

mod access;
mod assignments;
mod availability;
mod bookings;
mod calendar;
mod catalogue;
mod circuits;
mod denials;
mod example;
mod exports;
mod notifications;
mod people;
mod places;
mod read;
mod series;
mod staff;
mod system;
mod webhooks;
mod workflows;

pub use access::*;
pub use assignments::*;
pub use availability::*;
pub use bookings::*;
pub use calendar::*;
pub use catalogue::CATALOGUE;
pub use circuits::*;
pub use denials::*;
pub use exports::*;
pub use notifications::*;
pub use payload::{
    Earlier, EventDescription, Example, Members, Misshapen, NoFigures, Payload, Upcast,
};
pub use people::*;
pub use places::*;
pub use read::{ReadError, Wrong, read};
pub use series::*;
pub use staff::*;
pub use system::*;
pub use webhooks::*;
pub use workflows::*;

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
        metadata: &P::Metadata,
    ) -> Result<Self, Unwritable> {
        Ok(Self { metadata: Some(raw::<P>(metadata)?), ..Self::new(payload)? })
    }
}

/// Tells of facts from where they were brought about. For types whose figures are [`Whence`].
pub fn told_from(facts: Vec<Fact>, whence: &Whence) -> Result<Vec<Fact>, Unwritable> {
    let told = |fact: Fact| {
        let written = to_raw_value(whence);
        let written = written.map_err(|source| Unwritable { event_type: fact.event_type, source });
        Ok(Fact { metadata: Some(written?), ..fact })
    };
    facts.into_iter().map(told).collect()
}

fn raw<P: Payload>(value: &impl Serialize) -> Result<Box<RawValue>, Unwritable> {
    to_raw_value(value).map_err(|source| Unwritable { event_type: P::TYPE, source })
}

#[cfg(test)]
mod tests;
