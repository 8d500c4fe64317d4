//! Looking at what was delivered, what waits and what was given up.

use rishi_domain::id::WebhookId;

use super::{Delivery, DeliveryFilter};
use crate::auth::Principal;
use crate::store::{Listed, Paging};
use crate::{App, Error};

impl App {
    /// The deliveries to an endpoint, the newest events first.
    pub async fn webhook_deliveries(
        &self,
        principal: &Principal,
        id: WebhookId,
        filter: DeliveryFilter,
        paging: Paging,
    ) -> Result<Listed<Delivery>, Error> {
        let webhook = self.webhook(principal, id).await?;
        Ok(self.store.webhook_deliveries(webhook.id, filter, paging).await?)
    }
}
