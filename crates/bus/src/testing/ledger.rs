//! A ledger in memory.
//!
//! It keeps to the contract of [`Ledger`] as a database does: a settlement happens whole or not at all, positions and
//! versions have no gap. Before each call a hook may decide that it fails, fails after it happened, or never returns,
//! which is how tests crash a dispatcher at a chosen step.

use std::{
    collections::{BTreeMap, HashMap},
    future::pending,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::watch;
use uuid::Uuid;

use crate::{
    Envelope, EventError, Failure, Ledger, LedgerError, NewEvent, Outcome, Parked, ParkedState,
    Position, Refused, Settlement, Start, Subject,
};

/// A change that this ledger can make: events to append, under a label to recognise it by.
#[derive(Clone, Debug, Default)]
pub struct MemoryCommit {
    /// What the test calls it.
    pub label: String,
    /// Events to append.
    pub events: Vec<NewEvent>,
    /// The version that a subject must have; another one refuses the commit.
    pub expected: Option<(Subject, u64)>,
}

impl MemoryCommit {
    /// A commit that appends nothing.
    pub fn labelled(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }
}

/// A commit that was made for a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The subscription.
    pub subscription: String,
    /// The event that it was decided for.
    pub event_id: Uuid,
    /// Its label.
    pub label: String,
}

/// A delivery row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The event's position.
    pub position: Position,
    /// The ordering key.
    pub key: String,
    /// What it waits for, or how it ended.
    pub state: RowState,
    /// Attempts that counted.
    pub attempts: u32,
    /// When it may run next.
    pub due: Option<Timestamp>,
    /// The last error, or why it was skipped.
    pub error: Option<String>,
}

/// The state of a delivery row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum RowState {
    Waiting,
    Retrying,
    Dead,
    Done,
    Skipped,
}

/// A call of the dispatcher, as the hook sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named after the methods of `Ledger`")]
pub enum Call {
    Read,
    RefreshHead,
    Register,
    Settle { commits: usize },
    ParkedHeads,
    NextParked,
    Event,
}

/// What is to happen to a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing out of the ordinary.
    #[default]
    None,
    /// It fails and nothing happened.
    Error,
    /// It happens and says that it failed.
    ErrorAfter,
    /// It never returns and nothing happened, as when the process dies before.
    CrashBefore,
    /// It happens and never returns, as when the process dies after.
    CrashAfter,
}

type Hook = Box<dyn FnMut(Call) -> Fault + Send>;
type Refusal = Box<dyn FnMut(&Envelope, &MemoryCommit) -> Option<String> + Send>;

#[derive(Default)]
struct State {
    log: Vec<Arc<Envelope>>,
    versions: HashMap<Subject, u64>,
    cursors: HashMap<String, Position>,
    rows: HashMap<String, BTreeMap<Position, Row>>,
    applied: Vec<Applied>,
    hook: Option<Hook>,
    refusal: Option<Refusal>,
}

/// A log and the progress of subscriptions, in memory.
pub struct MemoryLedger {
    state: Mutex<State>,
    head: watch::Sender<Position>,
}

impl Default for MemoryLedger {
    fn default() -> Self {
        Self { state: Mutex::default(), head: watch::Sender::new(0) }
    }
}

impl MemoryLedger {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends events, all or none, and wakes the subscriptions. Returns the new head.
    pub fn publish(
        &self,
        events: impl IntoIterator<Item = NewEvent>,
    ) -> Result<Position, EventError> {
        let events: Vec<_> = events.into_iter().collect();
        events.iter().try_for_each(NewEvent::check)?;
        let mut state = self.state();
        state.append(events);
        let head = state.log.len() as Position;
        drop(state);
        self.head.send_replace(head);
        Ok(head)
    }

    /// Appends events as another process would: nobody is woken.
    pub fn publish_unseen(&self, events: impl IntoIterator<Item = NewEvent>) {
        self.state().append(events.into_iter().collect());
    }

    /// Takes an event out of the log, as no database should.
    pub fn forget(&self, position: Position) {
        self.state().log.retain(|event| event.position != position);
    }

    /// Asks before every call of the dispatcher what is to happen to it.
    pub fn on_call(&self, hook: impl FnMut(Call) -> Fault + Send + 'static) {
        self.state().hook = Some(Box::new(hook));
    }

    /// Lets all calls pass again.
    pub fn heal(&self) {
        self.state().hook = None;
    }

    /// Asks about every commit whether it is refused, and why.
    pub fn on_commit(
        &self,
        refusal: impl FnMut(&Envelope, &MemoryCommit) -> Option<String> + Send + 'static,
    ) {
        self.state().refusal = Some(Box::new(refusal));
    }

    /// The commits made for subscriptions, in order.
    pub fn applied(&self) -> Vec<Applied> {
        self.state().applied.clone()
    }

    /// The events.
    pub fn log(&self) -> Vec<Arc<Envelope>> {
        self.state().log.clone()
    }

    /// The durable cursor of a subscription.
    pub fn cursor(&self, name: &str) -> Option<Position> {
        self.state().cursors.get(name).copied()
    }

    /// The delivery rows of a subscription in position order.
    pub fn rows(&self, name: &str) -> Vec<Row> {
        self.state().rows.get(name).map(|rows| rows.values().cloned().collect()).unwrap_or_default()
    }

    async fn call<T>(
        &self,
        call: Call,
        work: impl FnOnce(&mut State) -> T + Send,
    ) -> Result<T, LedgerError> {
        let fault = {
            let mut state = self.state();
            state.hook.as_mut().map(|hook| hook(call)).unwrap_or_default()
        };
        match fault {
            Fault::None => Ok(work(&mut self.state())),
            Fault::Error => Err(LedgerError::new("injected")),
            Fault::ErrorAfter => {
                work(&mut self.state());
                Err(LedgerError::new("injected, after it happened"))
            }
            Fault::CrashBefore => pending().await,
            Fault::CrashAfter => {
                work(&mut self.state());
                pending().await
            }
        }
    }
}

impl State {
    fn append(&mut self, events: Vec<NewEvent>) {
        for event in events {
            let version = self.versions.entry(event.subject.clone()).or_default();
            *version += 1;
            self.log.push(Arc::new(event.into_envelope(self.log.len() as Position + 1, *version)));
        }
    }

    fn at(&self, position: Position) -> Option<Arc<Envelope>> {
        let index = self.log.binary_search_by_key(&position, |event| event.position).ok()?;
        self.log.get(index).map(Arc::clone)
    }

    /// A commit in its savepoint.
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
        if let Some((subject, version)) = &commit.expected
            && self.versions.get(subject).copied().unwrap_or_default() != *version
        {
            return Err(format!("{subject} is not at version {version}"));
        }
        commit.events.iter().try_for_each(NewEvent::check).map_err(|error| error.to_string())?;
        self.append(commit.events);
        let subscription = subscription.to_owned();
        self.applied.push(Applied { subscription, event_id: event.id, label: commit.label });
        Ok(())
    }

    fn settle(&mut self, settlement: Settlement<MemoryCommit>) -> Vec<Refused> {
        let name = settlement.subscription;
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
                let row = Row { position, key: settled.key, state, attempts, due, error };
                self.rows.entry(name.clone()).or_default().insert(position, row);
            }
        }
        if let Some(cursor) = settlement.cursor {
            self.cursors.insert(name, cursor);
        }
        refused
    }

    fn owed(&self, name: &str) -> impl Iterator<Item = Parked> {
        self.rows.get(name).into_iter().flat_map(BTreeMap::values).filter_map(|row| {
            let state = match row.state {
                RowState::Waiting => ParkedState::Waiting,
                RowState::Retrying => ParkedState::Retrying,
                RowState::Dead => ParkedState::Dead,
                RowState::Done | RowState::Skipped => return None,
            };
            let Row { position, key, attempts, due, .. } = row.clone();
            Some(Parked { position, key, state, attempts, due })
        })
    }
}

#[async_trait]
impl Ledger for MemoryLedger {
    type Commit = MemoryCommit;

    async fn read(&self, after: Position, limit: usize) -> Result<Vec<Arc<Envelope>>, LedgerError> {
        let after = usize::try_from(after).unwrap_or(usize::MAX);
        self.call(Call::Read, |state| state.log.iter().skip(after).take(limit).cloned().collect())
            .await
    }

    fn head(&self) -> watch::Receiver<Position> {
        self.head.subscribe()
    }

    async fn refresh_head(&self) -> Result<Position, LedgerError> {
        let head = self.call(Call::RefreshHead, |state| state.log.len() as Position).await?;
        self.head.send_if_modified(|known| {
            let newer = *known < head;
            *known = head.max(*known);
            newer
        });
        Ok(head)
    }

    async fn register(&self, name: &str, start: Start) -> Result<Position, LedgerError> {
        self.call(Call::Register, |state| {
            let head = state.log.len() as Position;
            let first = match start {
                Start::Now => head,
                Start::Beginning => 0,
                Start::After(position) => position.min(head),
            };
            *state.cursors.entry(name.to_owned()).or_insert(first)
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
        let call = Call::Settle { commits };
        let head = &self.head;
        self.call(call, |state| {
            let refused = state.settle(settlement);
            head.send_replace(state.log.len() as Position);
            refused
        })
        .await
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
}
