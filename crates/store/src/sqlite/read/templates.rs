//! Texts of an organization's own, and how addresses stand.

use rishi_domain::id::{OrganizationId, UserId};
use rishi_domain::notification::{MailStanding, NotificationKind, NotificationTemplate};
use rusqlite::{Connection, Params, params};

use crate::rows::templates::{self as rows, STANDING, TEMPLATE};
use crate::sqlite::columns::in_table;
use crate::sqlite::error::StoreError;

fn templates(
    db: &Connection,
    which: &str,
    parameters: impl Params,
) -> Result<Vec<NotificationTemplate>, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {TEMPLATE} FROM notification_templates WHERE organization_id = ?1 {which}"
    ))?;
    let mut answer = statement.query(parameters)?;
    let mut found = Vec::new();
    while let Some(row) = answer.next()? {
        found.push(in_table("notification_templates", row, rows::template(row))?);
    }
    Ok(found)
}

/// What was set for a kind in a language, also when it was reset since.
pub(in crate::sqlite) fn one(
    db: &Connection,
    organization: OrganizationId,
    kind: NotificationKind,
    language: &str,
) -> Result<Option<NotificationTemplate>, StoreError> {
    let which = "AND kind = ?2 AND language = ?3";
    Ok(templates(db, which, params![organization.0, kind.as_str(), language])?.pop())
}

/// What holds of an organization's own.
pub(in crate::sqlite) fn set(
    db: &Connection,
    organization: OrganizationId,
    kind: Option<NotificationKind>,
) -> Result<Vec<NotificationTemplate>, StoreError> {
    let which = "AND texts IS NOT NULL AND (?2 IS NULL OR kind = ?2) ORDER BY kind, language";
    templates(db, which, params![organization.0, kind.map(NotificationKind::as_str)])
}

/// How a person's address stands.
pub(in crate::sqlite) fn standing(
    db: &Connection,
    user: UserId,
) -> Result<Option<MailStanding>, StoreError> {
    let mut statement =
        db.prepare_cached(&format!("SELECT {STANDING} FROM mail_standings WHERE user_id = ?1"))?;
    let mut answer = statement.query([user.0])?;
    answer.next()?.map(|row| in_table("mail_standings", row, rows::standing(row))).transpose()
}
