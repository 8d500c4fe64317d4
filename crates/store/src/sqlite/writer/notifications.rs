//! Putting what people want to be told, and what became of telling them.

use jiff::Timestamp;
use rishi_app::commit::CommitError;
use rishi_app::events::subject;
use rishi_bus::Subject;
use rishi_domain::id::{NotificationId, UserId};
use rishi_domain::notification::{
    Delivery, DeliveryOutcome, MailStanding, NotificationPreferences, NotificationTemplate,
};
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
            reason, attempts, due_at, digest, template_error, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
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
        row.digest,
        row.template_error,
        row.created_at.as_microsecond(),
        row.updated_at.as_microsecond(),
    ])?;
    // What will not be sent any more need not be kept as it was to be shown.
    if !matches!(row.outcome, DeliveryOutcome::Pending | DeliveryOutcome::Failed) {
        db.prepare_cached("DELETE FROM notification_html WHERE notification_id = ?1")?
            .execute([row.notification_id.0])?;
    }
    Ok(())
}

pub(super) fn html(db: &Connection, id: NotificationId, html: &str) -> Result<(), Refusal> {
    db.prepare_cached("INSERT INTO notification_html (notification_id, html) VALUES (?1, ?2)")?
        .execute(params![id.0, html])?;
    Ok(())
}

pub(super) fn template(db: &Connection, row: &NotificationTemplate) -> Result<(), Refusal> {
    let sql = if row.version == 1 {
        "INSERT INTO notification_templates (organization_id, kind, language, texts, updated_at, version)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING"
    } else {
        "UPDATE notification_templates SET texts = ?4, updated_at = ?5, version = ?6
          WHERE organization_id = ?1 AND kind = ?2 AND language = ?3 AND version = ?6 - 1"
    };
    let rows = db.prepare_cached(sql)?.execute(params![
        row.organization_id.0,
        row.kind.as_str(),
        row.language,
        optional_to_json(row.texts.as_ref())?,
        row.updated_at.as_microsecond(),
        row.version,
    ])?;
    overtaken(rows, subject::organization(row.organization_id), row.version)
}

pub(super) fn standing(db: &Connection, row: &MailStanding) -> Result<(), Refusal> {
    let sql = if row.version == 1 {
        "INSERT INTO mail_standings (user_id, email, failures, undeliverable, reason, failed_at, last_cause,
            version)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING"
    } else {
        "UPDATE mail_standings SET email = ?2, failures = ?3, undeliverable = ?4, reason = ?5,
            failed_at = ?6, last_cause = ?7, version = ?8
          WHERE user_id = ?1 AND version = ?8 - 1"
    };
    let rows = db.prepare_cached(sql)?.execute(params![
        row.user_id.0,
        row.email,
        row.failures,
        row.undeliverable,
        row.reason,
        row.failed_at.map(Timestamp::as_microsecond),
        row.last_cause,
        row.version,
    ])?;
    overtaken(rows, subject::user(row.user_id), row.version)
}

/// A row that belongs to an entity without being one was written by somebody else meanwhile.
fn overtaken(rows: usize, subject: Subject, version: u64) -> Result<(), Refusal> {
    if rows == 1 {
        return Ok(());
    }
    let expected = version.saturating_sub(1);
    Err(CommitError::VersionConflict { subject, expected, actual: None }.into())
}

pub(super) fn preferences(db: &Connection, row: &NotificationPreferences) -> Result<(), Refusal> {
    let sql = if row.version == 1 {
        "INSERT INTO notification_preferences (user_id, muted, quiet_hours, digest, version)
         VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (user_id) DO NOTHING"
    } else {
        "UPDATE notification_preferences SET muted = ?2, quiet_hours = ?3, digest = ?4, version = ?5
          WHERE user_id = ?1 AND version = ?5 - 1"
    };
    let rows = db.prepare_cached(sql)?.execute(params![
        row.user_id.0,
        to_json(&row.muted)?,
        optional_to_json(row.quiet_hours.as_ref())?,
        optional_to_json(row.digest.as_ref())?,
        row.version,
    ])?;
    replaced(db, rows, subject::preferences(row.user_id), row.version)
}
