//! Creating an organization.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Organization, OrganizationKind, OrganizationSettings, OrganizationStatus, Tier};
use crate::decision::{Decision, Refusal};
use crate::error::Checks;
use crate::event::{Fact, OrganizationCreated};
use crate::id::OrganizationId;
use crate::time::to_microsecond;

/// Longest name, in characters.
pub(super) const NAME_MAX: usize = 200;

/// An organization to be created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateOrganization {
    /// Its name, shown everywhere.
    #[schemars(length(min = 1, max = NAME_MAX), regex(pattern = r"\S"))]
    pub name: String,
    /// What it is to the operator.
    pub kind: OrganizationKind,
    /// What it buys; full service when absent.
    #[serde(default)]
    pub tier: Option<Tier>,
    /// IANA zone in which its days and months begin; `UTC` when absent.
    #[serde(default)]
    pub timezone: Option<String>,
    /// ISO 4217 code of its currency; `USD` when absent.
    #[serde(default)]
    #[schemars(regex(pattern = "^[A-Z]{3}$"))]
    pub currency: Option<String>,
    /// How it wants its bookings handled; absent fields take their defaults.
    #[serde(default)]
    pub settings: Option<OrganizationSettings>,
}

/// What [`create`] needs to know beside the command.
#[derive(Debug, Clone, Copy)]
pub struct Given {
    /// The present instant.
    pub now: Timestamp,
    /// The organization's id; a fresh one when it is created.
    pub id: OrganizationId,
}

/// Decides about a new organization: active, of version 1, and `ORGANIZATION_CREATED`.
pub fn create(
    given: &Given,
    command: CreateOrganization,
) -> Result<Decision<Organization>, Refusal> {
    let now = to_microsecond(given.now);
    let organization = Organization {
        id: given.id,
        name: command.name,
        kind: command.kind,
        tier: command.tier.unwrap_or(Tier::FullService),
        status: OrganizationStatus::Active,
        timezone: command.timezone.unwrap_or_else(|| "UTC".to_owned()),
        currency: command.currency.unwrap_or_else(|| "USD".to_owned()),
        settings: command.settings.unwrap_or_default(),
        created_at: now,
        updated_at: now,
        version: 1,
    };
    check(&organization)?;
    let payload = OrganizationCreated { organization };
    let fact = Fact::new(&payload)?;
    Ok(Decision::new(payload.organization, fact))
}

/// The limits of an organization's fields.
pub(super) fn check(organization: &Organization) -> Result<(), Refusal> {
    let mut checks = Checks::new();
    checks.heading("name", &organization.name, NAME_MAX);
    checks.zone("timezone", &organization.timezone);
    let currency = organization.currency.as_bytes();
    checks.require(
        currency.len() == 3 && currency.iter().all(u8::is_ascii_uppercase),
        "currency",
        "invalid_currency",
        "currency must be three capital letters such as USD",
    );
    organization.settings.check(&mut checks);
    Ok(checks.done()?)
}
