//! Dead letters: which of them a filter means, and what is known of each.

use std::sync::Arc;

use rishi_bus::{DeadLetter, Envelope, LetterFilter, LetterGroup, ParkedState, Position};
use tokio_postgres::Row;

use super::columns::{Unreadable, count, get, in_table, instant, number, word};
use super::connection::Db;
use super::error::StoreError;
use super::log::{self, COLUMNS, EVENT_COLUMNS};

/// The dead letters that meet a filter, whose parts are `$1` to `$3`.
pub(super) const MATCHING: &str = "state = 'dead' AND ($1::text IS NULL OR subscription = $1)
    AND ($2::bigint IS NULL OR position = $2)
    AND ($3::text IS NULL OR strpos(coalesce(error, ''), $3) > 0)";

/// What stands for `$1` to `$3` in [`MATCHING`].
pub(super) struct Parts<'f> {
    pub(super) subscription: Option<&'f str>,
    pub(super) position: Option<i64>,
    pub(super) error: Option<&'f str>,
}

impl<'f> Parts<'f> {
    /// The parts of a filter.
    pub(super) fn of(filter: &'f LetterFilter) -> Self {
        Self {
            subscription: filter.subscription.as_deref(),
            position: filter.position.map(count),
            error: filter.error.as_deref(),
        }
    }
}

/// A page of dead letters in order of position, and how many there are in all.
pub(super) async fn page(
    db: &Db<'_>,
    filter: &LetterFilter,
    limit: u32,
    offset: u64,
) -> Result<(Vec<DeadLetter>, u64), StoreError> {
    let Parts { subscription, position, error } = Parts::of(filter);
    let sql = format!("SELECT count(*) FROM deliveries WHERE {MATCHING}");
    let row = db.one(&sql, &[&subscription, &position, &error]).await?;
    let total = in_table("deliveries", &row, number(&row, 0))?;
    let chosen = format!("{MATCHING} ORDER BY position, subscription LIMIT $4 OFFSET $5");
    let (limit, offset) = (i64::from(limit), count(offset));
    let values: &super::connection::Values<'_> =
        &[&subscription, &position, &error, &limit, &offset];
    let rows = db.query(&query(&chosen), values).await?;
    Ok((rows.iter().map(letter).collect::<Result<_, _>>()?, total))
}

/// One row that is owed or dead.
pub(super) async fn one(
    db: &Db<'_>,
    subscription: &str,
    position: Position,
) -> Result<Option<DeadLetter>, StoreError> {
    let chosen = "subscription = $1 AND position = $2 AND state <> 'skipped'";
    let row = db.optional(&query(chosen), &[&subscription, &count(position)]).await?;
    row.as_ref().map(letter).transpose()
}

/// Rows with their events and the number of those that wait behind each: the page is cut first, so
/// that only what is shown is joined and counted.
fn query(chosen: &str) -> String {
    format!(
        "WITH letters AS (
            SELECT subscription, position AS at, key, state, attempts, coalesce(error, '') AS error,
                   created_at, updated_at FROM deliveries WHERE {chosen})
         SELECT {COLUMNS}, subscription, key, state, attempts, error, created_at, updated_at,
                (SELECT count(*) FROM deliveries AS behind
                  WHERE behind.subscription = letters.subscription AND behind.key = letters.key
                    AND behind.position > letters.at AND behind.state <> 'skipped')
           FROM letters JOIN events ON events.position = letters.at
          ORDER BY at, subscription"
    )
}

fn letter(row: &Row) -> Result<DeadLetter, StoreError> {
    let event = log::envelope(row)?;
    in_table("deliveries", row, read(row, event))
}

fn read(row: &Row, event: Arc<Envelope>) -> Result<DeadLetter, Unreadable> {
    const FIRST: usize = EVENT_COLUMNS;
    Ok(DeadLetter {
        subscription: get(row, FIRST)?,
        position: event.position,
        event,
        key: get(row, FIRST + 1)?,
        state: word(row, FIRST + 2, state)?,
        attempts: number(row, FIRST + 3)?,
        error: get(row, FIRST + 4)?,
        since: instant(row, FIRST + 5)?,
        last: instant(row, FIRST + 6)?,
        followers: number(row, FIRST + 7)?,
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
pub(super) async fn groups(
    db: &Db<'_>,
    filter: &LetterFilter,
) -> Result<Vec<LetterGroup>, StoreError> {
    let Parts { subscription, position, error } = Parts::of(filter);
    let sql = format!(
        "SELECT subscription, coalesce(error, ''), count(*), min(position), max(updated_at)
           FROM deliveries WHERE {MATCHING} GROUP BY 1, 2 ORDER BY 3 DESC, 4, 1"
    );
    let rows = db.query(&sql, &[&subscription, &position, &error]).await?;
    rows.iter().map(|row| in_table("deliveries", row, group(row))).collect()
}

fn group(row: &Row) -> Result<LetterGroup, Unreadable> {
    Ok(LetterGroup {
        subscription: get(row, 0)?,
        error: get(row, 1)?,
        count: number(row, 2)?,
        first: number(row, 3)?,
        last: instant(row, 4)?,
    })
}
