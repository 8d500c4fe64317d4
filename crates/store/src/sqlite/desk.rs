//! What an operator sees: subscriptions, dead letters, the chain. Everything is read by the readers, beside
//! the writer.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use rishi_bus::{
    Checkpoint, DeadLetter, Desk, Envelope, LedgerError, LetterFilter, LetterGroup, Position,
    RowState, Standing, Tally,
};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::columns::{in_table, number, word};
use super::error::StoreError;
use super::{Sqlite, letters, log, standings};

#[async_trait]
impl Desk for Sqlite {
    async fn standings(&self) -> Result<Vec<Standing>, LedgerError> {
        Ok(self.readers.scan(standings::all).await?)
    }

    async fn letters(
        &self,
        filter: &LetterFilter,
        limit: u32,
        offset: u64,
    ) -> Result<(Vec<DeadLetter>, u64), LedgerError> {
        let filter = filter.clone();
        Ok(self.readers.scan(move |db| letters::page(db, &filter, limit, offset)).await?)
    }

    async fn letter_groups(&self, filter: &LetterFilter) -> Result<Vec<LetterGroup>, LedgerError> {
        let filter = filter.clone();
        Ok(self.readers.scan(move |db| letters::groups(db, &filter)).await?)
    }

    async fn letter(
        &self,
        subscription: &str,
        position: Position,
    ) -> Result<Option<DeadLetter>, LedgerError> {
        let name = subscription.to_owned();
        Ok(self.readers.scan(move |db| letters::one(db, &name, position)).await?)
    }

    async fn event_by_id(&self, id: Uuid) -> Result<Option<Arc<Envelope>>, LedgerError> {
        Ok(self.readers.point(|db| log::by_id(db, id)).await?)
    }

    async fn position_at(&self, instant: Timestamp) -> Result<Position, LedgerError> {
        Ok(self.readers.scan(move |db| position_at(db, instant)).await?)
    }

    async fn anchor(&self) -> Result<Checkpoint, LedgerError> {
        Ok(self.readers.point(log::anchor).await?)
    }

    async fn chain(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<(Arc<Envelope>, [u8; 32])>, LedgerError> {
        Ok(self.readers.scan(move |db| log::chain(db, after, limit)).await?)
    }

    async fn retained_version(&self, kind: &str, id: Uuid) -> Result<u64, LedgerError> {
        Ok(self.readers.point(|db| retained_version(db, kind, id)).await?)
    }

    async fn rows(&self, subscription: &str) -> Result<Vec<(Position, RowState)>, LedgerError> {
        let name = subscription.to_owned();
        Ok(self.readers.scan(move |db| rows(db, &name)).await?)
    }

    async fn tally(&self, subscription: &str) -> Result<Option<Tally>, LedgerError> {
        let name = subscription.to_owned();
        Ok(self.readers.scan(move |db| tally(db, &name)).await?)
    }
}

/// Both counts in one statement, so that they are of one moment.
fn tally(db: &Connection, name: &str) -> Result<Option<Tally>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT name, rows, (SELECT count(*) FROM deliveries WHERE subscription = name)
           FROM subscriptions WHERE name = ?1",
    )?;
    let mut rows = statement.query([name])?;
    let read = |row: &Row<'_>| Ok(Tally { recorded: row.get(1)?, found: row.get(2)? });
    rows.next()?.map(|row| in_table("subscriptions", row, read(row))).transpose()
}

/// How far past the place that halving finds is looked for events that are out of order.
const DISORDER: i64 = 1_024;

/// The last position at or before an instant.
///
/// Timestamps are made before positions are given, so they are nearly in order, and no index by time is
/// kept: halving finds a place where time passes the instant, in some twenty looks, and the next
/// [`DISORDER`] events are looked through for late ones. After a clock that was set back by much there
/// may be several such places; one of them is found.
fn position_at(db: &Connection, instant: Timestamp) -> Result<Position, StoreError> {
    let micros = instant.as_microsecond();
    let mut before = db.prepare_cached("SELECT timestamp <= ?2 FROM events WHERE position = ?1")?;
    let (anchor, head) = (number(log::anchor(db)?.position), number(log::head(db)?));
    // Up to `low` the instant is not passed, from `high` on it is.
    let (mut low, mut high) = (anchor, head + 1);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        let reached = before.query_row(params![middle, micros], |row| row.get(0)).optional()?;
        // What is missing from a damaged log is on neither side.
        if reached.unwrap_or(true) { low = middle } else { high = middle }
    }
    let mut late = db.prepare_cached(
        "SELECT max(position) FROM events WHERE position BETWEEN ?1 AND ?2 AND timestamp <= ?3",
    )?;
    let bounds = params![low, low.saturating_add(DISORDER), micros];
    let found = late.query_row(bounds, |row| row.get::<_, Option<Position>>(0))?;
    Ok(found.unwrap_or_default())
}

pub(super) fn retained_version(db: &Connection, kind: &str, id: Uuid) -> Result<u64, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT version FROM retained_subjects WHERE id = ?1 AND kind = ?2")?;
    Ok(statement.query_row(params![id, kind], |row| row.get(0)).optional()?.unwrap_or_default())
}

fn rows(db: &Connection, name: &str) -> Result<Vec<(Position, RowState)>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT position, state FROM deliveries WHERE subscription = ?1 ORDER BY position",
    )?;
    let mut rows = statement.query([name])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let read = |row: &Row<'_>| Ok((row.get(0)?, word(row, 1, state)?));
        found.push(in_table("deliveries", row, read(row))?);
    }
    Ok(found)
}

fn state(word: &str) -> Option<RowState> {
    match word {
        "waiting" => Some(RowState::Waiting),
        "retrying" => Some(RowState::Retrying),
        "dead" => Some(RowState::Dead),
        "skipped" => Some(RowState::Skipped),
        _ => None,
    }
}
