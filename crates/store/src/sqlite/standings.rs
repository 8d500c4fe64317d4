//! How every subscription stands.

use std::collections::HashMap;

use jiff::Timestamp;
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

/// What went wrong, and when.
type LastError = (Option<String>, Timestamp);

/// Every subscription that was ever registered, by name. Goes through all delivery rows once.
pub(super) fn all(db: &Connection) -> Result<Vec<Standing>, StoreError> {
    // One view of all tables, whatever is written meanwhile.
    let view = db.unchecked_transaction()?;
    let (head, mut counts) = (log::head(&view)?, counts(&view)?);
    let mut errors = errors(&view)?;
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
        if let Some((error, at)) = errors.remove(&standing.name) {
            (standing.last_error, standing.last_error_at) = (error, Some(at));
        }
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
        last_error: None,
        last_error_at: None,
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

/// What went wrong last, and when, by subscription; of two at one instant, the later event's.
fn errors(db: &Connection) -> Result<HashMap<String, LastError>, StoreError> {
    // The other columns are those of the row with the maximum: <https://sqlite.org/lang_select.html#bareagg>.
    let mut statement = db.prepare_cached(
        "SELECT subscription, max(position), error, updated_at FROM deliveries d
          WHERE state IN ('retrying', 'dead') AND updated_at = (SELECT max(updated_at) FROM deliveries
                WHERE subscription = d.subscription AND state IN ('retrying', 'dead'))
          GROUP BY subscription",
    )?;
    let mut rows = statement.query([])?;
    let mut found = HashMap::new();
    while let Some(row) = rows.next()? {
        let read = |row: &Row<'_>| Ok((row.get(0)?, (row.get(2)?, instant(row, 3)?)));
        let (name, error) = in_table("deliveries", row, read(row))?;
        found.insert(name, error);
    }
    Ok(found)
}

fn made_at(db: &Connection, position: Position) -> Result<Option<Timestamp>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT position, timestamp FROM events WHERE position = ?1")?;
    let mut rows = statement.query([number(position)])?;
    rows.next()?.map(|row| in_table("events", row, instant(row, 1))).transpose()
}
