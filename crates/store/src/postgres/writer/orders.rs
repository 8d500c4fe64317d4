//! What operators say: orders, carried out in the transaction that records who gave them.
//!
//! Each order that moves a cursor or changes rows raises the generation of the subscriptions that it
//! touches, so that a settlement made on older knowledge is refused. Orders are rare, so no care is
//! taken here to be fast: retention in particular takes its time, and its caller goes in steps.

use jiff::Timestamp;
use rishi_app::commit::CommitError;
use rishi_bus::{LetterFilter, Order, Position};
use uuid::Uuid;

use super::append::Trace;
use super::transaction::Refusal;
use crate::postgres::columns::{count, get, in_table, number};
use crate::postgres::connection::Db;
use crate::postgres::letters::{MATCHING, Parts};
use crate::postgres::log;

/// Carries out an order; how many letters or events it reached. `at` is when it was given.
pub(super) async fn obey(
    db: &Db<'_>,
    order: &Order,
    at: Timestamp,
    trace: &mut Trace,
) -> Result<u64, Refusal> {
    let affected = match order {
        Order::Pause { subscription } => {
            let sql = "UPDATE subscriptions SET paused_since = coalesce(paused_since, $2) WHERE name = $1";
            found(subscription, db.execute(sql, &[subscription, &at.as_microsecond()]).await?)
        }
        Order::Resume { subscription } => {
            let sql = "UPDATE subscriptions SET paused_since = NULL WHERE name = $1";
            found(subscription, db.execute(sql, &[subscription]).await?)
        }
        Order::Replay { subscription, after } => replay(db, subscription, *after).await,
        Order::Swap { subscription, with } => swap(db, subscription, with).await,
        Order::Forget { subscription } => forget(db, subscription).await,
        Order::Redrive(letters) => change(db, letters, "waiting", None).await,
        Order::Discard { letters, reason } => change(db, letters, "skipped", Some(reason)).await,
        Order::Retain { through } => retain(db, *through, trace).await,
    }?;
    trace.ordered = true;
    Ok(affected)
}

fn refuse<T>(why: String) -> Result<T, Refusal> {
    Err(CommitError::Refused(why).into())
}

fn found(name: &str, rows: u64) -> Result<u64, Refusal> {
    if rows == 0 { refuse(format!("there is no subscription {name:?}")) } else { Ok(0) }
}

/// Where the log begins, which stays so until the transaction ends.
async fn first(db: &Db<'_>, lock: &str) -> Result<Position, Refusal> {
    let row = db.one(&format!("SELECT position FROM log_anchor WHERE one = 1 {lock}"), &[]).await?;
    Ok(in_table("log_anchor", &row, number(&row, 0))?)
}

async fn replay(db: &Db<'_>, name: &str, after: Position) -> Result<u64, Refusal> {
    let (first, last) = (first(db, "FOR SHARE").await?, log::head(db).await?);
    if !(first..=last).contains(&after) {
        return refuse(format!(
            "position {after} is outside the log, which can be replayed after {first} to {last}"
        ));
    }
    let sql = "UPDATE subscriptions SET cursor = least(cursor, $2), generation = generation + 1
                WHERE name = $1";
    found(name, db.execute(sql, &[&name, &count(after)]).await?)?;
    let sql = "DELETE FROM deliveries WHERE subscription = $1 AND position > $2";
    db.execute(sql, &[&name, &count(after)]).await?;
    Ok(0)
}

async fn swap(db: &Db<'_>, one: &str, other: &str) -> Result<u64, Refusal> {
    if one == other {
        return refuse("a subscription cannot be swapped with itself".to_owned());
    }
    let sql = "SELECT 1 FROM subscriptions WHERE name IN ($1, $2) ORDER BY name FOR UPDATE";
    db.query(sql, &[&one, &other]).await?;
    let ((here, paused), (there, also)) = (standing(db, one).await?, standing(db, other).await?);
    if !(paused && also) {
        let name = if paused { other } else { one };
        return refuse(format!("only paused subscriptions can be swapped: pause {name:?} first"));
    }
    let sql = "UPDATE subscriptions SET cursor = $2, generation = generation + 1 WHERE name = $1";
    db.execute(sql, &[&one, &count(there)]).await?;
    db.execute(sql, &[&other, &count(here)]).await?;
    // A position stands once in a subscription, so the ones pass the others with their signs turned.
    let sql =
        "UPDATE deliveries SET subscription = $2, position = -position WHERE subscription = $1";
    db.execute(sql, &[&one, &other]).await?;
    let sql = "UPDATE deliveries SET subscription = $1 WHERE subscription = $2 AND position > 0";
    db.execute(sql, &[&one, &other]).await?;
    let sql = "UPDATE deliveries SET position = -position WHERE subscription = $1 AND position < 0";
    db.execute(sql, &[&other]).await?;
    Ok(0)
}

/// Removes a subscription; how many events it still owed.
async fn forget(db: &Db<'_>, name: &str) -> Result<u64, Refusal> {
    db.query("SELECT 1 FROM subscriptions WHERE name = $1 FOR UPDATE", &[&name]).await?;
    if !standing(db, name).await?.1 {
        return refuse(format!(
            "only a paused subscription can be forgotten: pause {name:?} first"
        ));
    }
    let sql = "SELECT count(*) FROM deliveries WHERE subscription = $1 AND state <> 'skipped'";
    let row = db.one(sql, &[&name]).await?;
    let owed = in_table("deliveries", &row, number(&row, 0))?;
    db.execute("DELETE FROM deliveries WHERE subscription = $1", &[&name]).await?;
    db.execute("DELETE FROM subscriptions WHERE name = $1", &[&name]).await?;
    Ok(owed)
}

/// A subscription's cursor, and whether it is paused.
async fn standing(db: &Db<'_>, name: &str) -> Result<(Position, bool), Refusal> {
    let sql = "SELECT cursor, paused_since IS NOT NULL FROM subscriptions WHERE name = $1";
    let Some(row) = db.optional(sql, &[&name]).await? else {
        return refuse(format!("there is no subscription {name:?}"));
    };
    let read = || Ok((number(&row, 0)?, get(&row, 1)?));
    Ok(in_table("subscriptions", &row, read())?)
}

/// Changes the dead letters that are meant, in place, so that they keep their order.
async fn change(
    db: &Db<'_>,
    letters: &LetterFilter,
    state: &str,
    reason: Option<&str>,
) -> Result<u64, Refusal> {
    if let Some(name) = &letters.subscription {
        let sql = "SELECT 1 FROM subscriptions WHERE name = $1";
        found(name, db.execute(sql, &[name]).await?)?;
    }
    let Parts { subscription, position, error } = Parts::of(letters);
    let sql = format!(
        "UPDATE subscriptions SET generation = generation + 1
          WHERE name IN (SELECT subscription FROM deliveries WHERE {MATCHING})"
    );
    db.execute(&sql, &[&subscription, &position, &error]).await?;
    let sql = format!(
        "UPDATE deliveries SET state = $4, due_at = NULL, error = coalesce($5, error),
                attempts = CASE $4 WHEN 'waiting' THEN 0 ELSE attempts END WHERE {MATCHING}"
    );
    Ok(db.execute(&sql, &[&subscription, &position, &error, &state, &reason]).await?)
}

async fn retain(db: &Db<'_>, through: Position, trace: &mut Trace) -> Result<u64, Refusal> {
    let last = log::head(db).await?;
    if through > last {
        return refuse(format!("position {through} is not in the log yet, which ends at {last}"));
    }
    if through <= first(db, "FOR UPDATE").await? {
        return Ok(0);
    }
    let upto = count(through);
    let owing = "SELECT name FROM subscriptions WHERE cursor < $1 OR EXISTS (
            SELECT 1 FROM deliveries WHERE subscription = name AND position <= $1 AND state <> 'skipped')
          ORDER BY name LIMIT 1";
    if let Some(row) = db.optional(owing, &[&upto]).await? {
        let name: String = in_table("subscriptions", &row, get(&row, 0))?;
        return refuse(format!(
            "{name:?} has not handled all events up to {through}; if no program has it any more, \
             pause it and have it forgotten"
        ));
    }
    // What is on its way to an endpoint, or was asked for again, is read from the log when its turn comes.
    let owing = "SELECT w.id FROM webhook_endpoints w WHERE w.replay_from <= $1 OR EXISTS (
            SELECT 1 FROM webhook_deliveries d
             WHERE d.endpoint_id = w.id AND d.status = 'pending' AND d.position <= $1)
          ORDER BY w.id LIMIT 1";
    if let Some(row) = db.optional(owing, &[&upto]).await? {
        let endpoint: Uuid = in_table("webhook_endpoints", &row, get(&row, 0))?;
        return refuse(format!(
            "the webhook endpoint {endpoint} is still to be told of events up to {through}; wait until they are \
             delivered or given up, or delete it"
        ));
    }
    db.execute(
        "INSERT INTO retained_subjects (id, kind, version)
         SELECT subject_id, subject_kind, max(version) FROM events WHERE position <= $1 GROUP BY 1, 2
         ON CONFLICT (id, kind) DO UPDATE SET version = excluded.version",
        &[&upto],
    )
    .await?;
    db.execute(
        "UPDATE log_anchor SET position = event.position, hash = event.hash
           FROM events AS event WHERE event.position = $1 AND one = 1",
        &[&upto],
    )
    .await?;
    db.execute("DELETE FROM deliveries WHERE position <= $1", &[&upto]).await?;
    let removed = db.execute("DELETE FROM events WHERE position <= $1", &[&upto]).await?;
    trace.removed = Some(through);
    Ok(removed)
}
