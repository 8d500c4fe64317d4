//! The webhooks port: all of it reads.

use async_trait::async_trait;
use jiff::Timestamp;
use rishi_app::scope::Scope;
use rishi_app::store::{Listed, Paging, QueryError};
use rishi_app::webhooks::{Delivery, DeliveryFilter, Due, Ready, Secrets, WebhookQueries, Work};
use rishi_domain::id::{OrganizationId, WebhookId};
use rishi_domain::webhook::WebhookEndpoint;

use super::Postgres;
use super::connection::Db;
use super::reach::{EVERYTHING, Reach};
use super::read::webhooks;

#[async_trait]
impl WebhookQueries for Postgres {
    async fn webhook(
        &self,
        scope: &Scope,
        id: WebhookId,
    ) -> Result<Option<WebhookEndpoint>, QueryError> {
        Ok(self
            .pool
            .point(&Reach::of(scope), async |db| webhooks::endpoint(db, scope, id).await)
            .await?)
    }

    async fn webhooks(
        &self,
        scope: &Scope,
        organization: Option<OrganizationId>,
        paging: Paging,
    ) -> Result<Listed<WebhookEndpoint>, QueryError> {
        let query = async |db: &Db<'_>| webhooks::endpoints(db, scope, organization, paging).await;
        Ok(self.pool.scan(&Reach::of(scope), query).await?)
    }

    async fn webhook_deliveries(
        &self,
        id: WebhookId,
        filter: DeliveryFilter,
        paging: Paging,
    ) -> Result<Listed<Delivery>, QueryError> {
        Ok(self
            .pool
            .scan(EVERYTHING, async |db| webhooks::deliveries(db, id, filter, paging).await)
            .await?)
    }

    async fn webhooks_to_tell(
        &self,
        organization: OrganizationId,
    ) -> Result<Vec<WebhookEndpoint>, QueryError> {
        Ok(self
            .pool
            .point(&Reach::within(organization), async |db| {
                webhooks::to_tell(db, organization).await
            })
            .await?)
    }

    async fn webhook_work(&self, now: Timestamp) -> Result<Vec<Work>, QueryError> {
        Ok(self.pool.scan(EVERYTHING, async |db| webhooks::work(db, now).await).await?)
    }

    async fn webhook_due(
        &self,
        id: WebhookId,
        ordered: bool,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Due>, QueryError> {
        Ok(self
            .pool
            .scan(EVERYTHING, async |db| webhooks::due(db, id, ordered, now, limit).await)
            .await?)
    }

    async fn webhook_secrets(&self, id: WebhookId) -> Result<Option<Secrets>, QueryError> {
        Ok(self.pool.point(EVERYTHING, async |db| webhooks::secrets(db, id).await).await?)
    }

    async fn webhook_ready(&self, id: WebhookId) -> Result<Option<Ready>, QueryError> {
        Ok(self.pool.point(EVERYTHING, async |db| webhooks::ready(db, id).await).await?)
    }
}
