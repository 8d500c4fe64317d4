//! Giving an endpoint another secret. For a time both sign.

use rishi_domain::id::WebhookId;
use rishi_domain::permission::Capability;
use rishi_domain::webhook::{RotateSecret, WebhookEndpoint, rotate};

use super::{Secrets, WebhookChange, WebhookRow, WebhookSecret};
use crate::auth::Caller;
use crate::commit::{Answer, Change, Expected};
use crate::events::subject;
use crate::{App, Commit, Error};

impl App {
    /// Replaces the secret, of the endpoint at that version if one is named. `reply` is asked twice: for the answer that is kept for a repetition,
    /// without the secret, and for the one that is given now.
    pub async fn rotate_webhook_secret(
        &self,
        caller: &Caller,
        (id, version): (WebhookId, Option<u64>),
        command: RotateSecret,
        reply: impl Fn(&WebhookEndpoint, Option<&WebhookSecret>) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let (before, _) = self.managed_webhook(&caller.principal, id).await?;
        let secrets = self.store.webhook_secrets(id).await?.ok_or(Error::NotFound("webhook"))?;
        let decision = rotate(&before, command, self.now())?;
        let secret = WebhookSecret::generate()?;
        let secrets = Secrets {
            present: secret.sealed(&self.sealer, id)?,
            previous: decision.state.previous_secret_until.map(|_| secrets.present),
        };
        let row = WebhookRow { endpoint: decision.state.clone(), secrets: Some(secrets) };
        let commit = Commit {
            expected: vec![Expected {
                subject: subject::webhook(id),
                version: version.unwrap_or(before.version),
            }],
            events: self.tell_of_webhook(caller, &decision.state, decision.facts)?,
            changes: vec![Change::Webhook(Box::new(WebhookChange::Put(row)))],
            ..Commit::default()
        };
        let (kept, told) = (reply(&decision.state, None)?, reply(&decision.state, Some(&secret))?);
        self.finish_once(caller, Capability::ManageIntegrations, commit, kept, told).await
    }
}
