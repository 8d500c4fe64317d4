//! What operators say, on the ledger in memory.

use std::mem::swap;

use jiff::Timestamp;

use super::{
    Refusal, Row, RowState,
    state::{Entry, State, parked},
};
use crate::{Checkpoint, LetterFilter, Order, ParkedState, Position};

impl State {
    /// Does what an operator says. An error leaves things half done: whoever calls it undoes them.
    pub(super) fn obey(&mut self, order: Order) -> Result<(), Refusal> {
        match order {
            // The time of day is nobody's to ask here; a test only looks whether there is one.
            Order::Pause { subscription } => {
                self.entry(&subscription)?.paused_since.get_or_insert(Timestamp::UNIX_EPOCH);
            }
            Order::Resume { subscription } => self.entry(&subscription)?.paused_since = None,
            Order::Replay { subscription, after } => {
                let (anchor, head) = (self.anchor.position, self.head());
                if !(anchor..=head).contains(&after) {
                    return refuse(format!("position {after} is not within {anchor} and {head}"));
                }
                let entry = self.entry(&subscription)?;
                // Further on is what it has not come to; nothing may be passed over.
                entry.cursor = entry.cursor.min(after);
                entry.rows.retain(|position, _| *position <= after);
                entry.generation += 1;
            }
            Order::Swap { subscription, with } => self.swap(&subscription, &with)?,
            Order::Forget { subscription } => {
                if self.entry(&subscription)?.paused_since.is_none() {
                    return refuse("only a paused subscription can be forgotten".to_owned());
                }
                self.subscriptions.remove(&subscription);
            }
            Order::Redrive(filter) => self.each_letter(&filter, |row| {
                (row.state, row.attempts, row.due) = (RowState::Waiting, 0, None);
            })?,
            Order::Discard { letters, reason } => self.each_letter(&letters, |row| {
                (row.state, row.error) = (RowState::Skipped, Some(reason.clone()));
            })?,
            Order::Retain { through } => self.retain(through)?,
        }
        Ok(())
    }

    fn entry(&mut self, name: &str) -> Result<&mut Entry, Refusal> {
        let unknown = || Refusal(format!("there is no subscription {name:?}"));
        self.subscriptions.get_mut(name).ok_or_else(unknown)
    }

    fn swap(&mut self, one: &str, other: &str) -> Result<(), Refusal> {
        if one == other {
            return refuse("a subscription cannot be swapped with itself".to_owned());
        }
        if self.entry(one)?.paused_since.is_none() || self.entry(other)?.paused_since.is_none() {
            return refuse("only paused subscriptions can be swapped".to_owned());
        }
        let mut taken = std::mem::take(self.entry(one)?);
        let there = self.entry(other)?;
        swap(&mut taken.cursor, &mut there.cursor);
        swap(&mut taken.rows, &mut there.rows);
        there.generation += 1;
        taken.generation += 1;
        *self.entry(one)? = taken;
        Ok(())
    }

    fn each_letter(
        &mut self,
        filter: &LetterFilter,
        change: impl Fn(&mut Row),
    ) -> Result<(), Refusal> {
        filter.subscription.as_ref().map_or(Ok(()), |name| self.entry(name).map(drop))?;
        for (name, entry) in &mut self.subscriptions {
            let letters = entry.rows.values_mut().filter(|row| is_letter(filter, name, row));
            let count = letters.map(&change).count();
            entry.generation += u64::from(count > 0);
        }
        Ok(())
    }

    fn retain(&mut self, through: Position) -> Result<(), Refusal> {
        if through > self.head() {
            return refuse(format!("the log ends at {}", self.head()));
        }
        for (name, entry) in &self.subscriptions {
            let owed = entry.rows.values().find(|row| parked(row.state).is_some());
            if entry.cursor < through || owed.is_some_and(|row| row.position <= through) {
                return refuse(format!("{name:?} has not handled all events up to {through}"));
            }
        }
        for entry in self.subscriptions.values_mut() {
            entry.rows.retain(|position, _| *position > through);
        }
        let kept = self.log.partition_point(|(event, _)| event.position <= through);
        for (event, hash) in self.log.drain(..kept) {
            self.retained.insert(event.subject.clone(), event.version);
            self.anchor = Checkpoint { position: event.position, hash };
        }
        Ok(())
    }
}

/// Whether a row is a dead letter that meets the filter.
pub(super) fn is_letter(filter: &LetterFilter, name: &str, row: &Row) -> bool {
    let error = row.error.as_deref().unwrap_or_default();
    parked(row.state) == Some(ParkedState::Dead)
        && filter.subscription.as_deref().is_none_or(|wanted| wanted == name)
        && filter.position.is_none_or(|wanted| wanted == row.position)
        && filter.error.as_deref().is_none_or(|text| error.contains(text))
}

fn refuse<T>(error: String) -> Result<T, Refusal> {
    Err(Refusal(error))
}
