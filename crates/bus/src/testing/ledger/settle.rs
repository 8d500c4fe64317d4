//! A settlement on the ledger in memory.

use super::{Applied, MemoryCommit, Row, RowState, state::State};
use crate::{Failure, LedgerError, Outcome, Position, Refused, Settlement};

impl State {
    pub(super) fn settle(
        &mut self,
        settlement: Settlement<MemoryCommit>,
    ) -> Result<Vec<Refused>, LedgerError> {
        let name = settlement.subscription;
        let known = self.subscriptions.get(&name);
        let (generation, cursor) = known.map_or((0, 0), |entry| (entry.generation, entry.cursor));
        if known.is_some_and(|entry| entry.token != settlement.fence) {
            return Err(LedgerError::fenced());
        }
        if settlement.generation != generation || settlement.rests_on < cursor {
            return Err(LedgerError::superseded());
        }
        let mut refused = Vec::new();
        for settled in settlement.deliveries {
            let position = settled.position;
            let failed = |state, failure: Failure| {
                Some((state, failure.attempts, Some(failure.due), Some(failure.error)))
            };
            let record = match settled.outcome {
                Outcome::Done => settled.was_parked.then_some((RowState::Done, 0, None, None)),
                Outcome::Commit { commit, or_else } => match self.apply(&name, position, commit) {
                    Ok(()) => settled.was_parked.then_some((RowState::Done, 0, None, None)),
                    Err(error) => {
                        refused.push(Refused { position, error: error.clone() });
                        failed(RowState::Retrying, Failure { error, ..or_else })
                    }
                },
                Outcome::Wait => Some((RowState::Waiting, 0, None, None)),
                Outcome::Failed(failure) => failed(RowState::Retrying, failure),
                Outcome::Dead(failure) => failed(RowState::Dead, failure),
                Outcome::Skipped { reason } => Some((RowState::Skipped, 0, None, Some(reason))),
            };
            if let Some((state, attempts, due, error)) = record {
                let rows = &mut self.subscriptions.entry(name.clone()).or_default().rows;
                let since = rows.get(&position).map_or(settlement.at, |row| row.since);
                let (key, last) = (settled.key, settlement.at);
                rows.insert(
                    position,
                    Row { position, key, state, attempts, due, error, since, last },
                );
            }
        }
        if let Some(cursor) = settlement.cursor {
            self.subscriptions.entry(name).or_default().cursor = cursor;
        }
        Ok(refused)
    }

    /// A policy's commit in its savepoint.
    fn apply(
        &mut self,
        subscription: &str,
        position: Position,
        commit: MemoryCommit,
    ) -> Result<(), String> {
        let event = self.at(position).ok_or("no such event")?;
        if let Some(error) = self.refusal.as_mut().and_then(|refusal| refusal(&event, &commit)) {
            return Err(error);
        }
        let label = commit.label.clone();
        self.change(commit).map_err(|refusal| refusal.0)?;
        let subscription = subscription.to_owned();
        self.applied.push(Applied { subscription, event_id: event.id, label });
        Ok(())
    }
}
