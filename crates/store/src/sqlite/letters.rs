//! Dead letters: which of them a filter means, and what is known of each.

use std::sync::Arc;

use rishi_bus::{DeadLetter, Envelope, LetterFilter, LetterGroup, ParkedState, Position};
use rusqlite::types::ToSql;
use rusqlite::{Connection, Row, params};

use super::columns::{in_table, instant, number, word};
use super::error::StoreError;
use super::log::{self, COLUMNS, EVENT_COLUMNS};

/// The dead letters that meet a filter, whose parts are `?1` to `?3`.
pub(super) const MATCHING: &str = "state = 'dead' AND (?1 IS NULL OR subscription = ?1)
    AND (?2 IS NULL OR position = ?2) AND (?3 IS NULL OR instr(coalesce(error, ''), ?3) > 0)";

/// What stands for `?1` to `?3` in [`MATCHING`].
pub(super) fn parts(filter: &LetterFilter) -> [Box<dyn ToSql>; 3] {
    [
        Box::new(filter.subscription.clone()),
        Box::new(filter.position.map(number)),
        Box::new(filter.error.clone()),
    ]
}

/// A page of dead letters in order of position, and how many there are in all.
pub(super) fn page(
    db: &Connection,
    filter: &LetterFilter,
    limit: u32,
    offset: u64,
) -> Result<(Vec<DeadLetter>, u64), StoreError> {
    let [subscription, position, error] = parts(filter);
    let total = db
        .prepare_cached(&format!("SELECT count(*) FROM deliveries WHERE {MATCHING}"))?
        .query_row(params![subscription, position, error], |row| row.get(0))?;
    let chosen = format!("{MATCHING} ORDER BY position, subscription LIMIT ?4 OFFSET ?5");
    let mut statement = db.prepare_cached(&query(&chosen))?;
    let mut rows =
        statement.query(params![subscription, position, error, limit, number(offset)])?;
    let mut letters = Vec::new();
    while let Some(row) = rows.next()? {
        letters.push(letter(row)?);
    }
    Ok((letters, total))
}

/// One row that is owed or dead.
pub(super) fn one(
    db: &Connection,
    subscription: &str,
    position: Position,
) -> Result<Option<DeadLetter>, StoreError> {
    let chosen = "subscription = ?1 AND position = ?2 AND state <> 'skipped'";
    let mut statement = db.prepare_cached(&query(chosen))?;
    let mut rows = statement.query(params![subscription, number(position)])?;
    rows.next()?.map(letter).transpose()
}

/// Rows with their events and the number of those that wait behind each: the page is cut first, so
/// that only what is shown is joined and counted.
fn query(chosen: &str) -> String {
    format!(
        "WITH letters AS (
            SELECT subscription, position AS at, key, state, attempts, coalesce(error, '') AS error,
                   created_at, updated_at FROM deliveries WHERE {chosen})
         SELECT {COLUMNS}, subscription, key, state, attempts, error, created_at, updated_at,
                (SELECT count(*) FROM deliveries AS behind INDEXED BY deliveries_by_key
                  WHERE behind.subscription = letters.subscription AND behind.key = letters.key
                    AND behind.position > letters.at AND behind.state <> 'skipped')
           FROM letters JOIN events ON events.position = letters.at
          ORDER BY at, subscription"
    )
}

fn letter(row: &Row<'_>) -> Result<DeadLetter, StoreError> {
    let event = log::envelope(row)?;
    in_table("deliveries", row, read(row, event))
}

fn read(row: &Row<'_>, event: Arc<Envelope>) -> Result<DeadLetter, rusqlite::Error> {
    const FIRST: usize = EVENT_COLUMNS;
    Ok(DeadLetter {
        subscription: row.get(FIRST)?,
        position: event.position,
        event,
        key: row.get(FIRST + 1)?,
        state: word(row, FIRST + 2, state)?,
        attempts: row.get(FIRST + 3)?,
        error: row.get(FIRST + 4)?,
        since: instant(row, FIRST + 5)?,
        last: instant(row, FIRST + 6)?,
        followers: row.get(FIRST + 7)?,
    })
}

/// The state of a row that is owed.
pub(super) fn state(word: &str) -> Option<ParkedState> {
    match word {
        "waiting" => Some(ParkedState::Waiting),
        "retrying" => Some(ParkedState::Retrying),
        "dead" => Some(ParkedState::Dead),
        _ => None,
    }
}

/// Dead letters by subscription and error, the most numerous first.
pub(super) fn groups(
    db: &Connection,
    filter: &LetterFilter,
) -> Result<Vec<LetterGroup>, StoreError> {
    let [subscription, position, error] = parts(filter);
    let mut statement = db.prepare_cached(&format!(
        "SELECT subscription, coalesce(error, ''), count(*), min(position), max(updated_at)
           FROM deliveries WHERE {MATCHING} GROUP BY 1, 2 ORDER BY 3 DESC, 4, 1"
    ))?;
    let mut rows = statement.query(params![subscription, position, error])?;
    let mut groups = Vec::new();
    while let Some(row) = rows.next()? {
        let read = |row: &Row<'_>| {
            Ok(LetterGroup {
                subscription: row.get(0)?,
                error: row.get(1)?,
                count: row.get(2)?,
                first: row.get(3)?,
                last: instant(row, 4)?,
            })
        };
        groups.push(in_table("deliveries", row, read(row))?);
    }
    Ok(groups)
}
