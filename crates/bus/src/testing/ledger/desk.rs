//! The ledger in memory as an operator sees it.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    MemoryLedger, Row, RowState,
    orders::is_letter,
    state::{Entry, State, parked},
};
use crate::{
    Checkpoint, DeadLetter, Desk, Envelope, LedgerError, LetterFilter, LetterGroup, Position,
    Standing, desk,
};

#[async_trait]
impl Desk for MemoryLedger {
    async fn standings(&self) -> Result<Vec<Standing>, LedgerError> {
        let state = self.state();
        Ok(state.subscriptions.iter().map(|(name, entry)| state.standing(name, entry)).collect())
    }

    async fn letters(
        &self,
        filter: &LetterFilter,
        limit: u32,
        offset: u64,
    ) -> Result<(Vec<DeadLetter>, u64), LedgerError> {
        let state = self.state();
        let mut letters: Vec<_> = state.letters(filter).collect();
        letters.sort_by_key(|(_, row)| row.position);
        let skip = usize::try_from(offset).unwrap_or(usize::MAX);
        let page = letters.iter().skip(skip).take(limit as usize);
        let page = page.filter_map(|(name, row)| state.letter(name, row)).collect();
        Ok((page, letters.len() as u64))
    }

    async fn letter_groups(&self, filter: &LetterFilter) -> Result<Vec<LetterGroup>, LedgerError> {
        let state = self.state();
        let mut groups: Vec<LetterGroup> = Vec::new();
        for (name, row) in state.letters(filter) {
            let error = row.error.clone().unwrap_or_default();
            match groups.iter_mut().find(|g| g.subscription == *name && g.error == error) {
                Some(group) => {
                    group.count += 1;
                    group.first = group.first.min(row.position);
                    group.last = group.last.max(row.last);
                }
                None => groups.push(LetterGroup {
                    subscription: name.clone(),
                    error,
                    count: 1,
                    first: row.position,
                    last: row.last,
                }),
            }
        }
        groups.sort_by_key(|group| std::cmp::Reverse(group.count));
        Ok(groups)
    }

    async fn letter(
        &self,
        subscription: &str,
        position: Position,
    ) -> Result<Option<DeadLetter>, LedgerError> {
        let state = self.state();
        let row = state.subscriptions.get(subscription).and_then(|e| e.rows.get(&position));
        Ok(row.and_then(|row| state.letter(subscription, row)))
    }

    async fn event_by_id(&self, id: Uuid) -> Result<Option<Arc<Envelope>>, LedgerError> {
        let state = self.state();
        let found = state.log.iter().find(|(event, _)| event.id == id);
        Ok(found.map(|(event, _)| Arc::clone(event)))
    }

    async fn position_at(&self, instant: Timestamp) -> Result<Position, LedgerError> {
        let state = self.state();
        let last = state.log.iter().rfind(|(event, _)| event.timestamp <= instant);
        Ok(last.map_or(0, |(event, _)| event.position))
    }

    async fn anchor(&self) -> Result<Checkpoint, LedgerError> {
        Ok(self.state().anchor)
    }

    async fn chain(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<(Arc<Envelope>, [u8; 32])>, LedgerError> {
        Ok(self.state().after(after, limit).cloned().collect())
    }

    async fn retained_version(&self, kind: &str, id: Uuid) -> Result<u64, LedgerError> {
        let state = self.state();
        let mut retained = state.retained.iter();
        let found = retained.find(|(subject, _)| subject.kind() == kind && subject.id() == id);
        Ok(found.map_or(0, |(_, version)| *version))
    }

    async fn rows(
        &self,
        subscription: &str,
    ) -> Result<Vec<(Position, desk::RowState)>, LedgerError> {
        let state = self.state();
        let rows = state.subscriptions.get(subscription).into_iter().flat_map(|e| e.rows.values());
        Ok(rows.filter_map(|row| Some((row.position, seen(row.state)?))).collect())
    }
}

impl State {
    fn standing(&self, name: &str, entry: &Entry) -> Standing {
        let count = |state| entry.rows.values().filter(|row| row.state == state).count() as u64;
        let owed = entry
            .rows
            .values()
            .find(|row| matches!(row.state, RowState::Waiting | RowState::Retrying));
        let unread = (entry.cursor < self.head()).then_some(entry.cursor + 1);
        let failed = entry
            .rows
            .values()
            .filter(|row| matches!(row.state, RowState::Retrying | RowState::Dead))
            .max_by_key(|row| (row.last, row.position));
        let oldest = owed.map(|row| row.position).into_iter().chain(unread).min();
        Standing {
            name: name.to_owned(),
            cursor: entry.cursor,
            paused_since: entry.paused_since,
            generation: entry.generation,
            waiting: count(RowState::Waiting),
            retrying: count(RowState::Retrying),
            dead: count(RowState::Dead),
            skipped: count(RowState::Skipped),
            oldest_pending: oldest.and_then(|at| self.at(at)).map(|event| event.timestamp),
            last_error: failed.and_then(|row| row.error.clone()),
            last_error_at: failed.map(|row| row.last),
        }
    }

    fn letters<'a>(
        &'a self,
        filter: &'a LetterFilter,
    ) -> impl Iterator<Item = (&'a String, &'a Row)> {
        let rows = |(name, entry): (&'a String, &'a Entry)| {
            entry.rows.values().map(move |row| (name, row))
        };
        self.subscriptions.iter().flat_map(rows).filter(|(name, row)| is_letter(filter, name, row))
    }

    fn letter(&self, name: &str, row: &Row) -> Option<DeadLetter> {
        let behind = |other: &&Row| {
            other.key == row.key && other.position > row.position && parked(other.state).is_some()
        };
        let rows = self.subscriptions.get(name).into_iter().flat_map(|entry| entry.rows.values());
        Some(DeadLetter {
            subscription: name.to_owned(),
            position: row.position,
            event: self.at(row.position)?,
            key: row.key.clone(),
            state: parked(row.state)?,
            attempts: row.attempts,
            error: row.error.clone().unwrap_or_default(),
            since: row.since,
            last: row.last,
            followers: rows.filter(behind).count() as u64,
        })
    }
}

fn seen(state: RowState) -> Option<desk::RowState> {
    match state {
        RowState::Waiting => Some(desk::RowState::Waiting),
        RowState::Retrying => Some(desk::RowState::Retrying),
        RowState::Dead => Some(desk::RowState::Dead),
        RowState::Skipped => Some(desk::RowState::Skipped),
        RowState::Done => None,
    }
}
