//! A test: an event that is delivered to one endpoint, whatever that otherwise wants.

use rishi_domain::event::{Fact, WebhookTestSent};
use rishi_domain::id::WebhookId;
use rishi_domain::permission::Capability;
use uuid::Uuid;

use super::place;
use crate::auth::Caller;
use crate::commit::Answer;
use crate::events::Cause;
use crate::{App, Commit, Error};

/// A test that is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestEvent {
    /// The event's id, by which its delivery is found.
    pub event_id: Uuid,
}

impl App {
    /// Sends a test.
    pub async fn test_webhook(
        &self,
        caller: &Caller,
        id: WebhookId,
        reply: fn(TestEvent) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let webhook = self.told_webhook(&caller.principal, id).await?;
        let now = self.now();
        let sent_by = caller.principal.user_id();
        let message = format!("A test at {now}.");
        let fact = Fact::new(&WebhookTestSent { webhook_id: id, sent_by, message })?;
        let events = self.tell(&place(&webhook), &Cause::from(caller), now, vec![fact]);
        let event_id = events.first().map(|event| event.id).unwrap_or_default();
        let commit = Commit { events, ..Commit::default() };
        let answer = reply(TestEvent { event_id })?;
        self.finish(caller, Capability::ManageIntegrations, commit, answer, false).await
    }
}
