//! The notifications port: all of it reads.

use async_trait::async_trait;
use jiff::Timestamp;
use rishi_app::notifications::{Inbox, NotificationQueries, Parcel, Recipient};
use rishi_app::scope::Scope;
use rishi_app::store::{Listed, Paging, QueryError};
use rishi_domain::id::{NotificationId, OrganizationId, UserId};
use rishi_domain::notification::{
    Delivery, MailStanding, Notification, NotificationKind, NotificationPreferences,
    NotificationTemplate,
};

use super::Sqlite;
use super::read::{notifications, templates};

#[async_trait]
impl NotificationQueries for Sqlite {
    async fn recipients(&self, people: &[UserId]) -> Result<Vec<Recipient>, QueryError> {
        let mut people = people.to_vec();
        people.sort_unstable();
        people.dedup();
        let mut found = Vec::with_capacity(people.len());
        for id in people {
            let reading = self.readers.point(move |db| notifications::recipient(db, id));
            found.extend(self.known.or_read(id, reading).await?);
        }
        Ok(found)
    }

    async fn inbox(&self, user: UserId, unread: bool, paging: Paging) -> Result<Inbox, QueryError> {
        let query = move |db: &_| notifications::inbox(db, user, unread, paging);
        Ok(self.readers.scan(query).await?)
    }

    async fn notification(
        &self,
        user: UserId,
        id: NotificationId,
    ) -> Result<Option<Notification>, QueryError> {
        Ok(self.readers.point(|db| notifications::notification(db, user, id)).await?)
    }

    async fn newest_unread(&self, user: UserId) -> Result<Option<NotificationId>, QueryError> {
        Ok(self.readers.point(|db| notifications::newest_unread(db, user)).await?)
    }

    async fn notification_preferences(
        &self,
        user: UserId,
    ) -> Result<Option<NotificationPreferences>, QueryError> {
        Ok(self.readers.point(|db| notifications::preferences(db, user)).await?)
    }

    async fn parcel(&self, id: NotificationId) -> Result<Option<Parcel>, QueryError> {
        Ok(self.readers.point(|db| notifications::parcel(db, id)).await?)
    }

    async fn digest(
        &self,
        user: UserId,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<Parcel>, QueryError> {
        let query = move |db: &_| notifications::digest(db, user, until, limit);
        Ok(self.readers.scan(query).await?)
    }

    async fn notification_template(
        &self,
        organization: OrganizationId,
        kind: NotificationKind,
        language: &str,
    ) -> Result<Option<NotificationTemplate>, QueryError> {
        Ok(self.readers.point(|db| templates::one(db, organization, kind, language)).await?)
    }

    async fn notification_templates(
        &self,
        organization: OrganizationId,
        kind: Option<NotificationKind>,
    ) -> Result<Vec<NotificationTemplate>, QueryError> {
        Ok(self.readers.point(|db| templates::set(db, organization, kind)).await?)
    }

    async fn mail_standing(&self, user: UserId) -> Result<Option<MailStanding>, QueryError> {
        Ok(self.readers.point(|db| templates::standing(db, user)).await?)
    }

    async fn deliveries(
        &self,
        scope: &Scope,
        organization: Option<OrganizationId>,
        paging: Paging,
    ) -> Result<Listed<Delivery>, QueryError> {
        let scope = scope.clone();
        let query = move |db: &_| notifications::deliveries(db, &scope, organization, paging);
        Ok(self.readers.scan(query).await?)
    }

    async fn signing_key(&self) -> Result<[u8; 32], QueryError> {
        Ok(self.readers.point(notifications::signing_key).await?)
    }
}
