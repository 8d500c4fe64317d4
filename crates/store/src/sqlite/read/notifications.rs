//! Whom to tell, what people were told, and what became of sending it.

use rishi_app::notifications::{Inbox, Parcel, Recipient};
use rishi_app::scope::Scope;
use rishi_app::store::{Listed, Paging};
use rishi_domain::booking::BookingStatus;
use rishi_domain::id::{NotificationId, OrganizationId, UserId};
use rishi_domain::notification::{
    Channel, Delivery, DeliveryOutcome, Notification, NotificationPreferences,
};
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use super::{Conditions, people, scope as scoped, value};
use crate::sqlite::columns::{
    in_table, instant, is_missing, json, number, optional_instant, optional_json, optional_word,
    word,
};
use crate::sqlite::error::StoreError;

const NOTIFICATION: &str = "n.id, n.user_id, n.organization_id, n.kind, n.title, n.message, \
    n.related_entity_type, n.related_entity_id, n.read_at, n.created_at";
const DELIVERY: &str = "d.notification_id, d.user_id, d.organization_id, d.channel, d.outcome, \
    d.reason, d.attempts, d.due_at, d.created_at, d.updated_at";
/// How many columns come before those of what is joined.
const DELIVERY_COLUMNS: usize = 10;

fn read_notification(row: &Row<'_>, from: usize) -> Result<Notification, rusqlite::Error> {
    Ok(Notification {
        id: NotificationId(row.get(from)?),
        user_id: UserId(row.get(from + 1)?),
        organization_id: OrganizationId(row.get(from + 2)?),
        kind: row.get(from + 3)?,
        title: row.get(from + 4)?,
        message: row.get(from + 5)?,
        related_entity_type: row.get(from + 6)?,
        related_entity_id: row.get(from + 7)?,
        read_at: optional_instant(row, from + 8)?,
        created_at: instant(row, from + 9)?,
    })
}

fn read_delivery(row: &Row<'_>) -> Result<Delivery, rusqlite::Error> {
    Ok(Delivery {
        notification_id: NotificationId(row.get(0)?),
        user_id: UserId(row.get(1)?),
        organization_id: OrganizationId(row.get(2)?),
        channel: word(row, 3, Channel::parse)?,
        outcome: word(row, 4, DeliveryOutcome::parse)?,
        reason: row.get(5)?,
        attempts: row.get(6)?,
        due_at: optional_instant(row, 7)?,
        created_at: instant(row, 8)?,
        updated_at: instant(row, 9)?,
    })
}

/// Columns `muted`, `quiet_hours`, `version`, from one on; nothing when they are of nobody.
fn read_preferences(
    row: &Row<'_>,
    user_id: UserId,
    from: usize,
) -> Result<Option<NotificationPreferences>, rusqlite::Error> {
    if is_missing(row, from)? {
        return Ok(None);
    }
    Ok(Some(NotificationPreferences {
        user_id,
        muted: json(row, from)?,
        quiet_hours: optional_json(row, from + 1)?,
        version: row.get(from + 2)?,
    }))
}

/// The active ones of some people.
pub(in crate::sqlite) fn recipients(
    db: &Connection,
    people: &[UserId],
) -> Result<Vec<Recipient>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.one_of("u.id", people.iter().map(|id| id.0));
    conditions.and("u.status = 'active'", []);
    let sql = format!(
        "SELECT {}, p.muted, p.quiet_hours, p.version FROM users u
           LEFT JOIN notification_preferences p ON p.user_id = u.id{} ORDER BY u.id",
        people::USER,
        conditions.sql()
    );
    let read = |row: &Row<'_>| {
        let user = people::read_user(row)?;
        let preferences = read_preferences(row, user.id, 9)?;
        let preferences = preferences.unwrap_or_else(|| NotificationPreferences::unset(user.id));
        Ok(Recipient { user, preferences })
    };
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(in_table("users", row, read(row))?);
    }
    Ok(found)
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
        items.push(in_table("notifications", row, read_notification(row, 0))?);
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
    row.map(|row| in_table("notifications", row, read_notification(row, 0))).transpose()
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
    let mut statement = db.prepare_cached(
        "SELECT muted, quiet_hours, version FROM notification_preferences WHERE user_id = ?1",
    )?;
    let mut rows = statement.query([user.0])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    in_table("notification_preferences", row, read_preferences(row, user, 0))
}

/// A notification with its delivery by e-mail.
pub(in crate::sqlite) fn parcel(
    db: &Connection,
    id: NotificationId,
) -> Result<Option<Parcel>, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {DELIVERY}, {NOTIFICATION}, o.name, b.status
           FROM notification_deliveries d
           JOIN notifications n ON n.id = d.notification_id
           JOIN organizations o ON o.id = d.organization_id
           LEFT JOIN bookings b ON n.related_entity_type = 'booking' AND b.id = n.related_entity_id
          WHERE d.notification_id = ?1 AND d.channel = 'email'"
    ))?;
    let read = |row: &Row<'_>| {
        let notification = read_notification(row, DELIVERY_COLUMNS)?;
        let organization = row.get::<_, String>(DELIVERY_COLUMNS + 10)?;
        let booking = optional_word(row, DELIVERY_COLUMNS + 11, BookingStatus::parse)?;
        Ok((read_delivery(row)?, notification, organization, booking))
    };
    let mut rows = statement.query([id.0])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let found = in_table("notification_deliveries", row, read(row))?;
    let (delivery, notification, organization, booking) = found;
    let sql = format!("SELECT {} FROM users u WHERE u.id = ?1", people::USER);
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query([notification.user_id.0])?;
    let user =
        rows.next()?.map(|row| in_table("users", row, people::read_user(row))).transpose()?;
    let parcel = |user| Parcel { notification, delivery, user, organization, booking };
    Ok(user.map(parcel))
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
        items.push(in_table("notification_deliveries", row, read_delivery(row))?);
    }
    Ok(Listed { items, total })
}

/// The key that links in mails are signed with.
pub(in crate::sqlite) fn signing_key(db: &Connection) -> Result<[u8; 32], StoreError> {
    let sql = "SELECT key FROM signing_keys WHERE name = 'unsubscribe'";
    Ok(db.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}
