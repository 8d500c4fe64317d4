//! How far events were relayed, and which messages of others are in the log.

use rishi_app::commit::CommitError;
use rishi_app::transport::TransportChange;
use rusqlite::{Connection, params};

use super::apply::Refusal;
use crate::sqlite::columns::number;

pub(super) fn put(db: &Connection, change: &TransportChange) -> Result<(), Refusal> {
    match change {
        TransportChange::Relayed { from, to, at } => {
            let moved = db
                .prepare_cached(
                    "UPDATE relays SET position = ?2, moved_at = ?3
                      WHERE name = 'nats' AND position = ?1",
                )?
                .execute(params![number(*from), number(*to), at.as_microsecond()])?;
            if moved == 0 {
                let why = format!("the relay does not stand at {from}: another node has moved it");
                return Err(CommitError::Refused(why).into());
            }
        }
        TransportChange::Told { error: None, .. } => {
            db.prepare_cached("UPDATE relays SET connected = 1 WHERE name = 'nats'")?.execute([])?;
        }
        TransportChange::Told { error: Some(error), at } => {
            db.prepare_cached(
                "UPDATE relays SET connected = 0, error = ?1, error_at = ?2 WHERE name = 'nats'",
            )?
            .execute(params![error, at.as_microsecond()])?;
        }
        TransportChange::Received(row) => {
            db.prepare_cached(
                "INSERT INTO inbox (organization_id, source, id, event_id, taken_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                row.organization.0,
                row.source,
                row.id,
                row.event,
                row.at.as_microsecond(),
            ])?;
        }
    }
    Ok(())
}
