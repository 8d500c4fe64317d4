//! What notifications ask of an engine.

use async_trait::async_trait;
use jiff::Timestamp;
use rishi_domain::booking::BookingStatus;
use rishi_domain::id::{NotificationId, OrganizationId, UserId};
use rishi_domain::notification::{
    Delivery, MailStanding, Notification, NotificationKind, NotificationPreferences,
    NotificationTemplate,
};
use rishi_domain::user::User;

use crate::scope::Scope;
use crate::store::{Listed, Paging, QueryError};

/// Somebody to be told, and how.
#[derive(Debug, Clone)]
pub struct Recipient {
    /// Who.
    pub user: User,
    /// What the person wants.
    pub preferences: NotificationPreferences,
}

/// A stretch of a person's inbox.
#[derive(Debug, Clone)]
pub struct Inbox {
    /// The stretch.
    pub listed: Listed<Notification>,
    /// How many are unread in all.
    pub unread: u64,
}

/// A notification that is to be sent, with what that depends on.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// The notification.
    pub notification: Notification,
    /// What a mail shows instead of its title and text, if the organization's template says so.
    pub html: Option<String>,
    /// How it stands with its delivery.
    pub delivery: Delivery,
    /// To whom.
    pub user: User,
    /// The name of the organization on whose behalf.
    pub organization: String,
    /// The status of the booking that it is about, if it is about one.
    pub booking: Option<BookingStatus>,
}

/// Queries about whom to tell what, and what they were told.
#[async_trait]
pub trait NotificationQueries: Send + Sync {
    /// Those of these people who are active, whoever asks.
    async fn recipients(&self, people: &[UserId]) -> Result<Vec<Recipient>, QueryError>;

    /// A person's inbox, newest first; only what is unread if that is asked for.
    async fn inbox(&self, user: UserId, unread: bool, paging: Paging) -> Result<Inbox, QueryError>;

    /// All that a person was told, newest first.
    async fn notifications(
        &self,
        user: UserId,
        paging: Paging,
    ) -> Result<Listed<Notification>, QueryError> {
        Ok(self.inbox(user, false, paging).await?.listed)
    }

    /// One of a person's notifications.
    async fn notification(
        &self,
        user: UserId,
        id: NotificationId,
    ) -> Result<Option<Notification>, QueryError>;

    /// A person's newest unread notification.
    async fn newest_unread(&self, user: UserId) -> Result<Option<NotificationId>, QueryError>;

    /// What a person wants to be told, if the person ever said so.
    async fn notification_preferences(
        &self,
        user: UserId,
    ) -> Result<Option<NotificationPreferences>, QueryError>;

    /// A notification that has a delivery by e-mail.
    async fn parcel(&self, id: NotificationId) -> Result<Option<Parcel>, QueryError>;

    /// What a person's daily mail holds that was to go out until then, oldest first, at most so many: what
    /// waits, and what was given up.
    async fn digest(
        &self,
        user: UserId,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<Parcel>, QueryError>;

    /// What an organization has set for a kind in a language, if it ever did.
    async fn notification_template(
        &self,
        organization: OrganizationId,
        kind: NotificationKind,
        language: &str,
    ) -> Result<Option<NotificationTemplate>, QueryError>;

    /// The texts of its own that an organization has, by kind and language; of one kind when named.
    async fn notification_templates(
        &self,
        organization: OrganizationId,
        kind: Option<NotificationKind>,
    ) -> Result<Vec<NotificationTemplate>, QueryError>;

    /// How a person's address stands, if anything was ever refused there.
    async fn mail_standing(&self, user: UserId) -> Result<Option<MailStanding>, QueryError>;

    /// Deliveries in the organizations of a scope, newest first.
    async fn deliveries(
        &self,
        scope: &Scope,
        organization: Option<OrganizationId>,
        paging: Paging,
    ) -> Result<Listed<Delivery>, QueryError>;

    /// The key that links in mails are signed with, made with the database.
    async fn signing_key(&self) -> Result<[u8; 32], QueryError>;
}
