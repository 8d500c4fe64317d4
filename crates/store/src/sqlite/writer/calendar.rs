//! Putting calendar feeds.

use rishi_app::calendar::CalendarChange;
use rishi_app::commit::CommitError;
use rusqlite::{Connection, params};

use super::apply::Refusal;

pub(super) fn put(db: &Connection, change: &CalendarChange) -> Result<(), Refusal> {
    match change {
        CalendarChange::Created { feed, digest } => {
            db.prepare_cached(
                "INSERT INTO calendar_feeds (id, user_id, digest, kind, location_id, organization_id,
                    name, token_id, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                feed.id.0,
                feed.user_id.0,
                digest,
                feed.kind.as_str(),
                feed.location_id.map(|id| id.0),
                feed.organization_id.map(|id| id.0),
                feed.name,
                feed.token_id.map(|id| id.0),
                feed.created_at.as_microsecond(),
            ])?;
        }
        CalendarChange::Revoked(id) => {
            let gone =
                db.prepare_cached("DELETE FROM calendar_feeds WHERE id = ?1")?.execute([id.0])?;
            if gone == 0 {
                return Err(CommitError::UnknownReference("calendar feed".to_owned()).into());
            }
        }
    }
    Ok(())
}
