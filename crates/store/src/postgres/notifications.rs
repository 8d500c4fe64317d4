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

use super::Postgres;
use super::connection::Db;
use super::reach::{EVERYTHING, Reach};
use super::read::{notifications, templates};

#[async_trait]
impl NotificationQueries for Postgres {
    async fn recipients(&self, people: &[UserId]) -> Result<Vec<Recipient>, QueryError> {
        Ok(self
            .pool
            .point(EVERYTHING, async |db| notifications::recipients(db, people).await)
            .await?)
    }

    async fn inbox(&self, user: UserId, unread: bool, paging: Paging) -> Result<Inbox, QueryError> {
        let query = async |db: &Db<'_>| notifications::inbox(db, user, unread, paging).await;
        Ok(self.pool.scan(&Reach::own(user), query).await?)
    }

    async fn notification(
        &self,
        user: UserId,
        id: NotificationId,
    ) -> Result<Option<Notification>, QueryError> {
        Ok(self
            .pool
            .point(&Reach::own(user), async |db| notifications::notification(db, user, id).await)
            .await?)
    }

    async fn newest_unread(&self, user: UserId) -> Result<Option<NotificationId>, QueryError> {
        Ok(self
            .pool
            .point(&Reach::own(user), async |db| notifications::newest_unread(db, user).await)
            .await?)
    }

    async fn notification_preferences(
        &self,
        user: UserId,
    ) -> Result<Option<NotificationPreferences>, QueryError> {
        Ok(self
            .pool
            .point(EVERYTHING, async |db| notifications::preferences(db, user).await)
            .await?)
    }

    async fn parcel(&self, id: NotificationId) -> Result<Option<Parcel>, QueryError> {
        Ok(self.pool.point(EVERYTHING, async |db| notifications::parcel(db, id).await).await?)
    }

    async fn digest(
        &self,
        user: UserId,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<Parcel>, QueryError> {
        let query = async |db: &Db<'_>| notifications::digest(db, user, until, limit).await;
        Ok(self.pool.scan(EVERYTHING, query).await?)
    }

    async fn notification_template(
        &self,
        organization: OrganizationId,
        kind: NotificationKind,
        language: &str,
    ) -> Result<Option<NotificationTemplate>, QueryError> {
        let query = async |db: &Db<'_>| templates::one(db, organization, kind, language).await;
        Ok(self.pool.point(&Reach::within(organization), query).await?)
    }

    async fn notification_templates(
        &self,
        organization: OrganizationId,
        kind: Option<NotificationKind>,
    ) -> Result<Vec<NotificationTemplate>, QueryError> {
        Ok(self
            .pool
            .point(&Reach::within(organization), async |db| {
                templates::set(db, organization, kind).await
            })
            .await?)
    }

    async fn mail_standing(&self, user: UserId) -> Result<Option<MailStanding>, QueryError> {
        Ok(self.pool.point(EVERYTHING, async |db| templates::standing(db, user).await).await?)
    }

    async fn deliveries(
        &self,
        scope: &Scope,
        organization: Option<OrganizationId>,
        paging: Paging,
    ) -> Result<Listed<Delivery>, QueryError> {
        let query =
            async |db: &Db<'_>| notifications::deliveries(db, scope, organization, paging).await;
        Ok(self.pool.scan(&Reach::of(scope), query).await?)
    }

    async fn signing_key(&self) -> Result<[u8; 32], QueryError> {
        Ok(self.pool.point(EVERYTHING, notifications::signing_key).await?)
    }
}
