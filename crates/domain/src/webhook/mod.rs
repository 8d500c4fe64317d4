//! Webhook endpoints: where an organization wants to be told of its events, and of which.
//!
//! The secret that signs what is sent, and how deliveries go, are not part of the entity: the one is
//! never shown again, the other changes without anybody's doing.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{OrganizationId, WebhookId};

mod create;
mod edit;
mod life;
mod validate;

pub use create::{CreateWebhook, Given, create};
pub use edit::{EditWebhook, edit};
pub use life::{OVERLAP_HOURS, OVERLAP_MOST, RotateSecret, delete, disable, rotate};
pub use validate::{DESCRIPTION_MAX, PATTERNS_MAX, URL_MAX, host};

words! {
    /// Whether an endpoint is told anything.
    pub enum WebhookStatus {
        /// It is.
        Enabled = "enabled",
        /// It is not, until somebody enables it again.
        Disabled = "disabled",
    }
}

words! {
    /// Why an endpoint is told nothing.
    pub enum DisabledReason {
        /// Somebody said so.
        ByHand = "by_hand",
        /// Nothing could be delivered for five days.
        Failing = "failing",
        /// It answered that it is gone for good (410).
        Gone = "gone",
    }
}

/// A webhook endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Webhook")]
pub struct WebhookEndpoint {
    /// Its id.
    pub id: WebhookId,
    /// Whose events it is told.
    pub organization_id: OrganizationId,
    /// Where it is.
    pub url: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Of which types of event: a type, a prefix (`BOOKING_*`), or `*` for all.
    pub event_types: Vec<String>,
    /// Whether an event waits until those of the same subject before it are delivered, or given up.
    pub ordered: bool,
    /// Whether it is told anything.
    pub status: WebhookStatus,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled_reason: Option<DisabledReason>,
    /// Until when what is sent is signed with the secret before the present one, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_secret_until: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// How often it has changed: 1 when made.
    pub version: u64,
}

#[cfg(test)]
mod tests;
