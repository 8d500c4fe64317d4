//! Organizations: the tenants, their kind, tier and settings.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::OrganizationId;

mod create;
mod edit;
mod settings;

pub use create::{CreateOrganization, Given, create};
pub use edit::{EditOrganization, EditSettings, edit};
pub use settings::{AutoConfirm, OrganizationSettings, REMINDERS_MAX, UnknownAvailability};

words! {
    /// What an organization is to the platform's operator.
    pub enum OrganizationKind {
        /// The operator itself: its members plan and do the work.
        Internal = "internal",
        /// Books work.
        Client = "client",
        /// Supplies staff or locations.
        Partner = "partner",
    }
}

words! {
    /// Whether an organization may act.
    pub enum OrganizationStatus {
        /// May act.
        Active = "active",
        /// Reads only; every change is refused.
        Suspended = "suspended",
    }
}

/// What a client buys; it widens what its own managers may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Tier {
    /// 1: staff leasing; the client's managers assign staff themselves.
    StaffLeasing,
    /// 2: full service; the operator plans.
    FullService,
    /// 3: white label; the client's managers approve and assign.
    WhiteLabel,
}

impl TryFrom<u8> for Tier {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        match number {
            1 => Ok(Self::StaffLeasing),
            2 => Ok(Self::FullService),
            3 => Ok(Self::WhiteLabel),
            _ => Err(format!("tier must be 1, 2 or 3, not {number}")),
        }
    }
}

impl From<Tier> for u8 {
    fn from(tier: Tier) -> Self {
        match tier {
            Tier::StaffLeasing => 1,
            Tier::FullService => 2,
            Tier::WhiteLabel => 3,
        }
    }
}

impl JsonSchema for Tier {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Tier".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "integer",
            "enum": [1, 2, 3],
            "description": "1 staff leasing, 2 full service, 3 white label."
        })
    }
}

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// Its name, shown everywhere.
    pub name: String,
    /// What it is to the operator.
    pub kind: OrganizationKind,
    /// What it buys.
    pub tier: Tier,
    /// Whether it may act.
    pub status: OrganizationStatus,
    /// The IANA zone in which its days and months begin.
    pub timezone: String,
    /// ISO 4217 code of its currency.
    pub currency: String,
    /// How it wants its bookings handled.
    pub settings: OrganizationSettings,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// How often it has changed: 1 when created.
    pub version: u64,
}
