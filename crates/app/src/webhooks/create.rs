//! Making an endpoint, with its secret.

use rishi_domain::id::WebhookId;
use rishi_domain::permission::Capability;
use rishi_domain::webhook::{CreateWebhook, Given, WebhookEndpoint, create};

use super::{MOST, Secrets, WebhookChange, WebhookRow, WebhookSecret};
use crate::auth::Caller;
use crate::commit::{Answer, Change};
use crate::scope::Scope;
use crate::store::Paging;
use crate::{App, Commit, Error};

impl App {
    /// Makes an endpoint. `reply` is asked twice: for the answer that is kept for a repetition, without
    /// the secret, and for the one that is given now.
    pub async fn create_webhook(
        &self,
        caller: &Caller,
        command: CreateWebhook,
        reply: impl Fn(&WebhookEndpoint, Option<&WebhookSecret>) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let principal = &caller.principal;
        let organization = self.integrated_organization(principal, command.organization_id).await?;
        let paging = Paging { limit: 1, offset: 0 };
        let those = self.store.webhooks(&Scope::system(), Some(organization.id), paging).await?;
        if those.total >= MOST {
            return Err(Error::TooManyWebhooks);
        }
        let id: WebhookId = self.ids.next();
        let checked = self.courier.check(&command.url);
        let address = checked.as_deref().map_err(String::as_str);
        let given = Given { now: self.now(), id, organization: &organization, address };
        let decision = create(&given, command)?;
        let secret = WebhookSecret::generate()?;
        let present = secret.sealed(&self.sealer, id)?;
        let row = WebhookRow {
            endpoint: decision.state.clone(),
            secrets: Some(Secrets { present, previous: None }),
        };
        let commit = Commit {
            events: self.tell_of_webhook(caller, &decision.state, decision.facts)?,
            changes: vec![Change::Webhook(Box::new(WebhookChange::Put(row)))],
            ..Commit::default()
        };
        let (kept, told) = (reply(&decision.state, None)?, reply(&decision.state, Some(&secret))?);
        self.finish_once(caller, Capability::ManageIntegrations, commit, kept, told).await
    }
}
