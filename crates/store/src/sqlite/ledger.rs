//! What the bus needs of the database: the log, cursors and deliveries.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use rishi_app::commit::Commit;
use rishi_bus::{
    Control, Envelope, Ledger, LedgerError, Parked, Position, Refused, Registration, Settlement,
    Start,
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use tokio::sync::watch;

use super::columns::{in_table, optional_instant, word};
use super::error::StoreError;
use super::writer::{AskedStep, Job};
use super::{Sqlite, letters, log, timers};
use crate::guard::Weight;

#[async_trait]
impl Ledger for Sqlite {
    type Commit = Commit;

    async fn read(&self, after: Position, limit: usize) -> Result<Vec<Arc<Envelope>>, LedgerError> {
        if let Some(events) = self.recent.after(after, limit) {
            // What another process wrote after them is only in the database.
            let last = events.last().map_or(after, |event| event.position);
            if events.len() >= limit || last >= *self.signals.head.borrow() {
                return Ok(events);
            }
        }
        Ok(self.readers.scan(move |db| log::after(db, after, limit)).await?)
    }

    fn head(&self) -> watch::Receiver<Position> {
        self.signals.head.subscribe()
    }

    async fn refresh_head(&self) -> Result<Position, LedgerError> {
        let head = self.readers.point(log::head).await?;
        self.known.forget();
        self.records.forget();
        self.signals.raise(head);
        Ok(head)
    }

    async fn register(&self, name: &str, start: Start) -> Result<Position, LedgerError> {
        Ok(self.registration(name, start).await?.cursor)
    }

    async fn registration(&self, name: &str, start: Start) -> Result<Registration, LedgerError> {
        self.step((name.to_owned(), start), Job::Register).await
    }

    async fn settle(&self, settlement: Settlement<Commit>) -> Result<Vec<Refused>, LedgerError> {
        self.step(settlement, |asked| Job::Settle(Box::new(asked))).await
    }

    async fn parked_heads(&self, name: &str) -> Result<Vec<Parked>, LedgerError> {
        let name = name.to_owned();
        Ok(self.readers.scan(move |db| heads(db, &name)).await?)
    }

    async fn next_parked(&self, name: &str, key: &str) -> Result<Option<Parked>, LedgerError> {
        Ok(self.readers.point(|db| next(db, name, key)).await?)
    }

    async fn event(&self, position: Position) -> Result<Option<Arc<Envelope>>, LedgerError> {
        let known = self.recent.after(position.saturating_sub(1), 1);
        let known = known.and_then(|mut events| events.pop());
        if let Some(found) = known.filter(|event| event.position == position) {
            return Ok(Some(found));
        }
        Ok(self.readers.point(|db| log::at(db, position)).await?)
    }

    async fn controls(&self) -> Result<Vec<Control>, LedgerError> {
        Ok(self.readers.point(controls).await?)
    }

    fn control_changes(&self) -> watch::Receiver<u64> {
        self.signals.controls.subscribe()
    }

    async fn next_timer(&self) -> Result<Option<Timestamp>, LedgerError> {
        Ok(self.readers.point(timers::next).await?)
    }

    async fn fire_timers(&self, now: Timestamp, limit: usize) -> Result<usize, LedgerError> {
        self.step((now, limit), Job::Fire).await
    }

    fn timer_changes(&self) -> watch::Receiver<u64> {
        self.signals.timers.subscribe()
    }

    async fn rehearse(&self, commits: Vec<Commit>) -> Result<Vec<Result<(), String>>, LedgerError> {
        self.step(commits, Job::Rehearse).await
    }
}

impl Sqlite {
    /// Has the writer take a step of the bus, unless the database is known to be down: the bus asks again.
    async fn step<W, T>(
        &self,
        work: W,
        job: impl FnOnce(AskedStep<W, T>) -> Job,
    ) -> Result<T, LedgerError> {
        let pass = self.guard.admit(Weight::Usual)?;
        let limit = self.guard.limit();
        let Ok(outcome) = tokio::time::timeout(limit, self.jobs.ask(work, job)).await else {
            pass.timed_out(limit);
            return Err(StoreError::TooSlow.into());
        };
        pass.stepped(outcome.is_ok());
        outcome
    }
}

fn controls(db: &Connection) -> Result<Vec<Control>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT name, paused_since IS NOT NULL, generation FROM subscriptions ORDER BY name",
    )?;
    let read = |row: &Row<'_>| {
        Ok(Control { name: row.get(0)?, paused: row.get(1)?, generation: row.get(2)? })
    };
    Ok(statement.query_map([], read)?.collect::<Result<_, _>>()?)
}

/// Of every key, the first row that is owed.
pub(super) fn heads(db: &Connection, name: &str) -> Result<Vec<Parked>, StoreError> {
    // Beside a lone min(), the other columns are those of the row that holds it.
    let mut statement = db.prepare_cached(
        "SELECT min(position), key, state, attempts, due_at
           FROM deliveries INDEXED BY deliveries_by_key
          WHERE subscription = ?1 AND state <> 'skipped' GROUP BY key ORDER BY 1",
    )?;
    let mut rows = statement.query([name])?;
    let mut heads = Vec::new();
    while let Some(row) = rows.next()? {
        heads.push(in_table("deliveries", row, parked(row))?);
    }
    Ok(heads)
}

/// The first row of a key that may still succeed; dead ones are passed over.
pub(super) fn next(db: &Connection, name: &str, key: &str) -> Result<Option<Parked>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT position, key, state, attempts, due_at
           FROM deliveries INDEXED BY deliveries_by_key
          WHERE subscription = ?1 AND key = ?2 AND state <> 'skipped'
            AND state IN ('waiting', 'retrying') ORDER BY position LIMIT 1",
    )?;
    let found = statement
        .query_row(params![name, key], |row| Ok(in_table("deliveries", row, parked(row))))
        .optional()?;
    found.transpose()
}

fn parked(row: &Row<'_>) -> Result<Parked, rusqlite::Error> {
    Ok(Parked {
        position: row.get(0)?,
        key: row.get(1)?,
        state: word(row, 2, letters::state)?,
        attempts: row.get(3)?,
        due: optional_instant(row, 4)?,
    })
}
