//! What the ledger in memory holds, and how a commit changes it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use jiff::Timestamp;

use super::{Applied, Call, Fault, MemoryCommit, Refusal, Row, RowState};
use crate::{
    Checkpoint, Envelope, NewEvent, Parked, ParkedState, Position, Subject, Timer, TimerChange,
    chain::link,
};

pub(super) type Hook = Box<dyn FnMut(Call) -> Fault + Send>;
pub(super) type Refuse = Box<dyn FnMut(&Envelope, &MemoryCommit) -> Option<String> + Send>;

/// The longest key of a timer, in bytes.
const KEY_MAX: usize = 256;

/// What is kept of a subscription.
#[derive(Clone, Default)]
pub(super) struct Entry {
    pub(super) cursor: Position,
    pub(super) rows: BTreeMap<Position, Row>,
    pub(super) paused_since: Option<Timestamp>,
    pub(super) generation: u64,
    /// The token of whoever took it last; nothing else is settled.
    pub(super) token: u64,
}

pub(super) struct State {
    pub(super) log: Vec<(Arc<Envelope>, [u8; 32])>,
    pub(super) anchor: Checkpoint,
    pub(super) tip: Checkpoint,
    pub(super) versions: HashMap<Subject, u64>,
    pub(super) retained: HashMap<Subject, u64>,
    pub(super) subscriptions: BTreeMap<String, Entry>,
    pub(super) timers: HashMap<String, Timer>,
    pub(super) applied: Vec<Applied>,
    /// Whether an order, or a timer, was committed that nobody was woken for.
    pub(super) ordered: bool,
    pub(super) timed: bool,
    pub(super) hook: Option<Hook>,
    pub(super) refusal: Option<Refuse>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            log: Vec::new(),
            anchor: Checkpoint::GENESIS,
            tip: Checkpoint::GENESIS,
            versions: HashMap::new(),
            retained: HashMap::new(),
            subscriptions: BTreeMap::new(),
            timers: HashMap::new(),
            applied: Vec::new(),
            ordered: false,
            timed: false,
            hook: None,
            refusal: None,
        }
    }
}

impl State {
    pub(super) fn head(&self) -> Position {
        self.tip.position
    }

    pub(super) fn append(&mut self, events: Vec<NewEvent>) {
        for event in events {
            let version = self.versions.entry(event.subject.clone()).or_default();
            *version += 1;
            let event = event.into_envelope(self.tip.position + 1, *version);
            self.tip = Checkpoint { position: event.position, hash: link(&self.tip.hash, &event) };
            self.log.push((Arc::new(event), self.tip.hash));
        }
    }

    pub(super) fn forget(&mut self, position: Position) {
        self.log.retain(|(event, _)| event.position != position);
    }

    pub(super) fn at(&self, position: Position) -> Option<Arc<Envelope>> {
        let index = self.log.binary_search_by_key(&position, |(event, _)| event.position).ok()?;
        self.log.get(index).map(|(event, _)| Arc::clone(event))
    }

    pub(super) fn after(
        &self,
        position: Position,
        limit: usize,
    ) -> impl Iterator<Item = &(Arc<Envelope>, [u8; 32])> {
        let first = self.log.partition_point(|(event, _)| event.position <= position);
        self.log.iter().skip(first).take(limit)
    }

    /// A commit, whole or not at all.
    pub(super) fn change(&mut self, commit: MemoryCommit) -> Result<(), Refusal> {
        let refuse = |error: String| Err(Refusal(error));
        if let Some((subject, version)) = &commit.expected
            && self.versions.get(subject).copied().unwrap_or_default() != *version
        {
            return refuse(format!("{subject} is not at version {version}"));
        }
        let set = commit.timers.iter().filter_map(|change| match change {
            TimerChange::Set(timer) => Some(&**timer),
            TimerChange::Cancel { .. } => None,
        });
        if set.clone().any(|timer| timer.key.is_empty() || timer.key.len() > KEY_MAX) {
            return refuse(format!("the key of a timer has 1 to {KEY_MAX} bytes"));
        }
        for event in commit.events.iter().chain(set.map(|timer| &timer.event)) {
            event.check().map_err(|error| Refusal(error.to_string()))?;
        }
        let undo = (!commit.orders.is_empty()).then(|| self.subscriptions.clone());
        for order in commit.orders {
            if let Err(error) = self.obey(order) {
                self.subscriptions = undo.unwrap_or_default();
                return Err(error);
            }
            self.ordered = true;
        }
        for change in commit.timers {
            match change {
                TimerChange::Set(timer) => {
                    self.timers.insert(timer.key.clone(), *timer);
                    self.timed = true;
                }
                TimerChange::Cancel { key } => drop(self.timers.remove(&key)),
            }
        }
        self.append(commit.events);
        Ok(())
    }

    pub(super) fn next_timer(&self) -> Option<Timestamp> {
        self.timers.values().map(|timer| timer.due).min()
    }

    pub(super) fn fire(&mut self, now: Timestamp, limit: usize) -> usize {
        let mut due: Vec<_> =
            self.timers.values().filter(|timer| timer.due <= now).cloned().collect();
        due.sort_by(|a, b| (a.due, &a.key).cmp(&(b.due, &b.key)));
        due.truncate(limit);
        for timer in &due {
            self.timers.remove(&timer.key);
        }
        let count = due.len();
        let fired = |timer: Timer| NewEvent { timestamp: now, ..timer.event };
        self.append(due.into_iter().map(fired).collect());
        count
    }

    /// What is owed to a subscription, in position order.
    pub(super) fn owed(&self, name: &str) -> impl Iterator<Item = Parked> {
        self.subscriptions.get(name).into_iter().flat_map(|entry| entry.rows.values()).filter_map(
            |row| {
                let Row { position, key, attempts, due, .. } = row.clone();
                Some(Parked { position, key, state: parked(row.state)?, attempts, due })
            },
        )
    }
}

/// The state of a row that is owed.
pub(super) fn parked(state: RowState) -> Option<ParkedState> {
    match state {
        RowState::Waiting => Some(ParkedState::Waiting),
        RowState::Retrying => Some(ParkedState::Retrying),
        RowState::Dead => Some(ParkedState::Dead),
        RowState::Done | RowState::Skipped => None,
    }
}
