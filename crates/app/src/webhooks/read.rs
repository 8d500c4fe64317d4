//! Looking at endpoints. Whoever sees one may change it.

use rishi_domain::id::{OrganizationId, WebhookId};
use rishi_domain::permission::Capability;
use rishi_domain::webhook::WebhookEndpoint;

use crate::auth::Principal;
use crate::store::{Listed, Paging};
use crate::{App, Error};

impl App {
    /// One endpoint.
    pub async fn webhook(
        &self,
        principal: &Principal,
        id: WebhookId,
    ) -> Result<WebhookEndpoint, Error> {
        let scope = principal.scope(Capability::ManageIntegrations);
        self.store.webhook(&scope, id).await?.ok_or(Error::NotFound("webhook"))
    }

    /// The endpoints of organizations whose integrations the caller manages, newest first.
    pub async fn webhooks(
        &self,
        principal: &Principal,
        organization: Option<OrganizationId>,
        paging: Paging,
    ) -> Result<Listed<WebhookEndpoint>, Error> {
        let scope = principal.scope(Capability::ManageIntegrations);
        let found = self.store.webhooks(&scope, organization, paging).await?;
        self.of_existing(organization, found).await
    }
}
