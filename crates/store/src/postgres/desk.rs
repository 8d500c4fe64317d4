//! What an operator sees: subscriptions, dead letters, the chain.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use rishi_bus::{
    Checkpoint, DeadLetter, Desk, Envelope, LedgerError, LetterFilter, LetterGroup, Position,
    RowState, Standing,
};
use uuid::Uuid;

use super::columns::{count, in_table, number, optional_number, word};
use super::connection::Db;
use super::error::StoreError;
use super::reach::EVERYTHING;
use super::{Postgres, letters, log, standings};

#[async_trait]
impl Desk for Postgres {
    async fn standings(&self) -> Result<Vec<Standing>, LedgerError> {
        Ok(self.pool.view(EVERYTHING, standings::all).await?)
    }

    async fn letters(
        &self,
        filter: &LetterFilter,
        limit: u32,
        offset: u64,
    ) -> Result<(Vec<DeadLetter>, u64), LedgerError> {
        Ok(self
            .pool
            .view(EVERYTHING, async |db| letters::page(db, filter, limit, offset).await)
            .await?)
    }

    async fn letter_groups(&self, filter: &LetterFilter) -> Result<Vec<LetterGroup>, LedgerError> {
        Ok(self.pool.scan(EVERYTHING, async |db| letters::groups(db, filter).await).await?)
    }

    async fn letter(
        &self,
        subscription: &str,
        position: Position,
    ) -> Result<Option<DeadLetter>, LedgerError> {
        Ok(self
            .pool
            .scan(EVERYTHING, async |db| letters::one(db, subscription, position).await)
            .await?)
    }

    async fn event_by_id(&self, id: Uuid) -> Result<Option<Arc<Envelope>>, LedgerError> {
        Ok(self.pool.point(EVERYTHING, async |db| log::by_id(db, id).await).await?)
    }

    async fn position_at(&self, instant: Timestamp) -> Result<Position, LedgerError> {
        Ok(self.pool.view(EVERYTHING, async |db| position_at(db, instant).await).await?)
    }

    async fn anchor(&self) -> Result<Checkpoint, LedgerError> {
        Ok(self.pool.point(EVERYTHING, log::anchor).await?)
    }

    async fn chain(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<Vec<(Arc<Envelope>, [u8; 32])>, LedgerError> {
        Ok(self.pool.scan(EVERYTHING, async |db| log::chain(db, after, limit).await).await?)
    }

    async fn retained_version(&self, kind: &str, id: Uuid) -> Result<u64, LedgerError> {
        Ok(self.pool.point(EVERYTHING, async |db| retained_version(db, kind, id).await).await?)
    }

    async fn rows(&self, subscription: &str) -> Result<Vec<(Position, RowState)>, LedgerError> {
        Ok(self.pool.scan(EVERYTHING, async |db| rows(db, subscription).await).await?)
    }
}

/// How far past the place that halving finds is looked for events that are out of order.
const DISORDER: i64 = 1_024;

/// The last position at or before an instant.
///
/// Timestamps are made before positions are given, so they are nearly in order, and no index by time is
/// kept: halving finds a place where time passes the instant, in some twenty looks, and the next
/// [`DISORDER`] events are looked through for late ones. After a clock that was set back by much there
/// may be several such places; one of them is found.
async fn position_at(db: &Db<'_>, instant: Timestamp) -> Result<Position, StoreError> {
    let micros = instant.as_microsecond();
    let before = "SELECT timestamp <= $2 FROM events WHERE position = $1";
    let (anchor, head) = (count(log::anchor(db).await?.position), count(log::head(db).await?));
    // Up to `low` the instant is not passed, from `high` on it is.
    let (mut low, mut high) = (anchor, head + 1);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        let row = db.optional(before, &[&middle, &micros]).await?;
        let reached = row.map(|row| row.try_get::<_, bool>(0)).transpose()?;
        // What is missing from a damaged log is on neither side.
        if reached.unwrap_or(true) { low = middle } else { high = middle }
    }
    let sql =
        "SELECT max(position) FROM events WHERE position BETWEEN $1 AND $2 AND timestamp <= $3";
    let row = db.one(sql, &[&low, &low.saturating_add(DISORDER), &micros]).await?;
    let found: Option<Position> = in_table("events", &row, optional_number(&row, 0))?;
    Ok(found.unwrap_or_default())
}

async fn retained_version(db: &Db<'_>, kind: &str, id: Uuid) -> Result<u64, StoreError> {
    let sql = "SELECT version FROM retained_subjects WHERE id = $1 AND kind = $2";
    let row = db.optional(sql, &[&id, &kind]).await?;
    let found = row.map(|row| in_table("retained_subjects", &row, number(&row, 0))).transpose()?;
    Ok(found.unwrap_or_default())
}

async fn rows(db: &Db<'_>, name: &str) -> Result<Vec<(Position, RowState)>, StoreError> {
    let sql = "SELECT position, state FROM deliveries WHERE subscription = $1 ORDER BY position";
    let rows = db.query(sql, &[&name]).await?;
    let read = |row| number(row, 0).and_then(|position| Ok((position, word(row, 1, state)?)));
    rows.iter().map(|row| in_table("deliveries", row, read(row))).collect()
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
