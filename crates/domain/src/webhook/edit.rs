//! Changing an endpoint. Whose it is stays.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::create::{Given, refuse_suspended};
use super::validate::{DESCRIPTION_MAX, PATTERNS_MAX, URL_MAX, check};
use super::{DisabledReason, WebhookEndpoint, WebhookStatus};
use crate::decision::{Decision, Refusal};
use crate::error::Checks;
use crate::event::{Fact, WebhookBrief, WebhookEndpointUpdated};
use crate::patch::{Changes, clearable, set};
use crate::time::to_microsecond;

/// A partial change: absent fields stay, `null` clears the description.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct EditWebhook {
    /// Where it is.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1, max = URL_MAX))]
    pub url: Option<String>,
    /// What it is for.
    #[serde(deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = DESCRIPTION_MAX), regex(pattern = r"\S"))]
    pub description: Option<Option<String>>,
    /// Of which types of event it is told.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<String>", length(min = 1, max = PATTERNS_MAX))]
    pub event_types: Option<Vec<String>>,
    /// Whether events of a subject wait for one another.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool")]
    pub ordered: Option<bool>,
    /// Whether it is told anything. What happens while it is disabled is not delivered later, unless
    /// somebody asks for a replay.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "WebhookStatus")]
    pub status: Option<WebhookStatus>,
}

/// Decides about a partial change; nothing when every given field already has its value. `given` judges
/// the address that the endpoint is to have.
pub fn edit(
    given: &Given,
    webhook: &WebhookEndpoint,
    command: EditWebhook,
) -> Result<Option<Decision<WebhookEndpoint>>, Refusal> {
    let mut state = webhook.clone();
    let mut edits = Changes::new();
    let url = command.url.map(|url| given.address.map_or(url, ToOwned::to_owned));
    edits.put("url", &mut state.url, url);
    edits.put("description", &mut state.description, command.description);
    edits.put("eventTypes", &mut state.event_types, command.event_types);
    edits.put("ordered", &mut state.ordered, command.ordered);
    edits.put("status", &mut state.status, command.status);
    if edits.has("status") {
        state.disabled_reason = match state.status {
            WebhookStatus::Enabled => None,
            WebhookStatus::Disabled => Some(DisabledReason::ByHand),
        };
    }
    check(Checks::new(), &state, given.address).done()?;
    refuse_suspended(given)?;
    let Some(changed) = edits.names() else { return Ok(None) };
    state.updated_at = to_microsecond(given.now);
    state.version += 1;
    let webhook = WebhookBrief::from(&state);
    let fact = Fact::new(&WebhookEndpointUpdated { webhook_id: state.id, changed, webhook })?;
    Ok(Some(Decision::new(state, fact)))
}
