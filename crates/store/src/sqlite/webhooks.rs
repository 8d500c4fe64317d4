//! The webhooks port: all of it reads.

use async_trait::async_trait;
use jiff::Timestamp;
use rishi_app::scope::Scope;
use rishi_app::store::{Listed, Paging, QueryError};
use rishi_app::webhooks::{Delivery, DeliveryFilter, Due, Ready, Secrets, WebhookQueries, Work};
use rishi_domain::id::{OrganizationId, WebhookId};
use rishi_domain::webhook::WebhookEndpoint;

use super::Sqlite;
use super::read::webhooks;

#[async_trait]
impl WebhookQueries for Sqlite {
    async fn webhook(
        &self,
        scope: &Scope,
        id: WebhookId,
    ) -> Result<Option<WebhookEndpoint>, QueryError> {
        Ok(self.readers.point(|db| webhooks::endpoint(db, scope, id)).await?)
    }

    async fn webhooks(
        &self,
        scope: &Scope,
        organization: Option<OrganizationId>,
        paging: Paging,
    ) -> Result<Listed<WebhookEndpoint>, QueryError> {
        let scope = scope.clone();
        let query = move |db: &_| webhooks::endpoints(db, &scope, organization, paging);
        Ok(self.readers.scan(query).await?)
    }

    async fn webhook_deliveries(
        &self,
        id: WebhookId,
        filter: DeliveryFilter,
        paging: Paging,
    ) -> Result<Listed<Delivery>, QueryError> {
        Ok(self.readers.scan(move |db| webhooks::deliveries(db, id, filter, paging)).await?)
    }

    async fn webhooks_to_tell(
        &self,
        organization: OrganizationId,
    ) -> Result<Vec<WebhookEndpoint>, QueryError> {
        let reading =
            async { self.readers.point(|db| webhooks::to_tell(db, organization)).await.map(Some) };
        Ok(self.known.or_read(organization, reading).await?.unwrap_or_default())
    }

    async fn webhook_work(&self, now: Timestamp) -> Result<Vec<Work>, QueryError> {
        Ok(self.readers.scan(move |db| webhooks::work(db, now)).await?)
    }

    async fn webhook_due(
        &self,
        id: WebhookId,
        ordered: bool,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Due>, QueryError> {
        Ok(self.readers.scan(move |db| webhooks::due(db, id, ordered, now, limit)).await?)
    }

    async fn webhook_secrets(&self, id: WebhookId) -> Result<Option<Secrets>, QueryError> {
        Ok(self.readers.point(|db| webhooks::secrets(db, id)).await?)
    }

    async fn webhook_ready(&self, id: WebhookId) -> Result<Option<Ready>, QueryError> {
        Ok(self.readers.point(|db| webhooks::ready(db, id)).await?)
    }
}
