//! Making an endpoint.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::validate::{DESCRIPTION_MAX, PATTERNS_MAX, URL_MAX, check};
use super::{WebhookEndpoint, WebhookStatus};
use crate::decision::{Decision, Refusal};
use crate::error::Checks;
use crate::event::{Fact, WebhookBrief, WebhookEndpointCreated};
use crate::id::{OrganizationId, WebhookId};
use crate::organization::{Organization, OrganizationStatus};
use crate::time::to_microsecond;

/// An endpoint to be made. Its secret is made with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateWebhook {
    /// Whose events it is to be told; may be left out by who is a member of only one organization.
    #[serde(default)]
    pub organization_id: Option<OrganizationId>,
    /// Where it is: an https address that anybody could reach, without user name and password.
    #[schemars(length(min = 1, max = URL_MAX))]
    pub url: String,
    /// What it is for.
    #[serde(default)]
    #[schemars(length(min = 1, max = DESCRIPTION_MAX), regex(pattern = r"\S"))]
    pub description: Option<String>,
    /// Of which types of event: a type, a prefix (`BOOKING_*`), or `*` for all.
    #[schemars(length(min = 1, max = PATTERNS_MAX))]
    pub event_types: Vec<String>,
    /// Whether an event is to wait until those of the same subject before it are delivered, or given
    /// up; false when absent.
    #[serde(default)]
    pub ordered: bool,
}

/// What [`create`] and [`edit`](super::edit()) need to know beside the command.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The present instant.
    pub now: Timestamp,
    /// The endpoint's id; a fresh one when it is made.
    pub id: WebhookId,
    /// Whose it is.
    pub organization: &'a Organization,
    /// The address in its one spelling, or why it must not be called.
    pub address: Result<&'a str, &'a str>,
}

/// Decides about a new endpoint: enabled, of version 1, and `WEBHOOK_ENDPOINT_CREATED`.
pub fn create(given: &Given, command: CreateWebhook) -> Result<Decision<WebhookEndpoint>, Refusal> {
    let now = to_microsecond(given.now);
    let state = WebhookEndpoint {
        id: given.id,
        organization_id: given.organization.id,
        url: given.address.map_or(command.url, ToOwned::to_owned),
        description: command.description,
        event_types: command.event_types,
        ordered: command.ordered,
        status: WebhookStatus::Enabled,
        disabled_reason: None,
        previous_secret_until: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    check(Checks::new(), &state, given.address).done()?;
    refuse_suspended(given)?;
    let fact = Fact::new(&WebhookEndpointCreated { webhook: WebhookBrief::from(&state) })?;
    Ok(Decision::new(state, fact))
}

/// A suspended organization changes nothing.
pub(super) fn refuse_suspended(given: &Given) -> Result<(), Refusal> {
    match given.organization.status {
        OrganizationStatus::Suspended => Err(Refusal::OrganizationSuspended),
        OrganizationStatus::Active => Ok(()),
    }
}
