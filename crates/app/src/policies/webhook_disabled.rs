//! `WEBHOOK_ENDPOINT_DISABLED`: who manages the organization's integrations finds it in the inbox.

use async_trait::async_trait;
use rishi_bus::{Envelope, HandlerError, Policy, Subscription, SubscriptionSpec};
use rishi_domain::event::{self, Payload, WebhookBrief, WebhookEndpointDisabled};
use rishi_domain::notification::Notification;
use rishi_domain::permission::{Capability, Reach, reach};
use rishi_domain::user::UserStatus;
use rishi_domain::webhook::DisabledReason;

use super::failed;
use crate::commit::Change;
use crate::store::Paging;
use crate::{App, Commit};

/// More members than an organization has.
const ALL: Paging = Paging { limit: 10_000, offset: 0 };

struct TellWhoManages(App);

/// One notification for each member who may set up webhooks there.
pub(super) fn subscription(app: App) -> Subscription<Commit> {
    let spec = SubscriptionSpec::new("webhook-disabled").on_type(WebhookEndpointDisabled::TYPE);
    Subscription::policy(spec, TellWhoManages(app))
}

#[async_trait]
impl Policy<Commit> for TellWhoManages {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let disabled: WebhookEndpointDisabled =
            event::read(event.schema_version, &event.data).map_err(failed)?;
        let WebhookEndpointDisabled { webhook, reason, .. } = disabled;
        let members = self.0.store.members(webhook.organization_id, ALL).await.map_err(failed)?;
        let those = members.items.into_iter().filter(|(user, membership)| {
            user.status == UserStatus::Active
                && reach(membership.role, Capability::ManageIntegrations) != Reach::None
        });
        let message = message(&webhook, reason);
        let changes: Vec<Change> = those
            .map(|(user, _)| {
                Change::Notification(Box::new(Notification {
                    id: self.0.ids.next(),
                    user_id: user.id,
                    organization_id: webhook.organization_id,
                    kind: "webhook_disabled".to_owned(),
                    title: "Webhook Disabled".to_owned(),
                    message: message.clone(),
                    related_entity_type: "webhook".to_owned(),
                    related_entity_id: webhook.id.0,
                    read_at: None,
                    created_at: self.0.now(),
                }))
            })
            .collect();
        Ok((!changes.is_empty()).then(|| Commit { changes, ..Commit::default() }))
    }
}

fn message(webhook: &WebhookBrief, reason: DisabledReason) -> String {
    let why = match reason {
        DisabledReason::Gone => "answered that it is gone for good (410)",
        DisabledReason::Failing | DisabledReason::ByHand => {
            "could not be delivered anything for five days"
        }
    };
    format!(
        "The webhook endpoint at {} {why}. It is told nothing more until somebody enables it again.",
        webhook.host
    )
}
