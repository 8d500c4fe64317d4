//! Every event of an organization: it is owed to the endpoints that want it, one row for each.

use async_trait::async_trait;
use rishi_bus::{Envelope, HandlerError, Pattern, Policy, Start, Subscription, SubscriptionSpec};
use rishi_domain::event::{self, Payload, WebhookTestSent};
use rishi_domain::id::OrganizationId;
use rishi_domain::webhook::WebhookEndpoint;

use super::{NewDelivery, WebhookChange};
use crate::commit::Change;
use crate::policies::failed;
use crate::{App, Commit};

struct Owe(App);

/// From the first event on that comes after it was registered: there are no endpoints before.
pub(crate) fn subscription(app: App) -> Subscription<Commit> {
    let spec = SubscriptionSpec::new("webhooks").on_any().starting(Start::Now);
    Subscription::policy(spec, Owe(app))
}

#[async_trait]
impl Policy<Commit> for Owe {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let Some(organization) = event.organization_id.map(OrganizationId) else { return Ok(None) };
        let endpoints = self.0.store.webhooks_to_tell(organization).await.map_err(failed)?;
        if endpoints.is_empty() {
            return Ok(None);
        }
        let tested = if &*event.event_type == WebhookTestSent::TYPE {
            let test: WebhookTestSent =
                event::read(event.schema_version, &event.data).map_err(failed)?;
            Some(test.webhook_id)
        } else {
            None
        };
        let wanted = endpoints.iter().filter(|endpoint| match tested {
            Some(only) => endpoint.id == only,
            None => wants(endpoint, event),
        });
        let at = self.0.now();
        let owed: Vec<NewDelivery> = wanted.map(|one| owed(one, event, at)).collect();
        if owed.is_empty() {
            return Ok(None);
        }
        self.0.webhook_hint.notify_one();
        let changes = vec![Change::Webhook(Box::new(WebhookChange::Owed(owed)))];
        Ok(Some(Commit { changes, ..Commit::default() }))
    }
}

/// Whether an endpoint wants an event by its type, and was there when it happened.
fn wants(endpoint: &WebhookEndpoint, event: &Envelope) -> bool {
    endpoint.created_at < event.timestamp && wants_type(endpoint, &event.event_type)
}

/// Whether an endpoint wants events of this type. A test is for the endpoint that it tests alone.
pub(super) fn wants_type(endpoint: &WebhookEndpoint, event_type: &str) -> bool {
    let patterns = endpoint.event_types.iter().filter_map(|text| text.parse::<Pattern>().ok());
    event_type != WebhookTestSent::TYPE
        && patterns.into_iter().any(|pattern| pattern.matches(event_type))
}

/// What is owed to an endpoint.
pub(super) fn owed(
    endpoint: &WebhookEndpoint,
    event: &Envelope,
    at: jiff::Timestamp,
) -> NewDelivery {
    NewDelivery {
        webhook_id: endpoint.id,
        position: event.position,
        event_id: event.id,
        event_type: event.event_type.to_string(),
        subject: event.subject.clone(),
        at,
    }
}
