//! How every subscription stands.

use std::collections::HashMap;

use rishi_bus::{Position, Standing};
use rusqlite::{Connection, Row};

use super::columns::{in_table, instant, number, optional_instant, text};
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

/// Every subscription that was ever registered, by name. Goes through all delivery rows once.
pub(super) fn all(db: &Connection) -> Result<Vec<Standing>, StoreError> {
    // One view of all tables, whatever is written meanwhile.
    let view = db.unchecked_transaction()?;
    let (head, mut counts) = (log::head(&view)?, counts(&view)?);
    let mut statement = view.prepare_cached(
        "SELECT name, cursor, paused_since, generation FROM subscriptions ORDER BY name",
    )?;
    let mut rows = statement.query([])?;
    let mut standings = Vec::new();
    while let Some(row) = rows.next()? {
        let mut standing = in_table("subscriptions", row, read(row))?;
        let counts = counts.remove(&standing.name).unwrap_or_default();
        let unread = (standing.cursor < head).then(|| standing.cursor.saturating_add(1));
        standing.oldest_pending = match counts.owed.into_iter().chain(unread).min() {
            Some(oldest) => made_at(&view, oldest)?,
            None => None,
        };
        let Counts { waiting, retrying, dead, skipped, .. } = counts;
        standings.push(Standing { waiting, retrying, dead, skipped, ..standing });
    }
    Ok(standings)
}

fn read(row: &Row<'_>) -> Result<Standing, rusqlite::Error> {
    Ok(Standing {
        name: row.get(0)?,
        cursor: row.get(1)?,
        paused_since: optional_instant(row, 2)?,
        generation: row.get(3)?,
        waiting: 0,
        retrying: 0,
        dead: 0,
        skipped: 0,
        oldest_pending: None,
    })
}

fn counts(db: &Connection) -> Result<HashMap<String, Counts>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT subscription, state, count(*), min(position) FROM deliveries GROUP BY 1, 2",
    )?;
    let mut rows = statement.query([])?;
    let mut found = HashMap::<String, Counts>::new();
    while let Some(row) = rows.next()? {
        let counts = found.entry(row.get(0)?).or_default();
        let (count, first) = (row.get(2)?, row.get(3)?);
        match text(row, 1)? {
            "waiting" => counts.waiting = count,
            "retrying" => counts.retrying = count,
            "dead" => counts.dead = count,
            "skipped" => counts.skipped = count,
            // Somebody wrote it behind the platform's back: reading the row itself names it.
            _ => {}
        }
        if matches!(text(row, 1)?, "waiting" | "retrying") {
            counts.owed = counts.owed.into_iter().chain([first]).min();
        }
    }
    Ok(found)
}

fn made_at(db: &Connection, position: Position) -> Result<Option<jiff::Timestamp>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT position, timestamp FROM events WHERE position = ?1")?;
    let mut rows = statement.query([number(position)])?;
    rows.next()?.map(|row| in_table("events", row, instant(row, 1))).transpose()
}
