//! Texts of an organization's own, and how addresses stand.

use rishi_domain::notification::{MailStanding, NotificationKind, NotificationTemplate};

use super::{
    Fields, id, instant, number, optional_id, optional_instant, optional_json, optional_string,
    string, truth, word,
};

/// What an organization has set for a kind in a language.
pub(crate) const TEMPLATE: &str = "organization_id, kind, language, texts, updated_at, version";

pub(crate) fn template<R: Fields>(row: &R) -> Result<NotificationTemplate, R::Error> {
    Ok(NotificationTemplate {
        organization_id: id(row, 0)?,
        kind: word(row, 1, NotificationKind::parse)?,
        language: string(row, 2)?,
        texts: optional_json(row, 3)?,
        updated_at: instant(row, 4)?,
        version: number(row, 5)?,
    })
}

/// How a person's address stands.
pub(crate) const STANDING: &str =
    "user_id, email, failures, undeliverable, reason, failed_at, last_cause, version";

pub(crate) fn standing<R: Fields>(row: &R) -> Result<MailStanding, R::Error> {
    Ok(MailStanding {
        user_id: id(row, 0)?,
        email: string(row, 1)?,
        failures: number(row, 2)?,
        undeliverable: truth(row, 3)?,
        reason: optional_string(row, 4)?,
        failed_at: optional_instant(row, 5)?,
        last_cause: optional_id(row, 6)?,
        version: number(row, 7)?,
    })
}
