//! What else happens to an endpoint: it is disabled, gets another secret, and goes.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DisabledReason, WebhookEndpoint, WebhookStatus};
use crate::decision::{Decision, Refusal};
use crate::error::Checks;
use crate::event::{
    Fact, Unwritable, WebhookBrief, WebhookEndpointDeleted, WebhookEndpointDisabled,
    WebhookSecretRotated,
};
use crate::time::to_microsecond;

/// How many hours both secrets sign unless somebody says otherwise.
pub const OVERLAP_HOURS: u16 = 24;
/// How many hours both secrets sign at most.
pub const OVERLAP_MOST: u16 = 168;

/// How a secret is replaced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RotateSecret {
    /// For how many hours what is sent is signed with the present secret, too, so that the receiver can
    /// take the new one meanwhile; 24 when absent, 0 for a secret that somebody else knows.
    #[schemars(range(min = 0, max = OVERLAP_MOST))]
    pub overlap_hours: Option<u16>,
}

/// Disables an endpoint that is of no use.
pub fn disable(
    webhook: &WebhookEndpoint,
    reason: DisabledReason,
    failing_since: Option<Timestamp>,
    last_error: Option<String>,
    now: Timestamp,
) -> Result<Decision<WebhookEndpoint>, Unwritable> {
    let state = WebhookEndpoint {
        status: WebhookStatus::Disabled,
        disabled_reason: Some(reason),
        updated_at: to_microsecond(now),
        version: webhook.version + 1,
        ..webhook.clone()
    };
    let webhook = WebhookBrief::from(&state);
    let fact = WebhookEndpointDisabled { webhook, reason, failing_since, last_error };
    let fact = Fact::new(&fact)?;
    Ok(Decision::new(state, fact))
}

/// Gives an endpoint another secret.
pub fn rotate(
    webhook: &WebhookEndpoint,
    command: RotateSecret,
    now: Timestamp,
) -> Result<Decision<WebhookEndpoint>, Refusal> {
    let mut checks = Checks::new();
    let hours = command.overlap_hours.unwrap_or(OVERLAP_HOURS);
    checks.between("overlapHours", hours, 0, OVERLAP_MOST);
    checks.done()?;
    let now = to_microsecond(now);
    let until = now.saturating_add(SignedDuration::from_hours(i64::from(hours)));
    let state = WebhookEndpoint {
        previous_secret_until: (hours > 0).then_some(until.unwrap_or(Timestamp::MAX)),
        updated_at: now,
        version: webhook.version + 1,
        ..webhook.clone()
    };
    let previous_until = state.previous_secret_until;
    let fact = Fact::new(&WebhookSecretRotated { webhook_id: state.id, previous_until })?;
    Ok(Decision::new(state, fact))
}

/// What tells of an endpoint's end.
pub fn delete(webhook: &WebhookEndpoint) -> Result<Fact, Unwritable> {
    Fact::new(&WebhookEndpointDeleted { webhook: WebhookBrief::from(webhook) })
}
