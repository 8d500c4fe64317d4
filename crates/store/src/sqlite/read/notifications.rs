//! Whom to tell, what people were told, and what became of sending it.

use jiff::Timestamp;
use rishi_app::notifications::{Inbox, Parcel, Recipient};
use rishi_app::scope::Scope;
use rishi_app::store::{Listed, Paging};
use rishi_domain::id::{NotificationId, OrganizationId, UserId};
use rishi_domain::notification::{Delivery, Notification, NotificationPreferences};
use rusqlite::{Connection, OptionalExtension, Params, params, params_from_iter};

use super::{Conditions, people, scope as scoped, value};
use crate::rows::notifications::{
    self as rows, DELIVERY, NOTIFICATION, POSTED, POSTED_FROM, PREFERENCES,
};
use crate::rows::people::USER;
use crate::sqlite::columns::{in_table, number};
use crate::sqlite::error::StoreError;

/// A person who is active, and how that one wants to be told.
pub(in crate::sqlite) fn recipient(
    db: &Connection,
    id: UserId,
) -> Result<Option<Recipient>, StoreError> {
    let sql = format!(
        "SELECT {USER}, {PREFERENCES} FROM users u
           LEFT JOIN notification_preferences p ON p.user_id = u.id
          WHERE u.id = ?1 AND u.status = 'active'"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query([id.0])?;
    rows.next()?.map(|row| in_table("users", row, rows::recipient(row))).transpose()
}

/// A stretch of a person's inbox.
pub(in crate::sqlite) fn inbox(
    db: &Connection,
    user: UserId,
    unread: bool,
    paging: Paging,
) -> Result<Inbox, StoreError> {
    let count = |sql: &str| -> Result<u64, rusqlite::Error> {
        db.prepare_cached(sql)?.query_row([user.0], |row| row.get(0))
    };
    let new = count("SELECT count(*) FROM notifications WHERE user_id = ?1 AND read_at IS NULL")?;
    let total =
        if unread { new } else { count("SELECT count(*) FROM notifications WHERE user_id = ?1")? };
    let only = if unread { " AND n.read_at IS NULL" } else { "" };
    let mut statement = db.prepare_cached(&format!(
        "SELECT {NOTIFICATION} FROM notifications n WHERE n.user_id = ?1{only}
          ORDER BY n.id DESC LIMIT ?2 OFFSET ?3"
    ))?;
    let mut rows = statement.query(params![user.0, paging.limit, number(paging.offset)])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(in_table("notifications", row, rows::notification(row))?);
    }
    Ok(Inbox { listed: Listed { items, total }, unread: new })
}

/// One of a person's notifications.
pub(in crate::sqlite) fn notification(
    db: &Connection,
    user: UserId,
    id: NotificationId,
) -> Result<Option<Notification>, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {NOTIFICATION} FROM notifications n WHERE n.id = ?1 AND n.user_id = ?2"
    ))?;
    let mut rows = statement.query(params![id.0, user.0])?;
    let row = rows.next()?;
    row.map(|row| in_table("notifications", row, rows::notification(row))).transpose()
}

/// A person's newest unread notification.
pub(in crate::sqlite) fn newest_unread(
    db: &Connection,
    user: UserId,
) -> Result<Option<NotificationId>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT id FROM notifications WHERE user_id = ?1 AND read_at IS NULL ORDER BY id DESC LIMIT 1",
    )?;
    Ok(statement.query_row([user.0], |row| row.get(0).map(NotificationId)).optional()?)
}

/// What a person wants to be told.
pub(in crate::sqlite) fn preferences(
    db: &Connection,
    user: UserId,
) -> Result<Option<NotificationPreferences>, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {PREFERENCES} FROM notification_preferences p WHERE p.user_id = ?1"
    ))?;
    let mut rows = statement.query([user.0])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    in_table("notification_preferences", row, rows::preferences(row, user, 0))
}

/// A notification with its delivery by e-mail.
pub(in crate::sqlite) fn parcel(
    db: &Connection,
    id: NotificationId,
) -> Result<Option<Parcel>, StoreError> {
    let which = "d.notification_id = ?1 AND d.channel = 'email'";
    Ok(parcels(db, which, params![id.0])?.pop())
}

/// What a person's daily mail holds that was to go out until then, oldest first.
pub(in crate::sqlite) fn digest(
    db: &Connection,
    user: UserId,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<Parcel>, StoreError> {
    let which = "d.user_id = ?1 AND d.digest = 1 AND d.outcome IN ('pending', 'failed')
        AND d.due_at <= ?2 AND d.channel = 'email' ORDER BY d.notification_id LIMIT ?3";
    parcels(db, which, params![user.0, until.as_microsecond(), limit])
}

fn parcels(
    db: &Connection,
    which: &str,
    parameters: impl Params,
) -> Result<Vec<Parcel>, StoreError> {
    let sql =
        format!("SELECT {DELIVERY}, {NOTIFICATION}, {POSTED} FROM {POSTED_FROM} WHERE {which}");
    let mut statement = db.prepare_cached(&sql)?;
    let mut answer = statement.query(parameters)?;
    let mut found = Vec::new();
    while let Some(row) = answer.next()? {
        let (delivery, notification, organization, booking, html) =
            in_table("notification_deliveries", row, rows::posted(row))?;
        // Each is about a person, and those of a daily mail about the same.
        let Some(user) = people::any_user(db, notification.user_id)? else { continue };
        found.push(Parcel { notification, html, delivery, user, organization, booking });
    }
    Ok(found)
}

/// Deliveries in scope, newest first.
pub(in crate::sqlite) fn deliveries(
    db: &Connection,
    scope: &Scope,
    organization: Option<OrganizationId>,
    paging: Paging,
) -> Result<Listed<Delivery>, StoreError> {
    let mut conditions = Conditions::default();
    scoped::organizations(scope, "d.organization_id", &mut conditions);
    if let Some(organization) = organization {
        conditions.and("d.organization_id = ?", [value(organization.0)]);
    }
    let count = format!("SELECT count(*) FROM notification_deliveries d{}", conditions.sql());
    let mut statement = db.prepare_cached(&count)?;
    let total = statement.query_row(params_from_iter(conditions.values()), |row| row.get(0))?;
    let page = conditions.page(paging);
    let mut statement = db.prepare_cached(&format!(
        "SELECT {DELIVERY} FROM notification_deliveries d{} ORDER BY d.notification_id DESC{page}",
        conditions.sql()
    ))?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(in_table("notification_deliveries", row, rows::delivery(row))?);
    }
    Ok(Listed { items, total })
}

/// The key that links in mails are signed with.
pub(in crate::sqlite) fn signing_key(db: &Connection) -> Result<[u8; 32], StoreError> {
    let sql = "SELECT key FROM signing_keys WHERE name = 'unsubscribe'";
    Ok(db.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}
