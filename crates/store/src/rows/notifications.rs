//! What people were told, what became of sending it, and what they want to be told.

use rishi_app::notifications::Recipient;
use rishi_domain::booking::BookingStatus;
use rishi_domain::id::UserId;
use rishi_domain::notification::{
    Channel, Delivery, DeliveryOutcome, Notification, NotificationPreferences,
};

use super::people::{USER_COLUMNS, user};
use super::{
    Fields, id, instant, json, number, optional_instant, optional_json, optional_string,
    optional_word, string, truth, word,
};

/// A notification.
pub(crate) const NOTIFICATION: &str = "n.id, n.user_id, n.organization_id, n.kind, n.title, \
    n.message, n.related_entity_type, n.related_entity_id, n.read_at, n.created_at";

pub(crate) fn notification<R: Fields>(row: &R) -> Result<Notification, R::Error> {
    notification_from(row, 0)
}

fn notification_from<R: Fields>(row: &R, from: usize) -> Result<Notification, R::Error> {
    Ok(Notification {
        id: id(row, from)?,
        user_id: id(row, from + 1)?,
        organization_id: id(row, from + 2)?,
        kind: string(row, from + 3)?,
        title: string(row, from + 4)?,
        message: string(row, from + 5)?,
        related_entity_type: string(row, from + 6)?,
        related_entity_id: id(row, from + 7)?,
        read_at: optional_instant(row, from + 8)?,
        created_at: instant(row, from + 9)?,
    })
}

/// What became of sending one.
pub(crate) const DELIVERY: &str = "d.notification_id, d.user_id, d.organization_id, d.channel, \
    d.outcome, d.reason, d.attempts, d.due_at, d.digest, d.template_error, d.created_at, d.updated_at";
/// How many columns that is.
const DELIVERY_COLUMNS: usize = 12;

pub(crate) fn delivery<R: Fields>(row: &R) -> Result<Delivery, R::Error> {
    Ok(Delivery {
        notification_id: id(row, 0)?,
        user_id: id(row, 1)?,
        organization_id: id(row, 2)?,
        channel: word(row, 3, Channel::parse)?,
        outcome: word(row, 4, DeliveryOutcome::parse)?,
        reason: optional_string(row, 5)?,
        attempts: number(row, 6)?,
        due_at: optional_instant(row, 7)?,
        digest: truth(row, 8)?,
        template_error: optional_string(row, 9)?,
        created_at: instant(row, 10)?,
        updated_at: instant(row, 11)?,
    })
}

/// A delivery with its notification, the organization's name, how the booking stands that it is about, and what a
/// mail shows instead of title and text.
pub(crate) type Posted = (Delivery, Notification, String, Option<BookingStatus>, Option<String>);

/// What goes with a delivery when it is sent: beside [`DELIVERY`] and [`NOTIFICATION`], these columns.
pub(crate) const POSTED: &str = "o.name, b.status, h.html";
/// Where all of it is from.
pub(crate) const POSTED_FROM: &str = "notification_deliveries d
    JOIN notifications n ON n.id = d.notification_id
    JOIN organizations o ON o.id = d.organization_id
    LEFT JOIN notification_html h ON h.notification_id = d.notification_id
    LEFT JOIN bookings b ON n.related_entity_type = 'booking' AND b.id = n.related_entity_id";

/// A row of [`DELIVERY`], [`NOTIFICATION`] and [`POSTED`].
pub(crate) fn posted<R: Fields>(row: &R) -> Result<Posted, R::Error> {
    let notification = notification_from(row, DELIVERY_COLUMNS)?;
    let organization = string(row, DELIVERY_COLUMNS + 10)?;
    let booking = optional_word(row, DELIVERY_COLUMNS + 11, BookingStatus::parse)?;
    let html = optional_string(row, DELIVERY_COLUMNS + 12)?;
    Ok((delivery(row)?, notification, organization, booking, html))
}

/// What a person wants to be told.
pub(crate) const PREFERENCES: &str = "p.muted, p.quiet_hours, p.digest, p.version";

/// Nothing when the columns, from one on, are of nobody.
pub(crate) fn preferences<R: Fields>(
    row: &R,
    user_id: UserId,
    from: usize,
) -> Result<Option<NotificationPreferences>, R::Error> {
    if row.text(from)?.is_none() {
        return Ok(None);
    }
    Ok(Some(NotificationPreferences {
        user_id,
        muted: json(row, from)?,
        quiet_hours: optional_json(row, from + 1)?,
        digest: optional_json(row, from + 2)?,
        version: number(row, from + 3)?,
    }))
}

/// A person with what the person wants to be told, from a row of a user and [`PREFERENCES`].
pub(crate) fn recipient<R: Fields>(row: &R) -> Result<Recipient, R::Error> {
    let user = user(row)?;
    let preferences = preferences(row, user.id, USER_COLUMNS)?;
    let preferences = preferences.unwrap_or_else(|| NotificationPreferences::unset(user.id));
    Ok(Recipient { user, preferences })
}
