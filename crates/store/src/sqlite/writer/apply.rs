//! Applying jobs inside the batch's transaction, each in a savepoint of its own.

use rishi_app::commit::{Commit, CommitError, Committed, Expected};
use rishi_bus::{Checkpoint, LedgerError};
use rusqlite::Connection;

use super::append::Trace;
use super::{Job, Reply, guards, orders, receipts, rows, settle, timers};
use crate::sqlite::columns::table_of;
use crate::sqlite::error::StoreError;

/// Why one job of a batch did not take effect.
pub(super) enum Refusal {
    /// It alone is refused; its savepoint is rolled back.
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

/// The jobs of one transaction.
pub(super) struct Batch<'t> {
    pub(super) db: &'t Connection,
    done: Trace,
    /// Whether rows changed that are kept in memory, see [`crate::sqlite::known`].
    pub(super) touched: bool,
}

impl<'t> Batch<'t> {
    /// On a log that ends there.
    pub(super) fn new(db: &'t Connection, tip: Checkpoint) -> Self {
        Self { db, done: Trace::at(tip), touched: false }
    }

    /// Does one job. The error is the batch's end, with the job's reply so that it can be failed.
    pub(super) fn run(&mut self, job: Job) -> Result<Reply, Box<(Reply, StoreError)>> {
        match job {
            Job::Commit(commit, to) => Reply::of(to, self.attempt(*commit)),
            Job::Settle(settlement, to) => {
                let settled = self.alone(|batch| settle::settle(batch, *settlement));
                Reply::of(to, settled.map(Result::flatten))
            }
            Job::Register(name, start, to) => {
                Reply::of(to, self.alone(|batch| settle::register(batch.db, &name, start)))
            }
            Job::Fire(now, limit, to) => {
                let fire = |batch: &mut Self| timers::fire(batch.db, now, limit, &mut batch.done);
                Reply::of(to, self.alone(fire))
            }
            Job::Rehearse(commits, to) => Reply::of(to, self.rehearse(commits).map(Ok)),
        }
    }

    /// Does a step of the bus in a savepoint. An error that is its alone undoes it and nothing else.
    fn alone<T>(
        &mut self,
        step: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<Result<T, LedgerError>, StoreError> {
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
            Err(error) if error.is_local() => {
                self.take_back("step")?;
                self.done = before;
                Ok(Err(error.into()))
            }
            Err(error) => Err(error),
        }
    }

    /// Makes commits one after the other and takes all of them back; of each whether it was made, or
    /// why it was refused.
    fn rehearse(&mut self, commits: Vec<Commit>) -> Result<Vec<Result<(), String>>, StoreError> {
        self.db.prepare_cached("SAVEPOINT step")?.execute([])?;
        let (fresh, touched) = (Trace::at(self.done.tip), self.touched);
        let before = std::mem::replace(&mut self.done, fresh);
        let mut outcomes = Vec::with_capacity(commits.len());
        for commit in commits {
            let outcome = self.attempt(commit)?;
            outcomes.push(outcome.map(drop).map_err(|refused| settle::chain(&refused)));
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

    /// Applies a commit in a savepoint: all of it or nothing of it.
    pub(super) fn attempt(
        &mut self,
        commit: Commit,
    ) -> Result<Result<Committed, CommitError>, StoreError> {
        self.db.prepare_cached("SAVEPOINT job")?.execute([])?;
        let mut trace = Trace::at(self.done.tip);
        self.touched |= commit.changes.iter().any(rows::is_known);
        match self.apply(commit, &mut trace) {
            Ok(committed) => {
                self.db.prepare_cached("RELEASE job")?.execute([])?;
                self.done.absorb(trace);
                Ok(Ok(committed))
            }
            Err(Refusal::Commit(refused)) => {
                self.take_back("job")?;
                Ok(Err(refused))
            }
            Err(Refusal::Batch(error)) => Err(error),
        }
    }

    fn apply(&self, commit: Commit, trace: &mut Trace) -> Result<Committed, Refusal> {
        if let Some(receipt) = &commit.receipt
            && let Some(before) = receipts::answered(self.db, receipt)?
        {
            return Ok(Committed::Replayed(before));
        }
        check(&commit)?;
        for expected in &commit.expected {
            // A replaced booking is compared with its version by the statement that replaces it.
            if !commit.changes.iter().any(|change| rows::checks(change, expected)) {
                self.expect(expected)?;
            }
        }
        for guard in &commit.guards {
            guards::check(self.db, guard)?;
        }
        for change in &commit.changes {
            rows::put(self.db, change, &mut trace.counters)?;
        }
        let mut affected = 0;
        for order in &commit.orders {
            // `check` has seen an event beside it.
            let Some(told) = commit.events.first() else { break };
            affected += orders::obey(self.db, order, told.timestamp, trace)?;
        }
        for change in &commit.timers {
            trace.timed |= timers::change(self.db, change)?;
        }
        let first = trace.tip.position + u64::from(!commit.events.is_empty());
        for event in commit.events {
            let mut born = commit.changes.iter().filter_map(rows::born);
            let newborn = born.any(|one| one == event.subject);
            trace.append(self.db, event, newborn)?;
        }
        if let Some(receipt) = commit.receipt {
            receipts::keep(self.db, &receipt)?;
        }
        Ok(Committed::Fresh { first, affected })
    }

    fn expect(&self, expected: &Expected) -> Result<(), Refusal> {
        let Some(table) = table_of(expected.subject.kind()) else {
            let what = format!("{} has no version to expect", expected.subject);
            return Err(CommitError::Malformed(what).into());
        };
        let actual = table.version_of(self.db, expected.subject.id())?;
        if actual == Some(expected.version) {
            return Ok(());
        }
        let (subject, expected) = (expected.subject.clone(), expected.version);
        Err(CommitError::VersionConflict { subject, expected, actual }.into())
    }

    /// Writes what was summed up; what the batch did.
    pub(super) fn finish(mut self) -> Result<Trace, StoreError> {
        std::mem::take(&mut self.done.counters).write(self.db)?;
        Ok(self.done)
    }
}

/// The door's own rules: every entity that changes has an event that tells of it, and so has every order.
fn check(commit: &Commit) -> Result<(), CommitError> {
    for event in &commit.events {
        event.check().map_err(|error| CommitError::Malformed(error.to_string()))?;
    }
    commit.timers.iter().try_for_each(timers::check)?;
    if !commit.orders.is_empty() && commit.events.is_empty() {
        return Err(CommitError::Malformed(
            "an order without an event that tells of it".to_owned(),
        ));
    }
    for change in &commit.changes {
        if let Some(subject) = rows::subject(change)
            && !commit.events.iter().any(|event| event.subject == subject)
        {
            return Err(CommitError::Malformed(format!("{subject} changes without an event")));
        }
    }
    Ok(())
}
