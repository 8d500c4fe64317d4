//! Putting what people want to be told, and what became of telling them.

use jiff::Timestamp;
use rishi_app::events::subject;
use rishi_domain::id::{NotificationId, UserId};
use rishi_domain::notification::{Delivery, NotificationPreferences};
use rusqlite::{Connection, params};

use super::apply::Refusal;
use super::rows::replaced;
use crate::sqlite::columns::{optional_to_json, to_json};

pub(super) fn read_all(
    db: &Connection,
    user: UserId,
    through: NotificationId,
    at: Timestamp,
) -> Result<(), Refusal> {
    db.prepare_cached(
        "UPDATE notifications SET read_at = ?3 WHERE user_id = ?1 AND read_at IS NULL AND id <= ?2",
    )?
    .execute(params![user.0, through.0, at.as_microsecond()])?;
    Ok(())
}

pub(super) fn delivery(db: &Connection, row: &Delivery) -> Result<(), Refusal> {
    db.prepare_cached(
        "INSERT INTO notification_deliveries (notification_id, channel, user_id, organization_id, outcome,
            reason, attempts, due_at, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (notification_id, channel) DO UPDATE SET outcome = excluded.outcome,
            reason = excluded.reason, attempts = excluded.attempts, due_at = excluded.due_at,
            updated_at = excluded.updated_at",
    )?
    .execute(params![
        row.notification_id.0,
        row.channel.as_str(),
        row.user_id.0,
        row.organization_id.0,
        row.outcome.as_str(),
        row.reason,
        row.attempts,
        row.due_at.map(Timestamp::as_microsecond),
        row.created_at.as_microsecond(),
        row.updated_at.as_microsecond(),
    ])?;
    Ok(())
}

pub(super) fn preferences(db: &Connection, row: &NotificationPreferences) -> Result<(), Refusal> {
    let sql = if row.version == 1 {
        "INSERT INTO notification_preferences (user_id, muted, quiet_hours, version)
         VALUES (?1, ?2, ?3, ?4) ON CONFLICT (user_id) DO NOTHING"
    } else {
        "UPDATE notification_preferences SET muted = ?2, quiet_hours = ?3, version = ?4
          WHERE user_id = ?1 AND version = ?4 - 1"
    };
    let rows = db.prepare_cached(sql)?.execute(params![
        row.user_id.0,
        to_json(&row.muted)?,
        optional_to_json(row.quiet_hours.as_ref())?,
        row.version,
    ])?;
    replaced(db, rows, subject::preferences(row.user_id), row.version)
}
