//! The hash chain: `hash = SHA-256(previous hash ‖ event)` in position order.
//!
//! Each event's hash covers all before it, so that a flipped bit, a removed, inserted or exchanged
//! event is found by recomputing. Whoever can rewrite the whole file can also rewrite its tail; against
//! that an operator keeps [`Checkpoint`]s elsewhere.
//!
//! The event is hashed in a form of its own, not as JSON: every member in fixed order, each preceded by
//! its length as 8 bytes big-endian (absent members as the length 2^64 − 1), integers as 8 bytes
//! big-endian, ids as their 16 bytes, instants as microseconds since 1970, payloads byte for byte as
//! they are stored.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{Envelope, Position};

/// What the first event is chained to.
pub const GENESIS: [u8; 32] = [0; 32];

/// A position with the hash that stands there, to be kept elsewhere. Written `position:hex`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The position; 0 before the first event.
    pub position: Position,
    /// The hash of the event there.
    pub hash: [u8; 32],
}

impl Checkpoint {
    /// Before the first event.
    pub const GENESIS: Self = Self { position: 0, hash: GENESIS };
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.position)?;
        self.hash.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A text that is no checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a checkpoint reads position:hash with 64 hexadecimal digits, as `checkpoint` printed it")]
pub struct NotACheckpoint;

impl FromStr for Checkpoint {
    type Err = NotACheckpoint;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (position, digits) = text.trim().split_once(':').ok_or(NotACheckpoint)?;
        let position = position.parse().map_err(|_| NotACheckpoint)?;
        if digits.len() != 64 || !digits.is_ascii() {
            return Err(NotACheckpoint);
        }
        let mut hash = [0; 32];
        for (byte, at) in hash.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| NotACheckpoint)?;
        }
        Ok(Self { position, hash })
    }
}

/// The hash of an event that follows one with the hash `previous`.
pub fn link(previous: &[u8; 32], event: &Envelope) -> [u8; 32] {
    let mut form = Form(Sha256::new_with_prefix(previous));
    form.integer(event.position);
    form.id(Some(event.id));
    form.text(Some(&event.event_type));
    form.text(Some(&event.source));
    form.text(Some(event.subject.kind()));
    form.id(Some(event.subject.id()));
    form.integer(event.version);
    form.integer(u64::from(event.schema_version));
    form.id(event.organization_id);
    form.id(event.user_id);
    form.id(event.correlation_id);
    form.id(event.causation_id);
    form.bytes(Some(&event.timestamp.as_microsecond().to_be_bytes()));
    form.text(Some(event.data.get()));
    form.text(event.metadata.as_deref().map(serde_json::value::RawValue::get));
    form.text(event.traceparent.as_deref());
    form.0.finalize().into()
}

struct Form(Sha256);

impl Form {
    fn bytes(&mut self, bytes: Option<&[u8]>) {
        let length = bytes.map_or(u64::MAX, |bytes| bytes.len() as u64);
        self.0.update(length.to_be_bytes());
        self.0.update(bytes.unwrap_or_default());
    }

    fn text(&mut self, text: Option<&str>) {
        self.bytes(text.map(str::as_bytes));
    }

    fn id(&mut self, id: Option<Uuid>) {
        self.bytes(id.as_ref().map(|id| id.as_bytes().as_slice()));
    }

    fn integer(&mut self, number: u64) {
        self.bytes(Some(&number.to_be_bytes()));
    }
}
