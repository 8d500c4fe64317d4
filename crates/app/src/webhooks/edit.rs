//! Changing an endpoint.

use rishi_domain::id::WebhookId;
use rishi_domain::permission::Capability;
use rishi_domain::webhook::{EditWebhook, Given, WebhookEndpoint, edit};

use super::{WebhookChange, WebhookRow};
use crate::auth::Caller;
use crate::bookings::load::matches;
use crate::commit::{Answer, Change, Expected};
use crate::events::subject;
use crate::{App, Commit, Error};

impl App {
    /// Edits an endpoint, or enables it again.
    pub async fn edit_webhook(
        &self,
        caller: &Caller,
        id: WebhookId,
        if_match: Option<u64>,
        command: EditWebhook,
        reply: fn(&WebhookEndpoint) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let (before, organization) = self.managed_webhook(&caller.principal, id).await?;
        matches(if_match, before.version)?;
        let checked = match &command.url {
            Some(url) => self.courier.check(url),
            None => Ok(before.url.clone()),
        };
        let address = checked.as_deref().map_err(String::as_str);
        let given = Given { now: self.now(), id, organization: &organization, address };
        let Some(decision) = edit(&given, &before, command)? else { return reply(&before) };
        let answer = reply(&decision.state)?;
        let row = WebhookRow { endpoint: decision.state.clone(), secrets: None };
        let commit = Commit {
            expected: vec![Expected { subject: subject::webhook(id), version: before.version }],
            events: self.tell_of_webhook(caller, &decision.state, decision.facts)?,
            changes: vec![Change::Webhook(Box::new(WebhookChange::Put(row)))],
            ..Commit::default()
        };
        let (eyes, precondition) = (Capability::ManageIntegrations, if_match.is_some());
        self.finish(caller, eyes, commit, answer, precondition).await
    }
}
