//! The event log's rows, and the receipts beside it.

use std::sync::Arc;

use rishi_app::commit::{Answer, Kept, ReceiptKey};
use rishi_bus::{Checkpoint, Envelope, Position};
use tokio_postgres::Row;
use uuid::Uuid;

use super::columns::{Unreadable, bytes, count, get, in_table, instant, number, optional_number};
use super::connection::Db;
use super::error::StoreError;
use crate::records::About;
use crate::rows::events;
pub(super) use crate::rows::events::{COLUMNS, EVENT_COLUMNS, optional_raw, raw, subject};

/// An event with the hash that stands beside it.
pub(super) type Link = (Arc<Envelope>, [u8; 32]);

/// The newest position, also when retention has removed every event; 0 for a log that never had one.
pub(super) async fn head(db: &Db<'_>) -> Result<Position, StoreError> {
    let row = db.one("SELECT position FROM log_head WHERE one = 1", &[]).await?;
    in_table("log_head", &row, number(&row, 0))
}

/// Where the chain begins: the last position that retention removed, with its hash.
pub(super) async fn anchor(db: &Db<'_>) -> Result<Checkpoint, StoreError> {
    let row = db.one("SELECT position, hash FROM log_anchor WHERE one = 1", &[]).await?;
    in_table("log_anchor", &row, checkpoint(&row))
}

/// A place in the chain, from its position and hash.
pub(super) fn checkpoint(row: &Row) -> Result<Checkpoint, Unreadable> {
    Ok(Checkpoint { position: number(row, 0)?, hash: bytes(row, 1)? })
}

/// Reads an event from a row of [`COLUMNS`].
pub(super) fn envelope(row: &Row) -> Result<Arc<Envelope>, StoreError> {
    in_table("events", row, events::envelope(row)).map(Arc::new)
}

/// At most `limit` events after `after`, in position order.
pub(super) async fn after(
    db: &Db<'_>,
    after: Position,
    limit: usize,
) -> Result<Vec<Arc<Envelope>>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM events WHERE position > $1 ORDER BY position LIMIT $2");
    let rows = db.query(&sql, &[&count(after), &count(limit as u64)]).await?;
    rows.iter().map(envelope).collect()
}

/// Of every event after `after`, in position order: its position and what it is about.
pub(super) async fn subjects(
    db: &Db<'_>,
    after: Position,
) -> Result<Vec<(Position, About)>, StoreError> {
    let sql = "SELECT position, subject_kind, subject_id FROM events WHERE position > $1 ORDER BY position";
    let rows = db.query(sql, &[&count(after)]).await?;
    let read = |row: &Row| Ok((number(row, 0)?, About::of(get(row, 1)?, get(row, 2)?)));
    rows.iter().map(|row| in_table("events", row, read(row))).collect()
}

/// The same with the hashes that are stored beside them.
pub(super) async fn chain(
    db: &Db<'_>,
    after: Position,
    limit: usize,
) -> Result<Vec<Link>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS}, hash FROM events WHERE position > $1 ORDER BY position LIMIT $2"
    );
    let rows = db.query(&sql, &[&count(after), &count(limit as u64)]).await?;
    let link = |row| Ok((envelope(row)?, in_table("events", row, bytes(row, EVENT_COLUMNS))?));
    rows.iter().map(link).collect()
}

/// The event at a position.
pub(super) async fn at(
    db: &Db<'_>,
    position: Position,
) -> Result<Option<Arc<Envelope>>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM events WHERE position = $1");
    let row = db.optional(&sql, &[&count(position)]).await?;
    row.as_ref().map(envelope).transpose()
}

/// The event of an id.
pub(super) async fn by_id(db: &Db<'_>, id: Uuid) -> Result<Option<Arc<Envelope>>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM events WHERE id = $1");
    let row = db.optional(&sql, &[&id]).await?;
    row.as_ref().map(envelope).transpose()
}

/// What is kept under a key.
pub(super) async fn receipt(db: &Db<'_>, key: &ReceiptKey) -> Result<Option<Kept>, StoreError> {
    let sql = "SELECT request, status, location, version, body, expires_at FROM receipts
                WHERE scope = $1 AND key = $2";
    let row = db.optional(sql, &[&key.scope, &key.key]).await?;
    row.map(|row| in_table("receipts", &row, kept(&row))).transpose()
}

fn kept(row: &Row) -> Result<Kept, Unreadable> {
    let answer = Answer {
        status: number(row, 1)?,
        location: get(row, 2)?,
        version: optional_number(row, 3)?,
        body: get(row, 4)?,
    };
    Ok(Kept { request: bytes(row, 0)?, answer, expires_at: instant(row, 5)? })
}
