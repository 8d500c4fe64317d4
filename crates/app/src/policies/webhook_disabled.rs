//! `WEBHOOK_ENDPOINT_DISABLED`: who manages the organization's integrations finds it in the inbox.

use async_trait::async_trait;
use rishi_bus::{Envelope, HandlerError, Policy, Subscription, SubscriptionSpec};
use rishi_domain::event::{Payload, WebhookEndpointDisabled};
use rishi_domain::id::UserId;
use rishi_domain::notification::NotificationKind;
use rishi_domain::permission::{Capability, Reach, reach};

use super::{failed, read};
use crate::events::subject;
use crate::notifications::{Facts, Notice};
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
        let told = read::<WebhookEndpointDisabled>(event)?;
        let (webhook, reason) = (&told.webhook, told.reason);
        let members = self.0.store.members(webhook.organization_id, ALL).await.map_err(failed)?;
        let manages = |role| reach(role, Capability::ManageIntegrations) != Reach::None;
        let those = members.items.into_iter().filter(|(_, membership)| manages(membership.role));
        let those: Vec<UserId> = those.map(|(user, _)| user.id).collect();
        let notice = Notice {
            kind: NotificationKind::WebhookDisabled,
            organization: webhook.organization_id,
            recipients: &those,
            about: subject::webhook(webhook.id),
            facts: Facts::default()
                .with("url", webhook.host.as_str())
                .with("reason", reason.as_str()),
        };
        let commit = self.0.notices(event, &notice).await.map_err(failed)?;
        Ok((!commit.changes.is_empty()).then_some(commit))
    }
}
