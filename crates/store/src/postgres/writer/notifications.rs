//! Putting what people want to be told, and what became of telling them.

use std::sync::LazyLock;

use jiff::Timestamp;
use rishi_app::commit::CommitError;
use rishi_app::events::subject;
use rishi_bus::Subject;
use rishi_domain::id::{NotificationId, UserId};
use rishi_domain::notification::{
    Delivery, DeliveryOutcome, MailStanding, Notification, NotificationPreferences,
    NotificationTemplate,
};
use uuid::Uuid;

use super::many::{Columns, column, insert};
use super::rows::replaced;
use super::transaction::Refusal;
use crate::postgres::columns::{optional_to_json, stored, to_json};
use crate::postgres::connection::{Db, Values};

pub(super) async fn read_all(
    db: &Db<'_>,
    user: UserId,
    through: NotificationId,
    at: Timestamp,
) -> Result<(), Refusal> {
    let sql = "UPDATE notifications SET read_at = $3
                WHERE user_id = $1 AND read_at IS NULL AND id <= $2";
    db.execute(sql, &[&user.0, &through.0, &at.as_microsecond()]).await?;
    Ok(())
}

/// The columns of a notification.
const NOTIFICATION: &Columns = &[
    ("id", "uuid"),
    ("user_id", "uuid"),
    ("organization_id", "uuid"),
    ("kind", "text"),
    ("title", "text"),
    ("message", "text"),
    ("related_entity_type", "text"),
    ("related_entity_id", "uuid"),
    ("read_at", "bigint"),
    ("created_at", "bigint"),
];

static NOTIFIED: LazyLock<String> = LazyLock::new(|| {
    insert("notifications", NOTIFICATION)
        + " ON CONFLICT (id) DO UPDATE SET read_at = excluded.read_at"
});

/// Puts notifications, each once; of those that are there only whether they were read changes.
pub(super) async fn put(db: &Db<'_>, rows: &[&Notification]) -> Result<(), Refusal> {
    let values: &Values<'_> = &[
        &column(rows, |row| row.id.0),
        &column(rows, |row| row.user_id.0),
        &column(rows, |row| row.organization_id.0),
        &column(rows, |row| row.kind.as_str()),
        &column(rows, |row| row.title.as_str()),
        &column(rows, |row| row.message.as_str()),
        &column(rows, |row| row.related_entity_type.as_str()),
        &column(rows, |row| row.related_entity_id),
        &column(rows, |row| row.read_at.map(Timestamp::as_microsecond)),
        &column(rows, |row| row.created_at.as_microsecond()),
    ];
    db.execute(&NOTIFIED, values).await?;
    Ok(())
}

/// The columns of a delivery.
const DELIVERY: &Columns = &[
    ("notification_id", "uuid"),
    ("channel", "text"),
    ("user_id", "uuid"),
    ("organization_id", "uuid"),
    ("outcome", "text"),
    ("reason", "text"),
    ("attempts", "bigint"),
    ("due_at", "bigint"),
    ("created_at", "bigint"),
    ("updated_at", "bigint"),
    ("digest", "boolean"),
    ("template_error", "text"),
];

static DELIVERED: LazyLock<String> = LazyLock::new(|| {
    insert("notification_deliveries", DELIVERY)
        + " ON CONFLICT (notification_id, channel) DO UPDATE SET outcome = excluded.outcome,
            reason = excluded.reason, attempts = excluded.attempts, due_at = excluded.due_at,
            updated_at = excluded.updated_at"
});

/// Puts what became of telling people, each once.
pub(super) async fn deliveries(db: &Db<'_>, rows: &[&Delivery]) -> Result<(), Refusal> {
    let values: &Values<'_> = &[
        &column(rows, |row| row.notification_id.0),
        &column(rows, |row| row.channel.as_str()),
        &column(rows, |row| row.user_id.0),
        &column(rows, |row| row.organization_id.0),
        &column(rows, |row| row.outcome.as_str()),
        &column(rows, |row| row.reason.as_deref()),
        &column(rows, |row| i64::from(row.attempts)),
        &column(rows, |row| row.due_at.map(Timestamp::as_microsecond)),
        &column(rows, |row| row.created_at.as_microsecond()),
        &column(rows, |row| row.updated_at.as_microsecond()),
        &column(rows, |row| row.digest),
        &column(rows, |row| row.template_error.as_deref()),
    ];
    db.execute(&DELIVERED, values).await?;
    // What will not be sent any more need not be kept as it was to be shown.
    let over = rows
        .iter()
        .filter(|row| !matches!(row.outcome, DeliveryOutcome::Pending | DeliveryOutcome::Failed));
    let over: Vec<Uuid> = over.map(|row| row.notification_id.0).collect();
    if !over.is_empty() {
        let sql = "DELETE FROM notification_html WHERE notification_id = ANY($1)";
        db.execute(sql, &[&over]).await?;
    }
    Ok(())
}

pub(super) async fn html(db: &Db<'_>, id: NotificationId, html: &str) -> Result<(), Refusal> {
    let sql = "INSERT INTO notification_html (notification_id, html) VALUES ($1, $2)";
    db.execute(sql, &[&id.0, &html]).await?;
    Ok(())
}

pub(super) async fn template(db: &Db<'_>, row: &NotificationTemplate) -> Result<(), Refusal> {
    let sql = if row.version == 1 {
        "INSERT INTO notification_templates (organization_id, kind, language, texts, updated_at, version)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"
    } else {
        "UPDATE notification_templates SET texts = $4, updated_at = $5, version = $6
          WHERE organization_id = $1 AND kind = $2 AND language = $3 AND version + 1 = $6"
    };
    let rows = db
        .execute(
            sql,
            &[
                &row.organization_id.0,
                &row.kind.as_str(),
                &row.language,
                &optional_to_json(row.texts.as_ref())?,
                &row.updated_at.as_microsecond(),
                &stored(row.version)?,
            ],
        )
        .await?;
    overtaken(rows, subject::organization(row.organization_id), row.version)
}

pub(super) async fn standing(db: &Db<'_>, row: &MailStanding) -> Result<(), Refusal> {
    let sql = if row.version == 1 {
        "INSERT INTO mail_standings (user_id, email, failures, undeliverable, reason, failed_at, last_cause,
            version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING"
    } else {
        "UPDATE mail_standings SET email = $2, failures = $3, undeliverable = $4, reason = $5,
            failed_at = $6, last_cause = $7, version = $8
          WHERE user_id = $1 AND version + 1 = $8"
    };
    let rows = db
        .execute(
            sql,
            &[
                &row.user_id.0,
                &row.email,
                &i64::from(row.failures),
                &row.undeliverable,
                &row.reason,
                &row.failed_at.map(Timestamp::as_microsecond),
                &row.last_cause,
                &stored(row.version)?,
            ],
        )
        .await?;
    overtaken(rows, subject::user(row.user_id), row.version)
}

/// A row that belongs to an entity without being one was written by somebody else meanwhile.
fn overtaken(rows: u64, subject: Subject, version: u64) -> Result<(), Refusal> {
    if rows == 1 {
        return Ok(());
    }
    let expected = version.saturating_sub(1);
    Err(CommitError::VersionConflict { subject, expected, actual: None }.into())
}

pub(super) async fn preferences(db: &Db<'_>, row: &NotificationPreferences) -> Result<(), Refusal> {
    let sql = if row.version == 1 {
        "INSERT INTO notification_preferences (user_id, muted, quiet_hours, version, digest)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (user_id) DO NOTHING"
    } else {
        "UPDATE notification_preferences SET muted = $2, quiet_hours = $3, version = $4, digest = $5
          WHERE user_id = $1 AND version + 1 = $4"
    };
    let rows = db
        .execute(
            sql,
            &[
                &row.user_id.0,
                &to_json(&row.muted)?,
                &optional_to_json(row.quiet_hours.as_ref())?,
                &stored(row.version)?,
                &optional_to_json(row.digest.as_ref())?,
            ],
        )
        .await?;
    replaced(db, rows, subject::preferences(row.user_id), row.version).await
}
