//! The ledger in memory as the dispatcher sees it.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::watch;

use super::{
    Call, MemoryCommit, MemoryLedger,
    state::{Entry, State},
};
use crate::{
    Control, Envelope, Ledger, LedgerError, Outcome, Parked, ParkedState, Position, Refused,
    Registration, Settlement, Start,
};

#[async_trait]
impl Ledger for MemoryLedger {
    type Commit = MemoryCommit;

    async fn read(&self, after: Position, limit: usize) -> Result<Vec<Arc<Envelope>>, LedgerError> {
        self.call(Call::Read, |state| {
            state.after(after, limit).map(|(event, _)| Arc::clone(event)).collect()
        })
        .await
    }

    fn head(&self) -> watch::Receiver<Position> {
        self.head.subscribe()
    }

    async fn refresh_head(&self) -> Result<Position, LedgerError> {
        self.call(Call::RefreshHead, |state| state.head()).await
    }

    async fn register(&self, name: &str, start: Start) -> Result<Position, LedgerError> {
        Ok(self.registration(name, start).await?.cursor)
    }

    async fn registration(&self, name: &str, start: Start) -> Result<Registration, LedgerError> {
        self.call(Call::Register, |state| {
            let (first, head) = (state.anchor.position, state.head());
            let cursor = match start {
                Start::Now => head,
                Start::Beginning => first,
                Start::After(position) => position.clamp(first, head),
            };
            let new = || Entry { cursor, ..Entry::default() };
            let entry = state.subscriptions.entry(name.to_owned()).or_insert_with(new);
            let paused = entry.paused_since.is_some();
            Registration { cursor: entry.cursor, paused, generation: entry.generation }
        })
        .await
    }

    async fn settle(
        &self,
        settlement: Settlement<MemoryCommit>,
    ) -> Result<Vec<Refused>, LedgerError> {
        let commit =
            |settled: &&crate::Settled<_>| matches!(settled.outcome, Outcome::Commit { .. });
        let commits = settlement.deliveries.iter().filter(commit).count();
        self.call(Call::Settle { commits }, |state| state.settle(settlement)).await?
    }

    async fn parked_heads(&self, name: &str) -> Result<Vec<Parked>, LedgerError> {
        self.call(Call::ParkedHeads, |state| {
            let mut heads = HashMap::new();
            for parked in state.owed(name) {
                heads.entry(parked.key.clone()).or_insert(parked);
            }
            heads.into_values().collect()
        })
        .await
    }

    async fn next_parked(&self, name: &str, key: &str) -> Result<Option<Parked>, LedgerError> {
        let wanted = |parked: &Parked| parked.key == key && parked.state != ParkedState::Dead;
        self.call(Call::NextParked, |state| state.owed(name).find(wanted)).await
    }

    async fn event(&self, position: Position) -> Result<Option<Arc<Envelope>>, LedgerError> {
        self.call(Call::Event, |state| state.at(position)).await
    }

    async fn controls(&self) -> Result<Vec<Control>, LedgerError> {
        let control = |(name, entry): (&String, &Entry)| Control {
            name: name.clone(),
            paused: entry.paused_since.is_some(),
            generation: entry.generation,
        };
        self.call(Call::Controls, |state| state.subscriptions.iter().map(control).collect()).await
    }

    fn control_changes(&self) -> watch::Receiver<u64> {
        self.controls.subscribe()
    }

    async fn next_timer(&self) -> Result<Option<Timestamp>, LedgerError> {
        self.call(Call::NextTimer, |state| state.next_timer()).await
    }

    async fn fire_timers(&self, now: Timestamp, limit: usize) -> Result<usize, LedgerError> {
        self.call(Call::FireTimers, |state| state.fire(now, limit)).await
    }

    fn timer_changes(&self) -> watch::Receiver<u64> {
        self.timers.subscribe()
    }

    async fn rehearse(
        &self,
        commits: Vec<MemoryCommit>,
    ) -> Result<Vec<Result<(), String>>, LedgerError> {
        self.call(Call::Rehearse, |state| {
            let mut copy = State {
                log: state.log.clone(),
                versions: state.versions.clone(),
                retained: state.retained.clone(),
                subscriptions: state.subscriptions.clone(),
                timers: state.timers.clone(),
                anchor: state.anchor,
                tip: state.tip,
                ..State::default()
            };
            let apply = |commit| copy.change(commit).map_err(|refusal| refusal.0);
            commits.into_iter().map(apply).collect()
        })
        .await
    }
}
