//! Events with a due time.
//!
//! A timer is durable, has a key, and is replaced or cancelled by that key in the same transaction as
//! the change that makes it pointless. Firing deletes the timer and appends its event in one
//! transaction, so it fires once, whatever the wall clock does: a clock that jumps ahead fires what is
//! due by then, a clock that jumps back finds the timer gone.

use jiff::Timestamp;

use crate::NewEvent;

/// An event that is to enter the log at a time.
#[derive(Clone, Debug)]
pub struct Timer {
    /// What it is set, replaced and cancelled by, e.g. `reminder/<booking>/24`. At most 256 bytes.
    pub key: String,
    /// When it is due.
    pub due: Timestamp,
    /// What enters the log then, with the time of firing as its timestamp.
    pub event: NewEvent,
}

/// A change to the timers, part of a commit.
#[derive(Clone, Debug)]
pub enum TimerChange {
    /// Sets a timer; one with the same key is replaced.
    Set(Box<Timer>),
    /// Cancels a timer; nothing happens when there is none.
    Cancel {
        /// By its key.
        key: String,
    },
}
