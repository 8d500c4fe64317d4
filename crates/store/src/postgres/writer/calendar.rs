//! Putting calendar feeds.

use rishi_app::calendar::CalendarChange;
use rishi_app::commit::CommitError;

use super::transaction::Refusal;
use crate::postgres::connection::Db;

pub(super) async fn put(db: &Db<'_>, change: &CalendarChange) -> Result<(), Refusal> {
    match change {
        CalendarChange::Created { feed, digest } => {
            db.execute(
                "INSERT INTO calendar_feeds (id, user_id, digest, kind, location_id, organization_id,
                    name, token_id, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                &[
                    &feed.id.0,
                    &feed.user_id.0,
                    &digest.as_slice(),
                    &feed.kind.as_str(),
                    &feed.location_id.map(|id| id.0),
                    &feed.organization_id.map(|id| id.0),
                    &feed.name,
                    &feed.token_id.map(|id| id.0),
                    &feed.created_at.as_microsecond(),
                ],
            )
            .await?;
        }
        CalendarChange::Revoked(id) => {
            if db.execute("DELETE FROM calendar_feeds WHERE id = $1", &[&id.0]).await? == 0 {
                return Err(CommitError::UnknownReference("calendar feed".to_owned()).into());
            }
        }
    }
    Ok(())
}
