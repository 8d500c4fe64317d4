//! Delivering everything from a position on again: for a consumer that lost what it had, or was away.

use rishi_bus::Position;
use rishi_domain::event::{Fact, WebhookReplayRequested};
use rishi_domain::id::WebhookId;
use rishi_domain::permission::Capability;

use super::{Replay, WebhookChange, place};
use crate::auth::Caller;
use crate::commit::{Answer, Change};
use crate::events::Cause;
use crate::scope::Scope;
use crate::store::EventFilter;
use crate::{App, Commit, Error};

impl App {
    /// Asks for everything that the endpoint wants, from `position` to the present end of the log. What
    /// was asked for before and is not done ends.
    pub async fn replay_to_webhook(
        &self,
        caller: &Caller,
        id: WebhookId,
        position: Position,
        reply: fn(Replay) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let webhook = self.told_webhook(&caller.principal, id).await?;
        let newest = EventFilter {
            organization: Some(webhook.organization_id),
            before: Some(Position::MAX),
            ..EventFilter::default()
        };
        let newest = self.store.events(&Scope::system(), &newest, 1).await?;
        let through = newest.first().map_or(0, |event| event.position);
        if position == 0 || position > through {
            let message = format!(
                "position must lie between 1 and {through}, the newest event of the organization"
            );
            return Err(Error::invalid("position", "out_of_range", message));
        }
        let asked = Replay { from: position, through };
        let fact = WebhookReplayRequested { webhook_id: id, from: position, through };
        let facts = vec![Fact::new(&fact)?];
        let commit = Commit {
            events: self.tell(&place(&webhook), &Cause::from(caller), self.now(), facts),
            changes: vec![Change::Webhook(Box::new(WebhookChange::ReplayAsked {
                webhook_id: id,
                replay: asked,
            }))],
            ..Commit::default()
        };
        let answer = reply(asked)?;
        let done =
            self.finish(caller, Capability::ManageIntegrations, commit, answer, false).await?;
        self.webhook_hint.notify_one();
        Ok(done)
    }
}
