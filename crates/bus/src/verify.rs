//! Is the log what was written, and is every subscription's progress true to it?
//!
//! The [`Verifier`] is pure: it is fed the events with the hashes stored beside them, in order, and names the first that
//! does not fit. It finds a flipped bit, a missing, inserted or exchanged event, and a version out of line. Whoever can
//! rewrite the whole database can also cut off the tail or recompute its hashes, which looks right from the inside; a
//! [`Checkpoint`] kept elsewhere ([`Verifier::against`]) finds that too.
//!
//! [`verify`](verify()) drives it over the pages of a [`Desk`](crate::Desk), and looks at the [coverage](coverage()) of every
//! subscription besides. It may run beside a working dispatcher.
//!
//! What it cannot find in a subscription: a cursor that was moved within the log (back is a replay, forward passes events
//! over), and rows changed together with the count of them.
//!
//! Guarantee: of the log up to the checkpoint nothing can differ from what stood there when the checkpoint was made
//! without a [`Fault`], as long as SHA-256 holds.

mod coverage;
mod drive;
mod fault;

use std::collections::HashMap;

use crate::{Checkpoint, Envelope, Position, Subject, chain::link};

pub use self::{
    coverage::{coverage, tallied},
    drive::{Report, VerifyError, verify},
    fault::Fault,
};

/// Reads a log and remembers what it must look like next.
#[derive(Debug)]
pub struct Verifier {
    anchor: Checkpoint,
    last: Checkpoint,
    against: Option<Checkpoint>,
    versions: HashMap<Subject, u64>,
}

impl Verifier {
    /// Begins after the anchor, where the log begins: [`Checkpoint::GENESIS`] unless retention removed something.
    pub fn new(anchor: Checkpoint) -> Self {
        Self { anchor, last: anchor, against: None, versions: HashMap::new() }
    }

    /// Compares with what was kept elsewhere. A checkpoint before the anchor says nothing about what is left.
    pub fn against(mut self, checkpoint: Checkpoint) -> Result<Self, Fault> {
        if checkpoint.position == self.anchor.position && checkpoint.hash != self.anchor.hash {
            return Err(Fault::Rewritten { position: checkpoint.position });
        }
        self.against = Some(checkpoint);
        Ok(self)
    }

    /// How far it has read.
    pub const fn last(&self) -> Checkpoint {
        self.last
    }

    /// Whether it must be told first which version of this subject [`retained`](Self::retained) removed last.
    pub fn asks_for(&self, subject: &Subject) -> bool {
        self.anchor.position > 0 && !self.versions.contains_key(subject)
    }

    /// Tells the newest version of a subject that retention removed; 0 when it removed none.
    pub fn retained(&mut self, subject: Subject, version: u64) {
        self.versions.entry(subject).or_insert(version);
    }

    /// Reads the next event and the hash stored beside it. After a fault it is of no further use.
    pub fn feed(&mut self, event: &Envelope, stored: [u8; 32]) -> Result<(), Fault> {
        let (position, expected) = (event.position, self.last.position + 1);
        if position > expected {
            return Err(Fault::Gap { position: expected, found: position });
        }
        if position < expected {
            return Err(Fault::Order { position: expected, found: position });
        }
        if link(&self.last.hash, event) != stored {
            return Err(Fault::Hash { position });
        }
        let version = self.versions.entry(event.subject.clone()).or_default();
        *version += 1;
        if event.version != *version {
            let subject = event.subject.clone();
            let (expected, found) = (*version, event.version);
            return Err(Fault::VersionGap { position, subject, expected, found });
        }
        self.last = Checkpoint { position, hash: stored };
        match self.against {
            Some(kept) if kept.position == position && kept.hash != stored => {
                Err(Fault::Rewritten { position })
            }
            _ => Ok(()),
        }
    }

    /// Says that the log ends here, and that its newest position is said to be `head`.
    pub fn finish(self, head: Position) -> Result<Summary, Fault> {
        let end = head.max(self.against.map_or(0, |kept| kept.position));
        if self.last.position < end {
            return Err(Fault::Truncated { position: self.last.position + 1, expected: end });
        }
        let compared = self.against.is_some_and(|kept| kept.position >= self.anchor.position);
        Ok(Summary { last: self.last, subjects: self.versions.len(), compared })
    }
}

/// What a verifier saw of a log that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The end of the log: a checkpoint to keep.
    pub last: Checkpoint,
    /// Subjects with events.
    pub subjects: usize,
    /// Whether it was compared with a checkpoint. One before the anchor cannot be.
    pub compared: bool,
}

#[cfg(test)]
mod tests;
