//! What operators say: orders, carried out in the transaction that records who gave them.
//!
//! Each order that moves a cursor or changes rows raises the generation of the subscriptions that it
//! touches, so that a settlement made on older knowledge is refused. Orders are rare, so no care is
//! taken here to be fast: retention in particular holds the writer while it removes events, and its
//! caller goes in steps.

use jiff::Timestamp;
use rishi_app::commit::CommitError;
use rishi_bus::{LetterFilter, Order, Position};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::append::Trace;
use super::apply::Refusal;
use crate::sqlite::columns::number;
use crate::sqlite::letters::{MATCHING, parts};
use crate::sqlite::log;

/// Carries out an order; how many letters or events it reached. `at` is when it was given.
pub(super) fn obey(
    db: &Connection,
    order: &Order,
    at: Timestamp,
    trace: &mut Trace,
) -> Result<u64, Refusal> {
    let affected = match order {
        Order::Pause { subscription } => {
            let sql = "UPDATE subscriptions SET paused_since = coalesce(paused_since, ?2) WHERE name = ?1";
            found(subscription, db.execute(sql, params![subscription, at.as_microsecond()])?)
        }
        Order::Resume { subscription } => {
            let sql = "UPDATE subscriptions SET paused_since = NULL WHERE name = ?1";
            found(subscription, db.execute(sql, [subscription])?)
        }
        Order::Replay { subscription, after } => replay(db, subscription, *after, trace),
        Order::Swap { subscription, with } => swap(db, subscription, with),
        Order::Forget { subscription } => forget(db, subscription),
        Order::Redrive(letters) => change(db, letters, "waiting", None),
        Order::Discard { letters, reason } => change(db, letters, "skipped", Some(reason)),
        Order::Retain { through } => retain(db, *through, trace),
    }?;
    trace.ordered = true;
    Ok(affected)
}

fn refuse<T>(why: String) -> Result<T, Refusal> {
    Err(CommitError::Refused(why).into())
}

fn found(name: &str, rows: usize) -> Result<u64, Refusal> {
    if rows == 0 { refuse(format!("there is no subscription {name:?}")) } else { Ok(0) }
}

fn replay(db: &Connection, name: &str, after: Position, trace: &Trace) -> Result<u64, Refusal> {
    let (first, last) = (log::anchor(db)?.position, trace.tip.position);
    if !(first..=last).contains(&after) {
        return refuse(format!(
            "position {after} is outside the log, which can be replayed after {first} to {last}"
        ));
    }
    let sql = "UPDATE subscriptions SET cursor = min(cursor, ?2), generation = generation + 1 WHERE name = ?1";
    found(name, db.execute(sql, params![name, number(after)])?)?;
    let sql = "DELETE FROM deliveries WHERE subscription = ?1 AND position > ?2";
    let removed = db.execute(sql, params![name, number(after)])?;
    db.execute(
        "UPDATE subscriptions SET rows = rows - ?2 WHERE name = ?1",
        params![name, removed],
    )?;
    Ok(0)
}

fn swap(db: &Connection, one: &str, other: &str) -> Result<u64, Refusal> {
    if one == other {
        return refuse("a subscription cannot be swapped with itself".to_owned());
    }
    let ((here, paused, held), (there, also, owed)) = (standing(db, one)?, standing(db, other)?);
    if !(paused && also) {
        let name = if paused { other } else { one };
        return refuse(format!("only paused subscriptions can be swapped: pause {name:?} first"));
    }
    let sql = "UPDATE subscriptions SET cursor = ?2, rows = ?3, generation = generation + 1 WHERE name = ?1";
    db.execute(sql, params![one, number(there), owed])?;
    db.execute(sql, params![other, number(here), held])?;
    // A position stands once in a subscription, so the ones pass the others with their signs turned.
    let sql =
        "UPDATE deliveries SET subscription = ?2, position = -position WHERE subscription = ?1";
    db.execute(sql, [one, other])?;
    let sql = "UPDATE deliveries SET subscription = ?1 WHERE subscription = ?2 AND position > 0";
    db.execute(sql, [one, other])?;
    let sql = "UPDATE deliveries SET position = -position WHERE subscription = ?1 AND position < 0";
    db.execute(sql, [other])?;
    Ok(0)
}

/// Removes a subscription; how many events it still owed.
fn forget(db: &Connection, name: &str) -> Result<u64, Refusal> {
    if !standing(db, name)?.1 {
        return refuse(format!(
            "only a paused subscription can be forgotten: pause {name:?} first"
        ));
    }
    let sql = "SELECT count(*) FROM deliveries WHERE subscription = ?1 AND state <> 'skipped'";
    let owed = db.query_row(sql, [name], |row| row.get(0))?;
    db.execute("DELETE FROM deliveries WHERE subscription = ?1", [name])?;
    db.execute("DELETE FROM subscriptions WHERE name = ?1", [name])?;
    Ok(owed)
}

/// A subscription's cursor, whether it is paused, and how many rows it should have.
fn standing(db: &Connection, name: &str) -> Result<(Position, bool, i64), Refusal> {
    let sql = "SELECT cursor, paused_since IS NOT NULL, rows FROM subscriptions WHERE name = ?1";
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let row = db.query_row(sql, [name], read).optional()?;
    row.map_or_else(|| refuse(format!("there is no subscription {name:?}")), Ok)
}

/// Changes the dead letters that are meant, in place, so that they keep their order.
fn change(
    db: &Connection,
    letters: &LetterFilter,
    state: &str,
    reason: Option<&str>,
) -> Result<u64, Refusal> {
    if let Some(name) = &letters.subscription {
        let sql = "SELECT count(*) FROM subscriptions WHERE name = ?1";
        found(name, db.query_row(sql, [name], |row| row.get(0))?)?;
    }
    let [subscription, position, error] = parts(letters);
    let sql = format!(
        "UPDATE subscriptions SET generation = generation + 1
          WHERE name IN (SELECT subscription FROM deliveries WHERE {MATCHING})"
    );
    db.execute(&sql, params![subscription, position, error])?;
    let sql = format!(
        "UPDATE deliveries SET state = ?4, due_at = NULL, error = coalesce(?5, error),
                attempts = CASE ?4 WHEN 'waiting' THEN 0 ELSE attempts END WHERE {MATCHING}"
    );
    Ok(db.execute(&sql, params![subscription, position, error, state, reason])? as u64)
}

fn retain(db: &Connection, through: Position, trace: &mut Trace) -> Result<u64, Refusal> {
    let last = trace.tip.position;
    if through > last {
        return refuse(format!("position {through} is not in the log yet, which ends at {last}"));
    }
    if through <= log::anchor(db)?.position {
        return Ok(0);
    }
    let through = number(through);
    let owing = "SELECT name FROM subscriptions WHERE cursor < ?1 OR EXISTS (
            SELECT 1 FROM deliveries WHERE subscription = name AND position <= ?1 AND state <> 'skipped')
          ORDER BY name LIMIT 1";
    let owing = db.query_row(owing, [through], |row| row.get::<_, String>(0)).optional()?;
    if let Some(name) = owing {
        return refuse(format!(
            "{name:?} has not handled all events up to {through}; if no program has it any more, \
             pause it and have it forgotten"
        ));
    }
    // What is on its way to an endpoint, or was asked for again, is read from the log when its turn comes.
    let owing = "SELECT id FROM webhook_endpoints WHERE replay_from <= ?1 OR EXISTS (
            SELECT 1 FROM webhook_deliveries
             WHERE endpoint_id = id AND status = 'pending' AND position <= ?1)
          ORDER BY id LIMIT 1";
    let owing = db.query_row(owing, [through], |row| row.get::<_, Uuid>(0)).optional()?;
    if let Some(endpoint) = owing {
        return refuse(format!(
            "the webhook endpoint {endpoint} is still to be told of events up to {through}; wait until they are \
             delivered or given up, or delete it"
        ));
    }
    db.execute(
        "INSERT INTO retained_subjects (id, kind, version)
         SELECT subject_id, subject_kind, max(version) FROM events WHERE position <= ?1 GROUP BY 1, 2
         ON CONFLICT (id, kind) DO UPDATE SET version = excluded.version",
        [through],
    )?;
    db.execute(
        "UPDATE log_anchor SET (position, hash) = (SELECT position, hash FROM events WHERE position = ?1)",
        [through],
    )?;
    db.execute(
        "UPDATE subscriptions SET rows = rows
            - (SELECT count(*) FROM deliveries WHERE subscription = name AND position <= ?1)",
        [through],
    )?;
    db.execute("DELETE FROM deliveries WHERE position <= ?1", [through])?;
    let removed = db.execute("DELETE FROM events WHERE position <= ?1", [through])?;
    trace.removed = u64::try_from(through).ok();
    Ok(removed as u64)
}
