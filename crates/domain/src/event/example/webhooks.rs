//! Examples of webhook endpoints' lives.

use super::{CHANGED, EXPIRY, MADE, id};
use crate::event::{
    Example, WebhookBrief, WebhookDeliveryResent, WebhookEndpointCreated, WebhookEndpointDeleted,
    WebhookEndpointDisabled, WebhookEndpointUpdated, WebhookReplayRequested, WebhookSecretRotated,
    WebhookTestSent,
};
use crate::webhook::{DisabledReason, WebhookStatus};

fn webhook() -> WebhookBrief {
    WebhookBrief {
        id: id(30),
        organization_id: id(1),
        host: "hooks.example.com".to_owned(),
        description: Some("The warehouse".to_owned()),
        event_types: vec!["BOOKING_*".to_owned()],
        ordered: true,
        status: WebhookStatus::Enabled,
        version: 1,
    }
}

impl Example for WebhookEndpointCreated {
    fn example() -> Self {
        Self { webhook: webhook() }
    }
}

impl Example for WebhookEndpointUpdated {
    fn example() -> Self {
        let webhook = WebhookBrief { ordered: false, version: 2, ..webhook() };
        Self { webhook_id: webhook.id, changed: vec!["ordered".to_owned()], webhook }
    }
}

impl Example for WebhookEndpointDeleted {
    fn example() -> Self {
        Self { webhook: webhook() }
    }
}

impl Example for WebhookEndpointDisabled {
    fn example() -> Self {
        Self {
            webhook: WebhookBrief { status: WebhookStatus::Disabled, version: 2, ..webhook() },
            reason: DisabledReason::Failing,
            failing_since: Some(MADE),
            last_error: Some("answered 500".to_owned()),
        }
    }
}

impl Example for WebhookSecretRotated {
    fn example() -> Self {
        Self { webhook_id: id(30), previous_until: Some(EXPIRY) }
    }
}

impl Example for WebhookTestSent {
    fn example() -> Self {
        let message = format!("A test at {CHANGED}.");
        Self { webhook_id: id(30), sent_by: id(2), message }
    }
}

impl Example for WebhookDeliveryResent {
    fn example() -> Self {
        let event_type = "BOOKING_CREATED".to_owned();
        Self { webhook_id: id(30), event_id: id(31), event_type }
    }
}

impl Example for WebhookReplayRequested {
    fn example() -> Self {
        Self { webhook_id: id(30), from: 1_200, through: 1_871 }
    }
}
