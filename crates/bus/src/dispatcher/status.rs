//! What can be seen of a subscription while it works.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::Position;

/// A subscription at this moment, for health reports. Counts are since this dispatcher started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubscriptionStatus {
    /// Its name.
    pub name: String,
    /// Every event up to here is handled, unwanted or set aside. It may be a second ahead of the durable one.
    pub cursor: Position,
    /// The newest committed position known.
    pub head: Position,
    /// Events handled.
    pub handled: u64,
    /// Attempts that failed, conflicts included.
    pub failed: u64,
    /// Keys with events set aside: waiting, retrying or dead.
    pub parked_keys: usize,
    /// Handlers running beside the fast lane.
    pub running: usize,
    /// Whether its task is alive. It ends only with the dispatcher.
    pub alive: bool,
    /// When an event was last handled or failed.
    pub last_activity: Option<Timestamp>,
    /// The last failure, with all its sources.
    pub last_error: Option<String>,
}

impl SubscriptionStatus {
    /// Events between the cursor and the head.
    pub const fn lag(&self) -> u64 {
        self.head.saturating_sub(self.cursor)
    }
}

/// Where a worker writes its status.
#[derive(Clone, Debug, Default)]
pub(crate) struct Board(Arc<Mutex<SubscriptionStatus>>);

impl Board {
    pub(crate) fn named(name: &str) -> Self {
        let status = SubscriptionStatus { name: name.to_owned(), ..SubscriptionStatus::default() };
        Self(Arc::new(Mutex::new(status)))
    }

    pub(crate) fn update(&self, change: impl FnOnce(&mut SubscriptionStatus)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(crate) fn read(&self) -> SubscriptionStatus {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
