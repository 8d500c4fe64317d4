//! Organizations: the tenants, their kind, tier and settings.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::OrganizationId;
use crate::money::Money;

/// What an organization is to the platform's operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrganizationKind {
    /// The operator itself: its members plan and do the work.
    Internal,
    /// Books work.
    Client,
    /// Supplies staff or locations.
    Partner,
}

/// Whether an organization may act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrganizationStatus {
    /// May act.
    Active,
    /// Reads only; every change is refused.
    Suspended,
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

/// What to do about a staff member who declared no availability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnknownAvailability {
    /// Assign without a word.
    Allow,
    /// Assign only with an override and its reason.
    #[default]
    Warn,
    /// Do not assign.
    Refuse,
}

/// When a fully staffed booking confirms itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AutoConfirm {
    /// As soon as headcount and skills are met.
    #[default]
    WhenAssigned,
    /// Once every assigned staff member has confirmed as well.
    WhenStaffConfirmed,
}

/// How an organization wants its bookings handled. Hours are elapsed hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct OrganizationSettings {
    /// The rate of last resort, in major units per hour; unset unless the organization sets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_hourly_rate: Option<Money>,
    /// About staff who declared no availability.
    pub unknown_availability: UnknownAvailability,
    /// Whether approval starts automatic assignment.
    pub auto_assign: bool,
    /// The largest headcount that automatic assignment takes on.
    pub auto_assign_max_headcount: u16,
    /// When a booking confirms itself.
    pub auto_confirm: AutoConfirm,
    /// Whether the person who submitted a booking may approve it.
    pub submitter_may_approve: bool,
    /// Least rest between two shifts, in hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_rest_hours: Option<u16>,
    /// Most hours of work on a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_hours_per_day: Option<u16>,
    /// Most hours of work in a week.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_hours_per_week: Option<u16>,
    /// Hours before the start at which staff are reminded.
    pub reminder_hours_before: Vec<u16>,
    /// Minutes after the start until a missing check-in is a no-show.
    pub no_show_grace_minutes: u16,
}

impl Default for OrganizationSettings {
    fn default() -> Self {
        Self {
            default_hourly_rate: None,
            unknown_availability: UnknownAvailability::default(),
            auto_assign: false,
            auto_assign_max_headcount: 5,
            auto_confirm: AutoConfirm::default(),
            submitter_may_approve: false,
            min_rest_hours: None,
            max_hours_per_day: None,
            max_hours_per_week: None,
            reminder_hours_before: vec![24, 2],
            no_show_grace_minutes: 15,
        }
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
