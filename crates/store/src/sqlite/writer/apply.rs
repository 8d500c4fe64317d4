//! Applying jobs inside the batch's transaction.
//!
//! Guarantee: a job that is refused leaves nothing behind, whatever else the batch holds. Savepoints
//! would cost every job what hardly any needs: nearly all refusals are known before the first write. So
//! a batch is done hopefully, without them. When a job is refused after it has changed a row, the whole
//! batch is taken back and done once more, carefully, with a savepoint for each job.

use rishi_app::commit::{Commit, CommitError, Committed, Expected};
use rishi_bus::{Checkpoint, LedgerError};
use rusqlite::Connection;

use super::append::Trace;
use super::hot::Hot;
use super::{Job, guards, orders, receipts, rows, settle, timers};
use crate::door;
use crate::sqlite::columns::table_of;
use crate::sqlite::error::StoreError;

/// Why one job of a batch did not take effect.
pub(super) enum Refusal {
    /// It alone is refused.
    Commit(CommitError),
    /// The whole batch has to go.
    Batch(StoreError),
}

impl From<CommitError> for Refusal {
    fn from(error: CommitError) -> Self {
        Self::Commit(error)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        if error.is_local() {
            Self::Commit(CommitError::Storage(Box::new(error)))
        } else {
            Self::Batch(error)
        }
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        match guards::constraint(&error) {
            Some(refused) => Self::Commit(refused),
            None => StoreError::from(error).into(),
        }
    }
}

/// Why a batch cannot be gone on with.
pub(super) enum End {
    /// Something was refused after it had written: the batch is to be done over, carefully.
    Undo,
    /// It has to go.
    Failed(StoreError),
}

impl From<StoreError> for End {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

impl From<rusqlite::Error> for End {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// How the jobs of a batch are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// Not at all: what is refused before it writes leaves nothing, and anything else ends the batch.
    Hopeful,
    /// Each in a savepoint of its own.
    Careful,
}

/// The jobs of one transaction.
pub(super) struct Batch<'t> {
    pub(super) db: Hot<'t>,
    manner: Manner,
    done: Trace,
    /// Whether rows changed that are kept in memory, see [`crate::sqlite::known`].
    pub(super) touched: bool,
}

impl<'t> Batch<'t> {
    /// On a log that ends there.
    pub(super) fn new(db: &'t Connection, tip: Checkpoint, manner: Manner) -> Self {
        Self { db: Hot::new(db), manner, done: Trace::at(tip), touched: false }
    }

    /// Does one job, which keeps its outcome.
    pub(super) fn run(&mut self, job: &mut Job) -> Result<(), End> {
        match job {
            Job::Commit(asked) => {
                let outcome = self.attempt(&asked.work)?;
                asked.came_to(outcome);
            }
            Job::Settle(asked) => {
                let settled = self.alone(|batch| settle::settle(batch, &asked.work))?;
                asked.came_to(settled.flatten());
            }
            Job::Register(asked) => {
                let (name, start) = &asked.work;
                let register = |batch: &mut Self| Ok(settle::register(&batch.db, name, *start)?);
                let registered = self.alone(register)?;
                asked.came_to(registered);
            }
            Job::Fire(asked) => {
                let (now, limit) = asked.work;
                let fire = |batch: &mut Self| {
                    Ok(timers::fire(&mut batch.db, now, limit, &mut batch.done)?)
                };
                let fired = self.alone(fire)?;
                asked.came_to(fired);
            }
            Job::Rehearse(asked) => {
                let outcomes = self.rehearse(&asked.work)?;
                asked.came_to(Ok(outcomes));
            }
        }
        Ok(())
    }

    /// Does a step of the bus, all of it or nothing. An error that is its alone undoes it and nothing
    /// else.
    fn alone<T>(
        &mut self,
        step: impl FnOnce(&mut Self) -> Result<T, End>,
    ) -> Result<Result<T, LedgerError>, End> {
        if self.manner == Manner::Hopeful {
            let before = self.db.total_changes();
            return match step(self) {
                Ok(done) => Ok(Ok(done)),
                Err(End::Failed(error)) if error.is_local() => {
                    if self.db.total_changes() == before {
                        Ok(Err(error.into()))
                    } else {
                        Err(End::Undo)
                    }
                }
                Err(end) => Err(end),
            };
        }
        self.db.prepare_cached("SAVEPOINT step")?.execute([])?;
        let fresh = Trace::at(self.done.tip);
        let mut before = std::mem::replace(&mut self.done, fresh);
        match step(self) {
            Ok(done) => {
                self.db.prepare_cached("RELEASE step")?.execute([])?;
                std::mem::swap(&mut self.done, &mut before);
                self.done.absorb(before);
                Ok(Ok(done))
            }
            Err(End::Failed(error)) if error.is_local() => {
                self.take_back("step")?;
                self.done = before;
                Ok(Err(error.into()))
            }
            Err(end) => Err(end),
        }
    }

    /// Makes commits one after the other and takes all of them back; of each whether it was made, or
    /// why it was refused.
    fn rehearse(&mut self, commits: &[Commit]) -> Result<Vec<Result<(), String>>, End> {
        self.db.prepare_cached("SAVEPOINT step")?.execute([])?;
        let (fresh, touched) = (Trace::at(self.done.tip), self.touched);
        let before = std::mem::replace(&mut self.done, fresh);
        let mut outcomes = Vec::with_capacity(commits.len());
        for commit in commits {
            let outcome = self.attempt(commit)?;
            outcomes.push(outcome.map(drop).map_err(|refused| door::chain(&refused)));
        }
        self.take_back("step")?;
        (self.done, self.touched) = (before, touched);
        Ok(outcomes)
    }

    fn take_back(&self, savepoint: &str) -> Result<(), StoreError> {
        self.db.prepare_cached(&format!("ROLLBACK TO {savepoint}"))?.execute([])?;
        self.db.prepare_cached(&format!("RELEASE {savepoint}"))?.execute([])?;
        Ok(())
    }

    /// Applies a commit: all of it or nothing of it.
    pub(super) fn attempt(
        &mut self,
        commit: &Commit,
    ) -> Result<Result<Committed, CommitError>, End> {
        self.touched |= commit.changes.iter().any(rows::is_known);
        if self.manner == Manner::Hopeful {
            let before = self.db.total_changes();
            return match apply(&mut self.db, commit, &mut self.done) {
                Ok(committed) => Ok(Ok(committed)),
                // A statement that fails takes back what it did itself.
                Err(Refusal::Commit(refused)) if self.db.total_changes() == before => {
                    Ok(Err(refused))
                }
                Err(Refusal::Commit(_)) => Err(End::Undo),
                Err(Refusal::Batch(error)) => Err(End::Failed(error)),
            };
        }
        self.db.prepare_cached("SAVEPOINT job")?.execute([])?;
        let mut trace = Trace::at(self.done.tip);
        match apply(&mut self.db, commit, &mut trace) {
            Ok(committed) => {
                self.db.prepare_cached("RELEASE job")?.execute([])?;
                self.done.absorb(trace);
                Ok(Ok(committed))
            }
            Err(Refusal::Commit(refused)) => {
                self.take_back("job")?;
                Ok(Err(refused))
            }
            Err(Refusal::Batch(error)) => Err(End::Failed(error)),
        }
    }

    /// Writes what was summed up; what the batch did.
    pub(super) fn finish(mut self) -> Result<Trace, StoreError> {
        std::mem::take(&mut self.done.counters).write(&self.db)?;
        Ok(self.done)
    }
}

/// Does what a commit says. What is known from reading is refused first, so that nothing has been
/// written yet; `trace` is told of a change after it was made.
fn apply(db: &mut Hot<'_>, commit: &Commit, trace: &mut Trace) -> Result<Committed, Refusal> {
    if let Some(receipt) = &commit.receipt
        && let Some(before) = receipts::answered(db, receipt)?
    {
        return Ok(Committed::Replayed(before));
    }
    door::check(commit)?;
    for expected in &commit.expected {
        // A replaced booking is compared with its version by the statement that replaces it.
        if !commit.changes.iter().any(|change| rows::checks(change, expected)) {
            expect(db, expected)?;
        }
    }
    // The only thing that must be free is looked at by the booking's trigger anyway.
    let watched = match &*commit.guards {
        [guard] => commit.changes.iter().any(|change| rows::watches(change, guard)),
        _ => false,
    };
    if !watched {
        commit.guards.iter().try_for_each(|guard| guards::check(db, guard))?;
    }
    for change in &commit.changes {
        rows::put(db, change, &mut trace.counters).map_err(|refusal| match refusal {
            Refusal::Commit(CommitError::LocationTaken(_)) if watched => named(db, commit, refusal),
            refusal => refusal,
        })?;
    }
    let mut affected = 0;
    for order in &commit.orders {
        // The door has seen an event beside it.
        let Some(told) = commit.events.first() else { break };
        affected += orders::obey(db, order, told.timestamp, trace)?;
    }
    for change in &commit.timers {
        trace.timed |= timers::change(db, change)?;
    }
    let first = trace.tip.position + u64::from(!commit.events.is_empty());
    let since = trace.events.len();
    for event in &commit.events {
        let mut born = commit.changes.iter().filter_map(door::born);
        let newborn = born.any(|one| one == event.subject);
        trace.append(db, event.clone(), newborn.then_some(since))?;
    }
    if let Some(receipt) = &commit.receipt {
        receipts::keep(db, receipt)?;
    }
    Ok(Committed::Fresh { first: Some(first), affected })
}

/// The refusal of a trigger with the names of who is in the way.
fn named(db: &Connection, commit: &Commit, refusal: Refusal) -> Refusal {
    let named = commit.guards.iter().try_for_each(|guard| guards::check(db, guard));
    named.err().unwrap_or(refusal)
}

fn expect(db: &Connection, expected: &Expected) -> Result<(), Refusal> {
    let Some(table) = table_of(expected.subject.kind()) else {
        let what = format!("{} has no version to expect", expected.subject);
        return Err(CommitError::Malformed(what).into());
    };
    let actual = table.version_of(db, expected.subject.id())?;
    if actual == Some(expected.version) {
        return Ok(());
    }
    let (subject, expected) = (expected.subject.clone(), expected.version);
    Err(CommitError::VersionConflict { subject, expected, actual }.into())
}
