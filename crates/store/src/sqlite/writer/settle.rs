//! A subscription's progress: policy commits, delivery rows and the cursor, in one transaction.

use rishi_app::commit::Commit;
use rishi_bus::{
    Failure, LedgerError, Outcome, Position, Refused, Registration, Settled, Settlement, Start,
};
use rusqlite::{Connection, OptionalExtension, params};

use super::apply::{Batch, End};
use crate::door;
use crate::sqlite::error::StoreError;
use crate::sqlite::log;

/// Applies a settlement. A policy commit that is refused leaves its failure as a row to be retried
/// and is named in the answer; the others and the cursor stand. One made on older knowledge than an
/// operator's last order, or than the last settlement, is refused and writes nothing.
pub(super) fn settle(
    batch: &mut Batch<'_>,
    settlement: &Settlement<Commit>,
) -> Result<Result<Vec<Refused>, LedgerError>, End> {
    // One process works on a file: there are no leases.
    let Settlement { subscription, generation, rests_on, cursor, at, deliveries, .. } = settlement;
    let Some(known) = standing(&batch.db, subscription)? else {
        return Ok(Err(LedgerError::new(format!("there is no subscription {subscription:?}"))));
    };
    // Whoever was here first may have set aside what this one takes for done.
    if known.generation != *generation || known.cursor > *rests_on {
        return Ok(Err(LedgerError::superseded()));
    }
    let reached = known.cursor;
    let at = at.as_microsecond();
    let (mut refused, mut rows) = (Vec::new(), 0);
    for Settled { position, key, was_parked, outcome, .. } in deliveries {
        let (position, was_parked) = (*position, *was_parked);
        let row = Row { subscription, position, key, at };
        // Whoever settled it before was first: a second dispatcher on the same file changes nothing.
        if if was_parked { !row.exists(&batch.db)? } else { position <= reached } {
            continue;
        }
        match outcome {
            Outcome::Done => rows += row.done(&batch.db, was_parked)?,
            Outcome::Commit { commit, or_else } => match batch.attempt(commit)? {
                Ok(_) => rows += row.done(&batch.db, was_parked)?,
                Err(error) => {
                    let error = door::chain(&error);
                    rows += row.put(&batch.db, "retrying", Some(or_else), Some(&error))?;
                    refused.push(Refused { position, error });
                }
            },
            Outcome::Wait => rows += row.put(&batch.db, "waiting", None, None)?,
            Outcome::Failed(failure) => {
                rows += row.put(&batch.db, "retrying", Some(failure), Some(&failure.error))?;
            }
            Outcome::Dead(failure) => {
                rows += row.put(&batch.db, "dead", Some(failure), Some(&failure.error))?;
            }
            Outcome::Skipped { reason } => {
                rows += row.put(&batch.db, "skipped", None, Some(reason))?;
            }
        }
    }
    if let Some(cursor) = cursor {
        batch
            .db
            .prepare_cached("UPDATE subscriptions SET cursor = ?2 WHERE name = ?1 AND cursor < ?2")?
            .execute(params![subscription, cursor])?;
    }
    if rows != 0 {
        batch
            .db
            .prepare_cached("UPDATE subscriptions SET rows = rows + ?2 WHERE name = ?1")?
            .execute(params![subscription, rows])?;
    }
    Ok(Ok(refused))
}

/// The delivery of one event to one subscription.
struct Row<'a> {
    subscription: &'a str,
    position: Position,
    key: &'a str,
    at: i64,
}

impl Row<'_> {
    fn exists(&self, db: &Connection) -> Result<bool, StoreError> {
        let mut statement = db
            .prepare_cached("SELECT 1 FROM deliveries WHERE subscription = ?1 AND position = ?2")?;
        Ok(statement.exists(params![self.subscription, self.position])?)
    }

    /// Nothing is owed any more. How many rows there are more, or less.
    fn done(&self, db: &Connection, was_parked: bool) -> Result<i64, StoreError> {
        if !was_parked {
            return Ok(0);
        }
        let removed = db
            .prepare_cached("DELETE FROM deliveries WHERE subscription = ?1 AND position = ?2")?
            .execute(params![self.subscription, self.position])?;
        Ok(if removed == 0 { 0 } else { -1 })
    }

    /// Records what is owed. How many rows there are more, or less.
    fn put(
        &self,
        db: &Connection,
        state: &str,
        failure: Option<&Failure>,
        error: Option<&str>,
    ) -> Result<i64, StoreError> {
        let more = i64::from(!self.exists(db)?);
        let due = failure.map(|failure| failure.due.as_microsecond());
        let attempts = failure.map_or(0, |failure| failure.attempts);
        db.prepare_cached(
                "INSERT INTO deliveries
                    (subscription, position, key, state, attempts, due_at, error, created_at, updated_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)
                 ON CONFLICT (subscription, position) DO UPDATE SET
                    state = excluded.state, attempts = excluded.attempts, due_at = excluded.due_at,
                    error = excluded.error, updated_at = excluded.updated_at",
            )?
            .execute(params![
                self.subscription,
                self.position,
                self.key,
                state,
                attempts,
                due,
                error,
                self.at,
            ])?;
        Ok(more)
    }
}

/// Where a subscription stands; it is made at its start when it appears for the first time.
pub(super) fn register(
    db: &Connection,
    name: &str,
    start: Start,
) -> Result<Registration, StoreError> {
    if let Some(known) = standing(db, name)? {
        return Ok(known);
    }
    let (first, head) = (log::anchor(db)?.position, log::head(db)?);
    let cursor = match start {
        Start::Now => head,
        Start::Beginning => first,
        // Nothing after the newest event has happened yet, so nothing of it is passed over.
        Start::After(position) => position.clamp(first, head),
    };
    db.execute("INSERT INTO subscriptions (name, cursor) VALUES (?1, ?2)", params![name, cursor])?;
    Ok(Registration { cursor, paused: false, generation: 0 })
}

fn standing(db: &Connection, name: &str) -> Result<Option<Registration>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT cursor, paused_since IS NOT NULL, generation FROM subscriptions WHERE name = ?1",
    )?;
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Registration { cursor: row.get(0)?, paused: row.get(1)?, generation: row.get(2)? })
    };
    Ok(statement.query_row([name], read).optional()?)
}
