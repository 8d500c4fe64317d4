//! What happens to webhook endpoints. No secret is in any of these, and of an address only the host.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::id::{OrganizationId, UserId, WebhookId};
use crate::webhook::{DisabledReason, WebhookEndpoint, WebhookStatus, host};

/// An endpoint as events show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookBrief {
    /// Its id.
    pub id: WebhookId,
    /// Whose events it is told.
    pub organization_id: OrganizationId,
    /// The host of its address, with the port if there is one.
    pub host: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Of which types of event it is told.
    pub event_types: Vec<String>,
    /// Whether events of a subject wait for one another.
    pub ordered: bool,
    /// Whether it is told anything.
    pub status: WebhookStatus,
    /// Its version.
    pub version: u64,
}

impl From<&WebhookEndpoint> for WebhookBrief {
    fn from(webhook: &WebhookEndpoint) -> Self {
        Self {
            id: webhook.id,
            organization_id: webhook.organization_id,
            host: host(&webhook.url).to_owned(),
            description: webhook.description.clone(),
            event_types: webhook.event_types.clone(),
            ordered: webhook.ordered,
            status: webhook.status,
            version: webhook.version,
        }
    }
}

/// An endpoint was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookEndpointCreated {
    /// The endpoint.
    pub webhook: WebhookBrief,
}

/// Fields of an endpoint were changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookEndpointUpdated {
    /// Which.
    pub webhook_id: WebhookId,
    /// The fields that changed.
    pub changed: Vec<String>,
    /// The endpoint after the change.
    pub webhook: WebhookBrief,
}

/// An endpoint was removed, with what was still to be delivered to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookEndpointDeleted {
    /// The endpoint as it was.
    pub webhook: WebhookBrief,
}

/// The platform disabled an endpoint that is of no use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookEndpointDisabled {
    /// The endpoint after that.
    pub webhook: WebhookBrief,
    /// Why.
    pub reason: DisabledReason,
    /// Since when nothing could be delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
    /// What the last attempt came to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}

/// An endpoint got another secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookSecretRotated {
    /// Which.
    pub webhook_id: WebhookId,
    /// Until when the secret before signs, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_until: Option<Timestamp>,
}

/// Somebody wants to see whether an endpoint hears anything: this event is delivered to it, whatever it
/// otherwise wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookTestSent {
    /// Which.
    pub webhook_id: WebhookId,
    /// Who does.
    pub sent_by: UserId,
    /// A sentence to be found again at the other end.
    pub message: String,
}

/// Somebody had an event delivered to an endpoint once more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookDeliveryResent {
    /// The endpoint.
    pub webhook_id: WebhookId,
    /// The event that is delivered again.
    pub event_id: Uuid,
    /// Its type.
    pub event_type: String,
}

/// A consumer wants everything from a position on again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookReplayRequested {
    /// The endpoint.
    pub webhook_id: WebhookId,
    /// The first position.
    pub from: u64,
    /// The last position, the newest when it was asked for.
    pub through: u64,
}
