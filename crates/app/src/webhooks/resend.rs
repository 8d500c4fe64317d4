//! Delivering an event once more, whatever became of it.

use rishi_domain::event::{Fact, WebhookDeliveryResent};
use rishi_domain::id::WebhookId;
use rishi_domain::permission::Capability;
use uuid::Uuid;

use super::{Delivery, DeliveryFilter, DeliveryStatus, WebhookChange, place};
use crate::auth::Caller;
use crate::commit::{Answer, Change};
use crate::events::Cause;
use crate::store::Paging;
use crate::{App, Commit, Error};

impl App {
    /// Resends the delivery of an event: at once, and with all its attempts before it.
    pub async fn resend_delivery(
        &self,
        caller: &Caller,
        (id, event_id): (WebhookId, Uuid),
        reply: fn(&Delivery) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let webhook = self.told_webhook(&caller.principal, id).await?;
        let filter = DeliveryFilter { event_id: Some(event_id), status: None };
        let one = Paging { limit: 1, offset: 0 };
        let found = self.store.webhook_deliveries(id, filter, one).await?.items.pop();
        let before = found.ok_or(Error::NotFound("delivery"))?;
        let now = self.now();
        let event_type = before.event_type.clone();
        let fact = Fact::new(&WebhookDeliveryResent { webhook_id: id, event_id, event_type })?;
        let commit = Commit {
            events: self.tell(&place(&webhook), &Cause::from(caller), now, vec![fact]),
            changes: vec![Change::Webhook(Box::new(WebhookChange::Resent {
                webhook_id: id,
                event_id,
                at: now,
            }))],
            ..Commit::default()
        };
        let after =
            Delivery { status: DeliveryStatus::Pending, attempts: 0, due_at: Some(now), ..before };
        let answer = reply(&after)?;
        let done =
            self.finish(caller, Capability::ManageIntegrations, commit, answer, false).await?;
        self.webhook_hint.notify_one();
        Ok(done)
    }
}
