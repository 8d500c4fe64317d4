//! Applying jobs inside the batch's transaction, each in a savepoint of its own.

use std::sync::Arc;

use rishi_app::commit::{Answer, Commit, CommitError, Committed, Expected, Receipt};
use rishi_bus::{Envelope, LedgerError, NewEvent, Position, Subject};
use rishi_domain::time::to_microsecond;
use rusqlite::{Connection, params};

use super::counters::Counters;
use super::{Job, Reply, guards, rows, settle};
use crate::sqlite::columns::table_of;
use crate::sqlite::error::StoreError;
use crate::sqlite::log;

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

/// What one savepoint did, to be kept only if it is released.
#[derive(Default)]
pub(super) struct Trace {
    pub(super) events: Vec<Arc<Envelope>>,
    pub(super) counters: Counters,
}

/// The jobs of one transaction.
pub(super) struct Batch<'t> {
    pub(super) db: &'t Connection,
    head: Position,
    events: Vec<Arc<Envelope>>,
    counters: Counters,
}

impl<'t> Batch<'t> {
    pub(super) fn new(db: &'t Connection, head: Position) -> Self {
        Self { db, head, events: Vec::new(), counters: Counters::default() }
    }

    /// Does one job. The error is the batch's end, with the job's reply so that it can be failed.
    pub(super) fn run(&mut self, job: Job) -> Result<Reply, Box<(Reply, StoreError)>> {
        match job {
            Job::Commit(commit, to) => match self.attempt(*commit) {
                Ok(outcome) => Ok(Reply::Commit(to, outcome)),
                Err(error) => Err(Box::new((Reply::Commit(to, Err(super::closed())), error))),
            },
            Job::Settle(settlement, to) => {
                match self.alone(|batch| settle::settle(batch, *settlement)) {
                    Ok(refused) => Ok(Reply::Settle(to, refused)),
                    Err(error) => Err(Box::new((Reply::Settle(to, Ok(Vec::new())), error))),
                }
            }
            Job::Register(name, start, to) => {
                match self.alone(|batch| settle::register(batch.db, &name, start)) {
                    Ok(cursor) => Ok(Reply::Register(to, cursor)),
                    Err(error) => Err(Box::new((Reply::Register(to, Ok(0)), error))),
                }
            }
        }
    }

    /// Does a step of the bus in a savepoint. An error that is its alone undoes it and nothing else.
    fn alone<T>(
        &mut self,
        step: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<Result<T, LedgerError>, StoreError> {
        self.db.prepare_cached("SAVEPOINT step")?.execute([])?;
        let (head, events) = (self.head, self.events.len());
        let counters = std::mem::take(&mut self.counters);
        match step(self) {
            Ok(done) => {
                self.db.prepare_cached("RELEASE step")?.execute([])?;
                self.counters.merge(counters);
                Ok(Ok(done))
            }
            Err(error) if error.is_local() => {
                self.db.prepare_cached("ROLLBACK TO step")?.execute([])?;
                self.db.prepare_cached("RELEASE step")?.execute([])?;
                self.head = head;
                self.events.truncate(events);
                self.counters = counters;
                Ok(Err(error.into()))
            }
            Err(error) => Err(error),
        }
    }

    /// Applies a commit in a savepoint: all of it or nothing of it.
    pub(super) fn attempt(
        &mut self,
        commit: Commit,
    ) -> Result<Result<Committed, CommitError>, StoreError> {
        self.db.prepare_cached("SAVEPOINT job")?.execute([])?;
        let mut trace = Trace::default();
        match self.apply(commit, &mut trace) {
            Ok(committed) => {
                self.db.prepare_cached("RELEASE job")?.execute([])?;
                self.head += trace.events.len() as Position;
                self.events.append(&mut trace.events);
                self.counters.merge(trace.counters);
                Ok(Ok(committed))
            }
            Err(Refusal::Commit(refused)) => {
                self.db.prepare_cached("ROLLBACK TO job")?.execute([])?;
                self.db.prepare_cached("RELEASE job")?.execute([])?;
                Ok(Err(refused))
            }
            Err(Refusal::Batch(error)) => Err(error),
        }
    }

    fn apply(&self, commit: Commit, trace: &mut Trace) -> Result<Committed, Refusal> {
        if let Some(receipt) = &commit.receipt
            && let Some(before) = self.answered(receipt)?
        {
            return Ok(Committed::Replayed(before));
        }
        check(&commit)?;
        for expected in &commit.expected {
            self.expect(expected)?;
        }
        for guard in &commit.guards {
            guards::check(self.db, guard)?;
        }
        for change in &commit.changes {
            rows::put(self.db, change, &mut trace.counters)?;
        }
        let first = self.head + 1;
        for event in commit.events {
            let position = first + trace.events.len() as Position;
            trace.events.push(self.append(event, position, &trace.events)?);
        }
        if let Some(receipt) = commit.receipt {
            self.keep(&receipt)?;
        }
        Ok(Committed::Fresh { first: if trace.events.is_empty() { self.head } else { first } })
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

    fn append(
        &self,
        mut event: NewEvent,
        position: Position,
        earlier: &[Arc<Envelope>],
    ) -> Result<Arc<Envelope>, Refusal> {
        // As it will be read back.
        event.timestamp = to_microsecond(event.timestamp);
        let same = |one: &&Arc<Envelope>| one.subject == event.subject;
        let version = match earlier.iter().rev().find(same) {
            Some(before) => before.version + 1,
            None => self.newest_version(&event.subject)? + 1,
        };
        let envelope = event.into_envelope(position, version);
        log::insert(self.db, &envelope)?;
        Ok(Arc::new(envelope))
    }

    fn newest_version(&self, subject: &Subject) -> Result<u64, Refusal> {
        let newest = self
            .db
            .prepare_cached(
                "SELECT max(version) FROM events WHERE subject_id = ?1 AND subject_kind = ?2",
            )?
            .query_row(params![subject.id(), subject.kind()], |row| row.get::<_, Option<u64>>(0))?;
        Ok(newest.unwrap_or_default())
    }

    /// The answer that this request got before; refuses a key that came with another body.
    fn answered(&self, receipt: &Receipt) -> Result<Option<Answer>, Refusal> {
        match log::receipt(self.db, &receipt.key)? {
            Some(before) if before.expires_at <= receipt.made_at => Ok(None),
            Some(before) if before.request == receipt.kept.request => Ok(Some(before.answer)),
            Some(_) => Err(CommitError::ReceiptReused.into()),
            None => Ok(None),
        }
    }

    /// Keeps a receipt, and forgets up to two that have expired: so the table never holds more than
    /// a life's worth, without a task that cleans up.
    fn keep(&self, receipt: &Receipt) -> Result<(), Refusal> {
        self.db
            .prepare_cached(
                "DELETE FROM receipts WHERE (scope, key) IN (
                    SELECT scope, key FROM receipts WHERE expires_at <= ?1 ORDER BY expires_at LIMIT 2)",
            )?
            .execute([receipt.made_at.as_microsecond()])?;
        self.db
            .prepare_cached(
                "INSERT INTO receipts (scope, key, request, status, location, version, body, expires_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (scope, key) DO UPDATE SET request = excluded.request,
                    status = excluded.status, location = excluded.location, version = excluded.version,
                    body = excluded.body, expires_at = excluded.expires_at",
            )?
            .execute(params![
                receipt.key.scope,
                receipt.key.key,
                receipt.kept.request,
                receipt.kept.answer.status,
                receipt.kept.answer.location,
                receipt.kept.answer.version,
                receipt.kept.answer.body,
                receipt.kept.expires_at.as_microsecond(),
            ])?;
        Ok(())
    }

    /// Writes what was summed up; the batch's events.
    pub(super) fn finish(self) -> Result<Vec<Arc<Envelope>>, StoreError> {
        self.counters.write(self.db)?;
        Ok(self.events)
    }
}

/// The door's own rules: every entity that changes has an event that tells of it.
fn check(commit: &Commit) -> Result<(), CommitError> {
    for event in &commit.events {
        event.check().map_err(|error| CommitError::Malformed(error.to_string()))?;
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
