//! A ledger in memory.
//!
//! It keeps to the contracts of [`Ledger`] and [`Desk`](crate::Desk) as a database does: a settlement or a commit
//! happens whole or not at all, positions and versions have no gap, orders raise the generation. Before each call of the
//! dispatcher a hook may decide that it fails, fails after it happened, or never returns, which is how tests crash a
//! dispatcher at a chosen step. Unlike a database it keeps rows that are done, for tests to look at.

mod commit;
mod desk;
mod faults;
mod orders;
mod port;
mod settle;
mod state;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::watch;

use self::state::State;
use crate::{Envelope, EventError, NewEvent, Order, Position, Timer, TimerChange};

pub use self::{
    commit::{Applied, MemoryCommit, Refusal, Row, RowState},
    faults::{Call, Fault},
};

/// A log and the progress of subscriptions, in memory.
pub struct MemoryLedger {
    state: Mutex<State>,
    head: watch::Sender<Position>,
    controls: watch::Sender<u64>,
    timers: watch::Sender<u64>,
}

impl Default for MemoryLedger {
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            head: watch::Sender::new(0),
            controls: watch::Sender::new(0),
            timers: watch::Sender::new(0),
        }
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
        self.raise(&mut state);
        Ok(state.head())
    }

    /// Makes a commit, as a request does, and wakes whom it concerns.
    pub fn commit(&self, commit: MemoryCommit) -> Result<Position, Refusal> {
        let mut state = self.state();
        state.change(commit)?;
        self.raise(&mut state);
        Ok(state.head())
    }

    /// Makes a commit of nothing but orders.
    pub fn order(&self, orders: impl IntoIterator<Item = Order>) -> Result<(), Refusal> {
        let orders = orders.into_iter().collect();
        self.commit(MemoryCommit { orders, ..MemoryCommit::default() }).map(drop)
    }

    /// Makes a commit of nothing but a timer.
    pub fn set_timer(&self, timer: Timer) -> Result<(), Refusal> {
        let timers = vec![TimerChange::Set(Box::new(timer))];
        self.commit(MemoryCommit { timers, ..MemoryCommit::default() }).map(drop)
    }

    /// Makes a commit as another process would: nobody is woken.
    pub fn commit_unseen(&self, commit: MemoryCommit) -> Result<(), Refusal> {
        let mut state = self.state();
        state.change(commit)?;
        (state.ordered, state.timed) = (false, false);
        Ok(())
    }

    /// Appends events as another process would: nobody is woken.
    pub fn publish_unseen(&self, events: impl IntoIterator<Item = NewEvent>) {
        self.state().append(events.into_iter().collect());
    }

    /// Lets a subscription be settled under this token alone, as when somebody takes its lease.
    pub fn fence(&self, name: &str, token: u64) {
        self.state().subscriptions.entry(name.to_owned()).or_default().token = token;
    }

    /// Takes an event out of the log, as no database should.
    pub fn forget(&self, position: Position) {
        self.state().forget(position);
    }

    /// Does to the log, to what is stored beside it and to the cursors what no database should.
    pub fn tamper(
        &self,
        with: impl FnOnce(&mut Vec<(Arc<Envelope>, [u8; 32])>, &mut dyn FnMut(&str, Position)),
    ) {
        let mut state = self.state();
        let State { log, subscriptions, .. } = &mut *state;
        let mut set_cursor = |name: &str, cursor| {
            if let Some(entry) = subscriptions.get_mut(name) {
                entry.cursor = cursor;
            }
        };
        with(log, &mut set_cursor);
    }

    /// Asks before every call of the dispatcher what is to happen to it.
    pub fn on_call(&self, hook: impl FnMut(Call) -> Fault + Send + 'static) {
        self.state().hook = Some(Box::new(hook));
    }

    /// Lets all calls pass again.
    pub fn heal(&self) {
        self.state().hook = None;
    }

    /// Asks about every commit of a policy whether it is refused, and why.
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
        self.state().log.iter().map(|(event, _)| Arc::clone(event)).collect()
    }

    /// The durable cursor of a subscription.
    pub fn cursor(&self, name: &str) -> Option<Position> {
        self.state().subscriptions.get(name).map(|entry| entry.cursor)
    }

    /// The delivery rows of a subscription in position order, those that are done among them.
    pub fn rows(&self, name: &str) -> Vec<Row> {
        let state = self.state();
        state.subscriptions.get(name).into_iter().flat_map(|s| s.rows.values()).cloned().collect()
    }

    /// The timers that have not fired: key and due time, the earliest first.
    pub fn timers(&self) -> Vec<(String, Timestamp)> {
        let state = self.state();
        let mut timers: Vec<_> = state.timers.values().map(|t| (t.key.clone(), t.due)).collect();
        timers.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
        timers
    }

    /// Wakes whoever waits for what has changed.
    fn raise(&self, state: &mut State) {
        self.head.send_if_modified(|head| state.head() > std::mem::replace(head, state.head()));
        if std::mem::take(&mut state.ordered) {
            self.controls.send_modify(|count| *count += 1);
        }
        if std::mem::take(&mut state.timed) {
            self.timers.send_modify(|count| *count += 1);
        }
    }
}
