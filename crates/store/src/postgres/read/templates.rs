//! Texts of an organization's own, and how addresses stand.

use rishi_domain::id::{OrganizationId, UserId};
use rishi_domain::notification::{MailStanding, NotificationKind, NotificationTemplate};

use super::{all, first};
use crate::postgres::connection::Db;
use crate::postgres::error::StoreError;
use crate::rows::templates::{self as rows, STANDING, TEMPLATE};

/// What was set for a kind in a language, also when it was reset since.
pub(in crate::postgres) async fn one(
    db: &Db<'_>,
    organization: OrganizationId,
    kind: NotificationKind,
    language: &str,
) -> Result<Option<NotificationTemplate>, StoreError> {
    let sql = format!(
        "SELECT {TEMPLATE} FROM notification_templates
          WHERE organization_id = $1 AND kind = $2 AND language = $3"
    );
    let row = db.optional(&sql, &[&organization.0, &kind.as_str(), &language]).await?;
    first("notification_templates", row.as_ref(), rows::template)
}

/// What holds of an organization's own.
pub(in crate::postgres) async fn set(
    db: &Db<'_>,
    organization: OrganizationId,
    kind: Option<NotificationKind>,
) -> Result<Vec<NotificationTemplate>, StoreError> {
    let sql = format!(
        "SELECT {TEMPLATE} FROM notification_templates WHERE organization_id = $1
            AND texts IS NOT NULL AND ($2::text IS NULL OR kind = $2) ORDER BY kind, language"
    );
    let kind = kind.map(NotificationKind::as_str);
    let found = db.query(&sql, &[&organization.0, &kind]).await?;
    all("notification_templates", &found, rows::template)
}

/// How a person's address stands.
pub(in crate::postgres) async fn standing(
    db: &Db<'_>,
    user: UserId,
) -> Result<Option<MailStanding>, StoreError> {
    let sql = format!("SELECT {STANDING} FROM mail_standings WHERE user_id = $1");
    let row = db.optional(&sql, &[&user.0]).await?;
    first("mail_standings", row.as_ref(), rows::standing)
}
