//! Removing an endpoint, with what was still to be delivered to it.

use rishi_domain::id::WebhookId;
use rishi_domain::permission::Capability;
use rishi_domain::webhook::delete;

use super::WebhookChange;
use crate::auth::Caller;
use crate::bookings::load::matches;
use crate::commit::{Answer, Change, Expected};
use crate::events::subject;
use crate::{App, Commit, Error};

impl App {
    /// Removes an endpoint.
    pub async fn delete_webhook(
        &self,
        caller: &Caller,
        id: WebhookId,
        if_match: Option<u64>,
        gone: Answer,
    ) -> Result<Answer, Error> {
        let (webhook, _) = self.managed_webhook(&caller.principal, id).await?;
        matches(if_match, webhook.version)?;
        let commit = Commit {
            expected: vec![Expected { subject: subject::webhook(id), version: webhook.version }],
            events: self.tell_of_webhook(caller, &webhook, vec![delete(&webhook)?])?,
            changes: vec![Change::Webhook(Box::new(WebhookChange::Deleted(webhook)))],
            ..Commit::default()
        };
        let (eyes, precondition) = (Capability::ManageIntegrations, if_match.is_some());
        self.finish(caller, eyes, commit, gone, precondition).await
    }
}
