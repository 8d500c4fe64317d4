//! The parked lane's index: which keys have deliveries set aside, and which of them may run.
//!
//! The rows themselves are in the ledger. Held here is one head per key and, where it saves a query, a bounded number of
//! its followers. A key is in at most one place: ready, on a timer, running, or blocked by a dead letter.
//!
//! Guarantee: of one key only the head runs, and the heads of a key come in position order.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
};

use jiff::Timestamp;

use crate::{Envelope, Parked, ParkedState, Position};

/// Events kept in memory for deliveries that will run soon; beyond it they are read again when it is their turn.
const CACHE: usize = 4096;

/// A delivery set aside.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) position: Position,
    pub(crate) attempts: u32,
    pub(crate) event: Option<Arc<Envelope>>,
}

/// When the head of a key may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    Now,
    At(Timestamp),
    /// It is a dead letter that blocks its key.
    Never,
}

/// What follows when a key's head is out of the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passed {
    /// The next one is known and ready, or there is none.
    Settled,
    /// The ledger knows: ask it and call [`Lanes::refill`].
    Ask,
}

#[derive(Debug)]
struct Lane {
    head: Item,
    /// Refusals in a row of the head that have not been counted as an attempt.
    conflicts: u32,
    followers: VecDeque<Item>,
    /// The ledger may hold followers that `followers` does not.
    more: bool,
    /// The head runs later or never, so nothing is kept for its followers.
    held: bool,
    /// The head is a dead letter.
    dead: bool,
}

/// A head to be run.
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) key: String,
    pub(crate) item: Item,
    pub(crate) conflicts: u32,
}

#[derive(Debug, Default)]
pub(crate) struct Lanes {
    keys: HashMap<String, Lane>,
    ready: VecDeque<String>,
    timers: BTreeMap<(Timestamp, Position), String>,
    cached: usize,
}

impl Lanes {
    /// The index as the ledger's rows say. Followers of all keys are in the ledger.
    pub(crate) fn load(heads: Vec<Parked>) -> Self {
        let mut lanes = Self::default();
        for parked in heads {
            let key = parked.key.clone();
            lanes.park(key.clone(), Item::from(&parked), Due::from(&parked));
            if let Some(lane) = lanes.keys.get_mut(&key) {
                lane.more = true;
            }
        }
        lanes
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(crate) fn contains(&self, key: &str) -> bool {
        self.keys.contains_key(key)
    }

    /// How many keys could run at once.
    pub(crate) fn ready(&self) -> usize {
        self.ready.len()
    }

    /// When the next timer is due.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.timers.first_key_value().map(|((due, _), _)| *due)
    }

    /// The first delivery that is owed and not blocked by a dead letter.
    pub(crate) fn oldest(&self) -> Option<Position> {
        self.keys.values().filter(|lane| !lane.dead).map(|lane| lane.head.position).min()
    }

    /// Sets a delivery aside: as the head of its key, to run when `due`, or behind those already there.
    pub(crate) fn park(&mut self, key: String, mut item: Item, due: Due) {
        let room = self.cached < CACHE;
        if let Some(lane) = self.keys.get_mut(&key) {
            if lane.more || lane.held || !room {
                lane.more = true;
            } else {
                self.cached += usize::from(item.event.is_some());
                lane.followers.push_back(item);
            }
            return;
        }
        if !room || due != Due::Now {
            item.event = None;
        }
        self.cached += usize::from(item.event.is_some());
        let position = item.position;
        let lane = Lane {
            head: item,
            conflicts: 0,
            followers: VecDeque::new(),
            more: false,
            held: due != Due::Now,
            dead: due == Due::Never,
        };
        self.keys.insert(key.clone(), lane);
        self.schedule(key, position, due);
    }

    /// Makes the timers that are due ready.
    pub(crate) fn wake(&mut self, now: Timestamp) {
        while self.next_due().is_some_and(|due| due <= now) {
            if let Some((_, key)) = self.timers.pop_first() {
                if let Some(lane) = self.keys.get_mut(&key) {
                    lane.held = false;
                }
                self.ready.push_back(key);
            }
        }
    }

    /// The next head to run. It stays its key's head until told otherwise.
    pub(crate) fn start(&mut self) -> Option<Started> {
        while let Some(key) = self.ready.pop_front() {
            let Some(lane) = self.keys.get_mut(&key) else { continue };
            let item = lane.head.clone();
            self.cached -= usize::from(lane.head.event.take().is_some());
            return Some(Started { key, item, conflicts: lane.conflicts });
        }
        None
    }

    /// The head failed: it runs again when `due`, or blocks its key.
    pub(crate) fn hold(&mut self, key: &str, attempts: u32, conflicts: u32, due: Due) {
        let Some(lane) = self.keys.get_mut(key) else { return };
        lane.head.attempts = attempts;
        lane.conflicts = conflicts;
        (lane.held, lane.dead) = (due != Due::Now, due == Due::Never);
        if lane.held && !lane.followers.is_empty() {
            self.cached -= lane.followers.iter().filter(|item| item.event.is_some()).count();
            lane.followers = VecDeque::new();
            lane.more = true;
        }
        let position = lane.head.position;
        self.schedule(key.to_owned(), position, due);
    }

    /// The head is out of the way.
    pub(crate) fn pass(&mut self, key: &str) -> Passed {
        let Some(lane) = self.keys.get_mut(key) else { return Passed::Settled };
        if let Some(next) = lane.followers.pop_front() {
            lane.head = next;
            lane.conflicts = 0;
            self.ready.push_back(key.to_owned());
        } else if lane.more {
            return Passed::Ask;
        } else {
            self.keys.remove(key);
        }
        Passed::Settled
    }

    /// The ledger's answer about the follower of a head that is out of the way.
    pub(crate) fn refill(&mut self, key: &str, next: Option<&Parked>) {
        self.keys.remove(key);
        if let Some(parked) = next {
            self.park(key.to_owned(), Item::from(parked), Due::from(parked));
            if let Some(lane) = self.keys.get_mut(key) {
                lane.more = true;
            }
        }
    }

    fn schedule(&mut self, key: String, position: Position, due: Due) {
        match due {
            Due::Now => self.ready.push_back(key),
            Due::At(time) => drop(self.timers.insert((time, position), key)),
            Due::Never => {}
        }
    }
}

impl From<&Parked> for Item {
    fn from(parked: &Parked) -> Self {
        Self { position: parked.position, attempts: parked.attempts, event: None }
    }
}

impl From<&Parked> for Due {
    fn from(parked: &Parked) -> Self {
        match (parked.state, parked.due) {
            (ParkedState::Dead, _) => Self::Never,
            (_, Some(time)) => Self::At(time),
            (_, None) => Self::Now,
        }
    }
}

#[cfg(test)]
mod tests;
