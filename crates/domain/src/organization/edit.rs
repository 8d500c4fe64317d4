//! Changing an organization, or one of its settings.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::create::{NAME_MAX, check};
use super::settings::{
    APPROVAL_HOURS_MAX, GRACE_MAX, HEADCOUNT_MAX, REMINDER_HOURS_MAX, REMINDERS_MAX, WEEK_HOURS,
};
use super::{
    AutoConfirm, Given, Organization, OrganizationKind, OrganizationSettings, OrganizationStatus,
    Tier, UnknownAvailability,
};
use crate::decision::{Decision, Refusal};
use crate::event::{Fact, OrganizationUpdated};
use crate::money::Money;
use crate::patch::{Changes, clearable, set};
use crate::time::to_microsecond;

/// A partial change: absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct EditOrganization {
    /// Its name, shown everywhere.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1, max = NAME_MAX), regex(pattern = r"\S"))]
    pub name: Option<String>,
    /// What it is to the operator.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "OrganizationKind")]
    pub kind: Option<OrganizationKind>,
    /// What it buys.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Tier")]
    pub tier: Option<Tier>,
    /// Whether it may act.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "OrganizationStatus")]
    pub status: Option<OrganizationStatus>,
    /// IANA zone in which its days and months begin.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub timezone: Option<String>,
    /// ISO 4217 code of its currency.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", regex(pattern = "^[A-Z]{3}$"))]
    pub currency: Option<String>,
    /// How it wants its bookings handled, itself a partial change.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "EditSettings")]
    pub settings: Option<EditSettings>,
}

impl EditOrganization {
    /// Whether it touches nothing but settings, which more people may change.
    pub fn is_settings_only(&self) -> bool {
        let Self { name, kind, tier, status, timezone, currency, settings: _ } = self;
        name.is_none()
            && kind.is_none()
            && tier.is_none()
            && status.is_none()
            && timezone.is_none()
            && currency.is_none()
    }
}

/// A partial change of settings: absent fields stay, `null` clears those that may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[expect(missing_docs, reason = "as in OrganizationSettings")]
pub struct EditSettings {
    #[serde(deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    pub default_hourly_rate: Option<Option<Money>>,
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "UnknownAvailability")]
    pub unknown_availability: Option<UnknownAvailability>,
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool")]
    pub auto_assign: Option<bool>,
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u16", range(min = 1, max = HEADCOUNT_MAX))]
    pub auto_assign_max_headcount: Option<u16>,
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "AutoConfirm")]
    pub auto_confirm: Option<AutoConfirm>,
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "bool")]
    pub submitter_may_approve: Option<bool>,
    #[serde(deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = WEEK_HOURS))]
    pub min_rest_hours: Option<Option<u16>>,
    #[serde(deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = WEEK_HOURS))]
    pub max_hours_per_day: Option<Option<u16>>,
    #[serde(deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = WEEK_HOURS))]
    pub max_hours_per_week: Option<Option<u16>>,
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<u16>", length(max = REMINDERS_MAX))]
    #[schemars(inner(range(min = 1, max = REMINDER_HOURS_MAX)))]
    pub reminder_hours_before: Option<Vec<u16>>,
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u16", range(min = 1, max = APPROVAL_HOURS_MAX))]
    pub approval_reminder_hours: Option<u16>,
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u16", range(min = 0, max = GRACE_MAX))]
    pub no_show_grace_minutes: Option<u16>,
}

/// Decides about a partial change; nothing when every given field already has its value.
///
/// A suspended organization can be changed: that is how it becomes active again.
pub fn edit(
    given: &Given,
    organization: &Organization,
    command: EditOrganization,
) -> Result<Option<Decision<Organization>>, Refusal> {
    let mut state = organization.clone();
    let mut edits = Changes::new();
    edits.put("name", &mut state.name, command.name);
    edits.put("kind", &mut state.kind, command.kind);
    edits.put("tier", &mut state.tier, command.tier);
    edits.put("status", &mut state.status, command.status);
    edits.put("timezone", &mut state.timezone, command.timezone);
    edits.put("currency", &mut state.currency, command.currency);
    if let Some(settings) = command.settings {
        apply(&mut edits, &mut state.settings, settings);
    }
    check(&state)?;
    let Some(changed) = edits.names() else { return Ok(None) };
    state.updated_at = to_microsecond(given.now);
    state.version += 1;
    let payload = OrganizationUpdated { organization_id: state.id, changed, organization: state };
    let fact = Fact::new(&payload)?;
    Ok(Some(Decision::new(payload.organization, fact)))
}

fn apply(edits: &mut Changes, settings: &mut OrganizationSettings, command: EditSettings) {
    macro_rules! put {
        ($($name:literal: $field:ident),* $(,)?) => {
            $(edits.put(concat!("settings.", $name), &mut settings.$field, command.$field);)*
        };
    }
    put! {
        "defaultHourlyRate": default_hourly_rate,
        "unknownAvailability": unknown_availability,
        "autoAssign": auto_assign,
        "autoAssignMaxHeadcount": auto_assign_max_headcount,
        "autoConfirm": auto_confirm,
        "submitterMayApprove": submitter_may_approve,
        "minRestHours": min_rest_hours,
        "maxHoursPerDay": max_hours_per_day,
        "maxHoursPerWeek": max_hours_per_week,
        "reminderHoursBefore": reminder_hours_before,
        "approvalReminderHours": approval_reminder_hours,
        "noShowGraceMinutes": no_show_grace_minutes,
    }
}

#[cfg(test)]
mod tests;
