//! What the bus needs of a database: the log, cursors and deliveries.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use rishi_app::commit::Commit;
use rishi_bus::{
    Control, Envelope, Ledger, LedgerError, Parked, Position, Refused, Registration, Settlement,
    Start,
};
use tokio::sync::watch;
use tokio_postgres::Row;

use super::columns::{Unreadable, get, in_table, number, optional_instant, word};
use super::connection::Db;
use super::error::StoreError;
use super::reach::EVERYTHING;
use super::writer::{Fire, Refusal, Register, Rehearsal, Step};
use super::writing::detached;
use super::{Postgres, letters, log};
use crate::guard::Weight;

#[async_trait]
impl Ledger for Postgres {
    type Commit = Commit;

    async fn read(&self, after: Position, limit: usize) -> Result<Vec<Arc<Envelope>>, LedgerError> {
        if let Some(events) = self.recent.after(after, limit) {
            // What another process sequenced after them is only in the database.
            let last = events.last().map_or(after, |event| event.position);
            if events.len() >= limit || last >= *self.signals.head.borrow() {
                return Ok(events);
            }
        }
        Ok(self.pool.scan(EVERYTHING, async |db| log::after(db, after, limit).await).await?)
    }

    fn head(&self) -> watch::Receiver<Position> {
        self.signals.head.subscribe()
    }

    async fn refresh_head(&self) -> Result<Position, LedgerError> {
        let (head, waits) = self.pool.point(EVERYTHING, head_and_waiting).await?;
        if waits {
            // Whoever committed it may have died before it was sequenced.
            self.writing.sequencer.nudge();
        }
        self.records.forget();
        self.signals.raise(head);
        if self.figures.unwritable().is_some() {
            self.pool.point(EVERYTHING, try_writing).await?;
            self.figures.written();
        }
        Ok(head)
    }

    async fn register(&self, name: &str, start: Start) -> Result<Position, LedgerError> {
        Ok(self.registration(name, start).await?.cursor)
    }

    async fn registration(&self, name: &str, start: Start) -> Result<Registration, LedgerError> {
        self.step(Register(name.to_owned(), start)).await
    }

    async fn settle(&self, settlement: Settlement<Commit>) -> Result<Vec<Refused>, LedgerError> {
        self.step(settlement).await?
    }

    async fn parked_heads(&self, name: &str) -> Result<Vec<Parked>, LedgerError> {
        Ok(self.pool.scan(EVERYTHING, async |db| heads(db, name).await).await?)
    }

    async fn next_parked(&self, name: &str, key: &str) -> Result<Option<Parked>, LedgerError> {
        Ok(self.pool.point(EVERYTHING, async |db| next(db, name, key).await).await?)
    }

    async fn event(&self, position: Position) -> Result<Option<Arc<Envelope>>, LedgerError> {
        let known = self.recent.after(position.saturating_sub(1), 1);
        let known = known.and_then(|mut events| events.pop());
        if let Some(found) = known.filter(|event| event.position == position) {
            return Ok(Some(found));
        }
        Ok(self.pool.point(EVERYTHING, async |db| log::at(db, position).await).await?)
    }

    async fn controls(&self) -> Result<Vec<Control>, LedgerError> {
        Ok(self.pool.point(EVERYTHING, controls).await?)
    }

    fn control_changes(&self) -> watch::Receiver<u64> {
        self.signals.controls.subscribe()
    }

    async fn next_timer(&self) -> Result<Option<Timestamp>, LedgerError> {
        Ok(self.pool.point(EVERYTHING, next_timer).await?)
    }

    async fn fire_timers(&self, now: Timestamp, limit: usize) -> Result<usize, LedgerError> {
        self.step(Fire(now, limit)).await
    }

    fn timer_changes(&self) -> watch::Receiver<u64> {
        self.signals.timers.subscribe()
    }

    async fn rehearse(&self, commits: Vec<Commit>) -> Result<Vec<Result<(), String>>, LedgerError> {
        self.step(Rehearsal(commits)).await
    }
}

impl Postgres {
    /// Takes a step of the bus, unless the database is known to be down: the bus asks again. It goes on when nobody
    /// waits for it any more, and is never given up while it is under way.
    async fn step<S: Step>(&self, step: S) -> Result<S::Outcome, LedgerError> {
        let pass = self.pool.guard().admit(Weight::Usual)?;
        let room = self.writing.wait().await?;
        let outcome = detached(room, Arc::clone(&self.writing), step).await;
        pass.read(&outcome);
        outcome.map(|(done, _)| done).map_err(|refusal| match refusal {
            Refusal::Commit(error) => LedgerError::new(error),
            Refusal::Failed(error) => error.into(),
        })
    }
}

/// Writes a row over with what is in it, so that it is known as soon as that is possible again.
async fn try_writing(db: &Db<'_>) -> Result<(), StoreError> {
    let sql = "UPDATE organizations SET name = name
                WHERE id = (SELECT id FROM organizations LIMIT 1)";
    db.execute(sql, &[]).await.map(drop)
}

async fn head_and_waiting(db: &Db<'_>) -> Result<(Position, bool), StoreError> {
    let sql = "SELECT position, EXISTS (SELECT 1 FROM unsequenced) FROM log_head WHERE one = 1";
    let row = db.one(sql, &[]).await?;
    in_table("log_head", &row, number(&row, 0).and_then(|head| Ok((head, get(&row, 1)?))))
}

async fn controls(db: &Db<'_>) -> Result<Vec<Control>, StoreError> {
    let sql = "SELECT name, paused_since IS NOT NULL, generation FROM subscriptions ORDER BY name";
    let rows = db.query(sql, &[]).await?;
    rows.iter().map(|row| in_table("subscriptions", row, control(row))).collect()
}

fn control(row: &Row) -> Result<Control, Unreadable> {
    Ok(Control { name: get(row, 0)?, paused: get(row, 1)?, generation: number(row, 2)? })
}

async fn next_timer(db: &Db<'_>) -> Result<Option<Timestamp>, StoreError> {
    let row = db.one("SELECT min(due_at) FROM timers", &[]).await?;
    in_table("timers", &row, optional_instant(&row, 0))
}

/// Of every key, the first row that is owed.
async fn heads(db: &Db<'_>, name: &str) -> Result<Vec<Parked>, StoreError> {
    let sql = "SELECT position, key, state, attempts, due_at FROM (
            SELECT DISTINCT ON (key) position, key, state, attempts, due_at FROM deliveries
             WHERE subscription = $1 AND state <> 'skipped' ORDER BY key, position) AS heads
         ORDER BY position";
    let rows = db.query(sql, &[&name]).await?;
    rows.iter().map(|row| in_table("deliveries", row, parked(row))).collect()
}

/// The first row of a key that may still succeed; dead ones are passed over.
async fn next(db: &Db<'_>, name: &str, key: &str) -> Result<Option<Parked>, StoreError> {
    let sql = "SELECT position, key, state, attempts, due_at FROM deliveries
          WHERE subscription = $1 AND key = $2 AND state <> 'skipped'
            AND state IN ('waiting', 'retrying') ORDER BY position LIMIT 1";
    let row = db.optional(sql, &[&name, &key]).await?;
    row.map(|row| in_table("deliveries", &row, parked(&row))).transpose()
}

fn parked(row: &Row) -> Result<Parked, Unreadable> {
    Ok(Parked {
        position: number(row, 0)?,
        key: get(row, 1)?,
        state: word(row, 2, letters::state)?,
        attempts: number(row, 3)?,
        due: optional_instant(row, 4)?,
    })
}
