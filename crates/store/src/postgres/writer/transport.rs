//! How far events were relayed, and which messages of others are in the log.

use rishi_app::commit::CommitError;
use rishi_app::transport::TransportChange;

use super::transaction::Refusal;
use crate::postgres::columns::stored;
use crate::postgres::connection::Db;

pub(super) async fn put(db: &Db<'_>, change: &TransportChange) -> Result<(), Refusal> {
    match change {
        TransportChange::Relayed { from, to, at } => {
            let sql = "UPDATE relays SET position = $2, moved_at = $3
                        WHERE name = 'nats' AND position = $1";
            let at = at.as_microsecond();
            if db.execute(sql, &[&stored(*from)?, &stored(*to)?, &at]).await? == 0 {
                let why = format!("the relay does not stand at {from}: another node has moved it");
                return Err(CommitError::Refused(why).into());
            }
        }
        TransportChange::Told { error: None, .. } => {
            let sql = "UPDATE relays SET connected = true WHERE name = 'nats'";
            db.execute(sql, &[]).await?;
        }
        TransportChange::Told { error: Some(error), at } => {
            let sql = "UPDATE relays SET connected = false, error = $1, error_at = $2
                        WHERE name = 'nats'";
            db.execute(sql, &[error, &at.as_microsecond()]).await?;
        }
        TransportChange::Received(row) => {
            let sql = "INSERT INTO inbox (organization_id, source, id, event_id, taken_at)
                       VALUES ($1, $2, $3, $4, $5)";
            let at = row.at.as_microsecond();
            db.execute(sql, &[&row.organization.0, &row.source, &row.id, &row.event, &at]).await?;
        }
    }
    Ok(())
}
