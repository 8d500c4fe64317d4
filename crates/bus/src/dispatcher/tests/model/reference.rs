//! What must come of a history.
//!
//! It is simple because orders are atomic: whatever the dispatcher is doing at that moment, what the ledger holds then
//! says what is still to come. Events are done in the order of their keys, once after each replay of them, but for the
//! dead ones and, where those block, what is behind them.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    super::support::{World, label},
    FOR_EVER,
};
use crate::{
    OnDead, Timer,
    testing::{Applied, RowState},
};

#[derive(Default)]
pub(super) struct Reference {
    /// Of events that were replayed, the commits made before.
    before: HashMap<Uuid, usize>,
    /// How many commits had been made when an operator intervened.
    interventions: Vec<usize>,
    /// Positions given up.
    skipped: HashSet<u64>,
    /// Timers that must fire, by the ids of their events, with their due times.
    timers: HashMap<Uuid, Timestamp>,
    /// Timers by their keys, as set last.
    keys: HashMap<String, Uuid>,
}

impl Reference {
    pub(super) fn intervened(&mut self, world: &World) {
        self.interventions.push(world.ledger.applied().len());
    }

    pub(super) fn replayed(&mut self, world: &World, after: u64) {
        self.intervened(world);
        let applied = world.ledger.applied();
        for event in world.ledger.log().iter().filter(|event| event.position > after) {
            self.before.insert(event.id, count(&applied, event.id));
        }
        self.skipped.retain(|position| *position <= after);
    }

    pub(super) fn discarded(&mut self, world: &World) {
        self.intervened(world);
        let dead = world.rows_in("tea", RowState::Dead);
        self.skipped.extend(dead.iter().map(|row| row.position));
    }

    pub(super) fn set(&mut self, world: &World, timer: &Timer) {
        self.cancelled(world, &timer.key);
        self.timers.insert(timer.event.id, timer.due);
        self.keys.insert(timer.key.clone(), timer.event.id);
    }

    /// A timer that has not fired will not.
    pub(super) fn cancelled(&mut self, world: &World, key: &str) {
        if world.ledger.timers().iter().any(|(pending, _)| pending == key) {
            let id = self.keys.remove(key).unwrap();
            self.timers.remove(&id).unwrap();
        }
    }

    pub(super) fn compare(&self, world: &World, on_dead: OnDead, fails: &HashMap<u64, u32>) {
        let (log, applied) = (world.ledger.log(), world.ledger.applied());
        let (mut blocked, mut dead, mut waiting) = (HashSet::new(), Vec::new(), Vec::new());
        for event in &log {
            let before = self.before.get(&event.id).copied().unwrap_or_default();
            let mut wanted = before;
            if self.skipped.contains(&event.position) {
            } else if blocked.contains(&event.subject) {
                waiting.push(event.position);
            } else if fails.get(&event.position) == Some(&FOR_EVER) {
                dead.push(event.position);
                if on_dead == OnDead::Block {
                    blocked.insert(event.subject.clone());
                }
            } else if !event.position.is_multiple_of(4) {
                wanted += 1;
            }
            assert_eq!(count(&applied, event.id), wanted, "position {}", event.position);
        }
        let positions =
            |state| world.rows_in("tea", state).iter().map(|row| row.position).collect::<Vec<_>>();
        assert_eq!(positions(RowState::Dead), dead);
        assert_eq!(positions(RowState::Waiting), waiting);
        let mut skipped: Vec<_> = self.skipped.iter().copied().collect();
        skipped.sort_unstable();
        assert_eq!(positions(RowState::Skipped), skipped);
        assert_eq!(world.ledger.cursor("tea"), Some(log.len() as u64));
        self.compare_order(world, &applied);
        self.compare_timers(world);
    }

    /// Between two interventions each key only goes forwards.
    fn compare_order(&self, world: &World, applied: &[Applied]) {
        let places: HashMap<_, _> =
            world.ledger.log().iter().map(|event| (event.id, label(event))).collect();
        let mut cuts = self.interventions.clone();
        cuts.push(applied.len());
        let mut start = 0;
        for cut in cuts {
            let mut reached = HashMap::new();
            for one in &applied[start..cut] {
                let (subject, version) = places[&one.event_id].split_once('.').unwrap();
                let version: u64 = version.parse().unwrap();
                let before = reached.insert(subject.to_owned(), version).unwrap_or_default();
                assert!(before < version, "{subject}: {version} came after {before}");
            }
            start = cut;
        }
    }

    fn compare_timers(&self, world: &World) {
        assert_eq!(world.ledger.timers(), []);
        let mut fired = HashSet::new();
        for event in world.ledger.log().iter().filter(|e| &*e.event_type == "REMINDER_DUE") {
            assert!(fired.insert(event.id), "a timer fired twice");
            let due = self.timers.get(&event.id).expect("a cancelled timer fired");
            assert!(event.timestamp >= *due, "a timer fired early");
        }
        assert_eq!(fired.len(), self.timers.len(), "a timer was lost");
    }
}

fn count(applied: &[Applied], event: Uuid) -> usize {
    applied.iter().filter(|applied| applied.event_id == event).count()
}
