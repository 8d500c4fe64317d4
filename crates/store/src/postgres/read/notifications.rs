//! Whom to tell, what people were told, and what became of sending it.

use jiff::Timestamp;
use rishi_app::notifications::{Inbox, Parcel, Recipient};
use rishi_app::scope::Scope;
use rishi_app::store::{Listed, Paging};
use rishi_domain::id::{NotificationId, OrganizationId, UserId};
use rishi_domain::notification::{Delivery, Notification, NotificationPreferences};
use rishi_domain::user::User;
use uuid::Uuid;

use super::{Conditions, Listing, all, counted_in, first, listed, people, scope as scoped};
use crate::postgres::columns::{bytes, get, in_table};
use crate::postgres::connection::{Db, Values};
use crate::postgres::error::StoreError;
use crate::rows::notifications::{
    self as rows, DELIVERY, NOTIFICATION, POSTED, POSTED_FROM, PREFERENCES,
};
use crate::rows::people::USER;

const NOTIFICATIONS: Listing<'_> = Listing {
    table: "notifications",
    columns: NOTIFICATION,
    from: "notifications n",
    order: "n.id DESC",
};
const DELIVERIES: Listing<'_> = Listing {
    table: "notification_deliveries",
    columns: DELIVERY,
    from: "notification_deliveries d",
    order: "d.notification_id DESC",
};

/// The active ones of some people.
pub(in crate::postgres) async fn recipients(
    db: &Db<'_>,
    people: &[UserId],
) -> Result<Vec<Recipient>, StoreError> {
    let sql = format!(
        "SELECT {USER}, {PREFERENCES} FROM users u
           LEFT JOIN notification_preferences p ON p.user_id = u.id
          WHERE u.id = ANY($1) AND u.status = 'active' ORDER BY u.id"
    );
    let ids: Vec<Uuid> = people.iter().map(|id| id.0).collect();
    all("users", &db.query(&sql, &[&ids]).await?, rows::recipient)
}

/// A stretch of a person's inbox.
pub(in crate::postgres) async fn inbox(
    db: &Db<'_>,
    user: UserId,
    unread: bool,
    paging: Paging,
) -> Result<Inbox, StoreError> {
    let mut conditions = Conditions::default();
    conditions.is("n.user_id", user.0);
    if unread {
        conditions.and("n.read_at IS NULL");
    }
    let new = "SELECT count(*) FROM notifications WHERE user_id = $1 AND read_at IS NULL";
    let (new, listed) = tokio::try_join!(
        async { counted_in("notifications", &db.one(new, &[&user.0]).await?) },
        listed(db, &NOTIFICATIONS, &conditions, paging, rows::notification),
    )?;
    Ok(Inbox { listed, unread: new })
}

/// One of a person's notifications.
pub(in crate::postgres) async fn notification(
    db: &Db<'_>,
    user: UserId,
    id: NotificationId,
) -> Result<Option<Notification>, StoreError> {
    let sql =
        format!("SELECT {NOTIFICATION} FROM notifications n WHERE n.id = $1 AND n.user_id = $2");
    let row = db.optional(&sql, &[&id.0, &user.0]).await?;
    first("notifications", row.as_ref(), rows::notification)
}

/// A person's newest unread notification.
pub(in crate::postgres) async fn newest_unread(
    db: &Db<'_>,
    user: UserId,
) -> Result<Option<NotificationId>, StoreError> {
    let sql = "SELECT id FROM notifications WHERE user_id = $1 AND read_at IS NULL
                ORDER BY id DESC LIMIT 1";
    let row = db.optional(sql, &[&user.0]).await?;
    first("notifications", row.as_ref(), |row| get(row, 0).map(NotificationId))
}

/// What a person wants to be told.
pub(in crate::postgres) async fn preferences(
    db: &Db<'_>,
    user: UserId,
) -> Result<Option<NotificationPreferences>, StoreError> {
    let sql = format!("SELECT {PREFERENCES} FROM notification_preferences p WHERE p.user_id = $1");
    let Some(row) = db.optional(&sql, &[&user.0]).await? else { return Ok(None) };
    in_table("notification_preferences", &row, rows::preferences(&row, user, 0))
}

/// A notification with its delivery by e-mail.
pub(in crate::postgres) async fn parcel(
    db: &Db<'_>,
    id: NotificationId,
) -> Result<Option<Parcel>, StoreError> {
    let which = "d.notification_id = $1 AND d.channel = 'email'";
    Ok(parcels(db, which, &[&id.0]).await?.pop())
}

/// What a person's daily mail holds that was to go out until then, oldest first.
pub(in crate::postgres) async fn digest(
    db: &Db<'_>,
    user: UserId,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<Parcel>, StoreError> {
    let which = "d.user_id = $1 AND d.digest AND d.outcome IN ('pending', 'failed')
        AND d.due_at <= $2 AND d.channel = 'email' ORDER BY d.notification_id LIMIT $3";
    parcels(db, which, &[&user.0, &until.as_microsecond(), &i64::from(limit)]).await
}

async fn parcels(db: &Db<'_>, which: &str, values: &Values<'_>) -> Result<Vec<Parcel>, StoreError> {
    let sql =
        format!("SELECT {DELIVERY}, {NOTIFICATION}, {POSTED} FROM {POSTED_FROM} WHERE {which}");
    let answer = db.query(&sql, values).await?;
    let mut found = Vec::with_capacity(answer.len());
    let mut person: Option<User> = None;
    for (delivery, notification, organization, booking, html) in
        all("notification_deliveries", &answer, rows::posted)?
    {
        // Each is about a person, and those of a daily mail about the same.
        if person.as_ref().is_none_or(|user| user.id != notification.user_id) {
            person = people::any_user(db, notification.user_id).await?;
        }
        let Some(user) = person.clone() else { continue };
        found.push(Parcel { notification, html, delivery, user, organization, booking });
    }
    Ok(found)
}

/// Deliveries in scope, newest first.
pub(in crate::postgres) async fn deliveries(
    db: &Db<'_>,
    scope: &Scope,
    organization: Option<OrganizationId>,
    paging: Paging,
) -> Result<Listed<Delivery>, StoreError> {
    let mut conditions = Conditions::default();
    scoped::organizations(scope, "d.organization_id", &mut conditions);
    if let Some(organization) = organization {
        conditions.is("d.organization_id", organization.0);
    }
    listed(db, &DELIVERIES, &conditions, paging, rows::delivery).await
}

/// The key that links in mails are signed with.
pub(in crate::postgres) async fn signing_key(db: &Db<'_>) -> Result<[u8; 32], StoreError> {
    let row = db.one("SELECT name, key FROM signing_keys WHERE name = 'unsubscribe'", &[]).await?;
    in_table("signing_keys", &row, bytes(&row, 1))
}
