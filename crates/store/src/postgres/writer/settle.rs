//! A subscription's progress: policy commits, delivery rows and the cursor, in one transaction.

use std::collections::HashMap;

use rishi_app::commit::{Commit, CommitError, Committed};
use rishi_bus::lease::of_subscription;
use rishi_bus::{
    Failure, LedgerError, Outcome, Position, Refused, Registration, Settled, Settlement, Start,
};
use tokio_postgres::Row as Columns;

use super::append::Trace;
use super::apply::{attempt, attempt_all};
use super::company::Company;
use crate::door;
use crate::postgres::columns::{Unreadable, count, get, in_table, number, optional_number};
use crate::postgres::connection::Db;
use crate::postgres::error::StoreError;
use crate::postgres::log;

/// Applies a settlement. A policy commit that is refused leaves its failure as a row to be retried
/// and is named in the answer; the others and the cursor stand. One made on older knowledge than an
/// operator's last order, or than the last settlement, is refused and writes nothing; so is one under a
/// lease that is not live.
pub(super) async fn settle(
    db: &Db<'_>,
    settlement: &Settlement<Commit>,
    trace: &mut Trace,
) -> Result<Result<Vec<Refused>, LedgerError>, StoreError> {
    let Settlement { subscription, generation, fence, rests_on, cursor, at, deliveries } =
        settlement;
    // Whoever settles the same subscription comes after.
    let Some((known, fenced)) = held(db, subscription).await? else {
        return Ok(Err(LedgerError::new(format!("there is no subscription {subscription:?}"))));
    };
    if !fenced.allows(*fence) {
        return Ok(Err(LedgerError::fenced()));
    }
    // Whoever was here first may have set aside what this one takes for done.
    if known.generation != *generation || known.cursor > *rests_on {
        return Ok(Err(LedgerError::superseded()));
    }
    let reached = known.cursor;
    let at = at.as_microsecond();
    let mut refused = Vec::new();
    let mut made = side_by_side(db, deliveries, reached, trace).await?;
    for Settled { position, key, was_parked, outcome, .. } in deliveries {
        let (position, was_parked) = (*position, *was_parked);
        let row = Row { subscription, position, key, at };
        // Whoever settled it before was first: a second dispatcher changes nothing.
        if if was_parked { !row.exists(db).await? } else { position <= reached } {
            continue;
        }
        match outcome {
            Outcome::Done => row.done(db, was_parked).await?,
            Outcome::Commit { commit, or_else } => match match made.remove(&position) {
                Some(outcome) => outcome,
                None => attempt(db, commit, trace).await?,
            } {
                Ok(_) => row.done(db, was_parked).await?,
                Err(error) => {
                    let error = door::chain(&error);
                    row.put(db, "retrying", Some(or_else), Some(&error)).await?;
                    refused.push(Refused { position, error });
                }
            },
            Outcome::Wait => row.put(db, "waiting", None, None).await?,
            Outcome::Failed(failure) => {
                row.put(db, "retrying", Some(failure), Some(&failure.error)).await?;
            }
            Outcome::Dead(failure) => {
                row.put(db, "dead", Some(failure), Some(&failure.error)).await?;
            }
            Outcome::Skipped { reason } => row.put(db, "skipped", None, Some(reason)).await?,
        }
    }
    if let Some(cursor) = cursor {
        let sql = "UPDATE subscriptions SET cursor = $2 WHERE name = $1 AND cursor < $2";
        db.execute(sql, &[subscription, &count(*cursor)]).await?;
    }
    Ok(Ok(refused))
}

/// Makes what the wave's policies ask for beside each other, where that can be; what each came to, by position.
/// What is not among them is made in its turn.
async fn side_by_side(
    db: &Db<'_>,
    deliveries: &[Settled<Commit>],
    reached: Position,
    trace: &mut Trace,
) -> Result<HashMap<Position, Result<Committed, CommitError>>, StoreError> {
    let mut company = Company::default();
    let (mut positions, mut commits) = (Vec::new(), Vec::new());
    for Settled { position, was_parked, outcome, .. } in deliveries {
        let Outcome::Commit { commit, .. } = outcome else { continue };
        if *was_parked || *position <= reached {
            continue;
        }
        // Nothing overtakes one that has to be made alone.
        if !company.admit(commit) {
            break;
        }
        positions.push(*position);
        commits.push(commit);
    }
    let outcomes = match commits.len() {
        0 | 1 => None,
        _ => attempt_all(db, &commits, trace).await?.ok(),
    };
    Ok(positions.into_iter().zip(outcomes.unwrap_or_default()).collect())
}

/// The delivery of one event to one subscription.
struct Row<'a> {
    subscription: &'a str,
    position: Position,
    key: &'a str,
    at: i64,
}

impl Row<'_> {
    async fn exists(&self, db: &Db<'_>) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM deliveries WHERE subscription = $1 AND position = $2";
        Ok(db.optional(sql, &[&self.subscription, &count(self.position)]).await?.is_some())
    }

    /// Nothing is owed any more.
    async fn done(&self, db: &Db<'_>, was_parked: bool) -> Result<(), StoreError> {
        if was_parked {
            let sql = "DELETE FROM deliveries WHERE subscription = $1 AND position = $2";
            db.execute(sql, &[&self.subscription, &count(self.position)]).await?;
        }
        Ok(())
    }

    async fn put(
        &self,
        db: &Db<'_>,
        state: &str,
        failure: Option<&Failure>,
        error: Option<&str>,
    ) -> Result<(), StoreError> {
        let due = failure.map(|failure| failure.due.as_microsecond());
        let attempts = failure.map_or(0, |failure| i64::from(failure.attempts));
        // A handler may say anything, but for the one character that has no place in a text.
        let error = error.map(|error| error.replace('\0', "\u{fffd}"));
        db.execute(
            "INSERT INTO deliveries
                (subscription, position, key, state, attempts, due_at, error, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
             ON CONFLICT (subscription, position) DO UPDATE SET
                state = excluded.state, attempts = excluded.attempts, due_at = excluded.due_at,
                error = excluded.error, updated_at = excluded.updated_at",
            &[
                &self.subscription,
                &count(self.position),
                &self.key,
                &state,
                &attempts,
                &due,
                &error,
                &self.at,
            ],
        )
        .await?;
        Ok(())
    }
}

/// Where a subscription stands; it is made at its start when it appears for the first time.
pub(super) async fn register(
    db: &Db<'_>,
    name: &str,
    start: Start,
) -> Result<Registration, StoreError> {
    if let Some(known) = standing(db, name).await? {
        return Ok(known);
    }
    // Retention moves it, and must not pass by one that begins there just now.
    let sql = "SELECT position FROM log_anchor WHERE one = 1 FOR SHARE";
    let row = db.one(sql, &[]).await?;
    let first: Position = in_table("log_anchor", &row, number(&row, 0))?;
    let head = log::head(db).await?;
    let cursor = match start {
        Start::Now => head,
        Start::Beginning => first,
        // Nothing after the newest event has happened yet, so nothing of it is passed over.
        Start::After(position) => position.clamp(first, head),
    };
    let sql =
        "INSERT INTO subscriptions (name, cursor) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    db.execute(sql, &[&name, &count(cursor)]).await?;
    // Another process may have been first.
    let made = standing(db, name).await?;
    Ok(made.unwrap_or(Registration { cursor, paused: false, generation: 0 }))
}

/// Who may settle a subscription.
struct Fence {
    /// The token of whoever took it last.
    token: u64,
    /// That of whoever has it now.
    live: Option<u64>,
}

impl Fence {
    /// Whether whoever shows this token may; 0 is who has no lease, and may as long as nobody has one.
    fn allows(&self, shown: u64) -> bool {
        match self.live {
            Some(live) => shown == live && self.token <= shown,
            None => shown == 0,
        }
    }
}

/// The same, held until the transaction ends, and who may settle it. Taking a lease writes its token into the row, so
/// that comes before this or after the transaction, and never in between.
async fn held(db: &Db<'_>, name: &str) -> Result<Option<(Registration, Fence)>, StoreError> {
    let sql = "SELECT cursor, paused_since IS NOT NULL, generation, token,
            (SELECT lease.token FROM leases AS lease
              WHERE lease.unit = $2 AND lease.holder IS NOT NULL AND lease.until > database_clock())
        FROM subscriptions WHERE name = $1 FOR NO KEY UPDATE";
    let Some(row) = db.optional(sql, &[&name, &of_subscription(name)]).await? else {
        return Ok(None);
    };
    let fence = || Ok(Fence { token: number(&row, 3)?, live: optional_number(&row, 4)? });
    let read = registration(&row).and_then(|known| Ok((known, fence()?)));
    Ok(Some(in_table("subscriptions", &row, read)?))
}

async fn standing(db: &Db<'_>, name: &str) -> Result<Option<Registration>, StoreError> {
    let sql =
        "SELECT cursor, paused_since IS NOT NULL, generation FROM subscriptions WHERE name = $1";
    let row = db.optional(sql, &[&name]).await?;
    row.map(|row| in_table("subscriptions", &row, registration(&row))).transpose()
}

fn registration(row: &Columns) -> Result<Registration, Unreadable> {
    Ok(Registration { cursor: number(row, 0)?, paused: get(row, 1)?, generation: number(row, 2)? })
}
