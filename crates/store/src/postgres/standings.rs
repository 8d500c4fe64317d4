//! How every subscription stands.

use std::collections::HashMap;

use jiff::Timestamp;
use rishi_bus::{Position, Standing};
use tokio_postgres::Row;

use super::columns::{Unreadable, count, get, in_table, instant, number, optional_instant, text};
use super::connection::Db;
use super::error::StoreError;
use super::log;

/// A subscription's rows, counted.
#[derive(Default)]
struct Counts {
    waiting: u64,
    retrying: u64,
    dead: u64,
    skipped: u64,
    /// The first position that waits or is to be retried.
    owed: Option<Position>,
}

/// What went wrong, and when.
type LastError = (Option<String>, Timestamp);

/// Every subscription that was ever registered, by name. Goes through all delivery rows once, so it wants one view
/// of all tables.
pub(super) async fn all(db: &Db<'_>) -> Result<Vec<Standing>, StoreError> {
    let (head, mut counts) = (log::head(db).await?, counts(db).await?);
    let mut errors = errors(db).await?;
    let sql = "SELECT name, cursor, paused_since, generation FROM subscriptions ORDER BY name";
    let mut standings = Vec::new();
    for row in db.query(sql, &[]).await? {
        let mut standing = in_table("subscriptions", &row, read(&row))?;
        let counts = counts.remove(&standing.name).unwrap_or_default();
        let unread = (standing.cursor < head).then(|| standing.cursor.saturating_add(1));
        standing.oldest_pending = match counts.owed.into_iter().chain(unread).min() {
            Some(oldest) => made_at(db, oldest).await?,
            None => None,
        };
        if let Some((error, at)) = errors.remove(&standing.name) {
            (standing.last_error, standing.last_error_at) = (error, Some(at));
        }
        let Counts { waiting, retrying, dead, skipped, .. } = counts;
        standings.push(Standing { waiting, retrying, dead, skipped, ..standing });
    }
    Ok(standings)
}

fn read(row: &Row) -> Result<Standing, Unreadable> {
    Ok(Standing {
        name: get(row, 0)?,
        cursor: number(row, 1)?,
        paused_since: optional_instant(row, 2)?,
        generation: number(row, 3)?,
        waiting: 0,
        retrying: 0,
        dead: 0,
        skipped: 0,
        oldest_pending: None,
        last_error: None,
        last_error_at: None,
    })
}

/// Of each subscription the newest error among the rows that are retrying or dead; of equals the one at the
/// highest position.
async fn errors(db: &Db<'_>) -> Result<HashMap<String, LastError>, StoreError> {
    let sql = "SELECT DISTINCT ON (subscription) subscription, error, updated_at FROM deliveries
                WHERE state IN ('retrying', 'dead')
                ORDER BY subscription, updated_at DESC, position DESC";
    let mut found = HashMap::new();
    for row in db.query(sql, &[]).await? {
        let read = |row: &Row| Ok((get(row, 0)?, (get(row, 1)?, instant(row, 2)?)));
        let (name, error) = in_table("deliveries", &row, read(&row))?;
        found.insert(name, error);
    }
    Ok(found)
}

async fn counts(db: &Db<'_>) -> Result<HashMap<String, Counts>, StoreError> {
    let sql = "SELECT subscription, state, count(*), min(position) FROM deliveries GROUP BY 1, 2";
    let mut found = HashMap::<String, Counts>::new();
    for row in db.query(sql, &[]).await? {
        in_table("deliveries", &row, add(&row, &mut found))?;
    }
    Ok(found)
}

fn add(row: &Row, found: &mut HashMap<String, Counts>) -> Result<(), Unreadable> {
    let counts = found.entry(get(row, 0)?).or_default();
    let (state, count, first) = (text(row, 1)?, number(row, 2)?, number(row, 3)?);
    match state {
        "waiting" => counts.waiting = count,
        "retrying" => counts.retrying = count,
        "dead" => counts.dead = count,
        "skipped" => counts.skipped = count,
        // Somebody wrote it behind the platform's back: reading the row itself names it.
        _ => {}
    }
    if matches!(state, "waiting" | "retrying") {
        counts.owed = counts.owed.into_iter().chain([first]).min();
    }
    Ok(())
}

async fn made_at(db: &Db<'_>, position: Position) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT position, timestamp FROM events WHERE position = $1";
    let row = db.optional(sql, &[&count(position)]).await?;
    row.map(|row| in_table("events", &row, instant(&row, 1))).transpose()
}
