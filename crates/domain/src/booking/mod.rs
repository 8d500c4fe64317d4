//! Bookings: what is to be done, where, when and by whom.
//!
//! The decisions live beside this file, one each: [`create`], [`edit`], [`transition`]. Each takes
//! the present state and a command and answers a new state with the events that tell of it, or a
//! refusal. None reads a clock or a database.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::{BookingId, LocationId, OrganizationId, UserId};
use crate::money::Money;
use crate::time::TimeRange;

pub mod create;
pub mod edit;
mod fold;
mod metadata;
mod operation_type;
mod status;
pub mod transition;
mod validate;

pub use fold::fold;
pub use operation_type::{OperationType, suggest};
pub use status::BookingStatus;

/// What is celebrated, taught or sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the field's own words say it")]
pub enum ActivityType {
    ProductDemo,
    ProductPromotion,
    PrivateParty,
    StaffTraining,
    BrandActivation,
    EducationalSession,
    DispensaryOpening,
    TradeShow,
    CustomerExperience,
}

/// How urgent a booking is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Priority {
    Low,
    #[default]
    Medium,
    High,
    Urgent,
}

/// How well a staff member masters a skill.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum SkillLevel {
    Beginner,
    Intermediate,
    Experienced,
    Expert,
}

/// A role to be filled on a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoleRequirement {
    /// The role's name.
    #[schemars(length(min = 1, max = 100))]
    pub role: String,
    /// How many people.
    #[schemars(range(min = 1, max = 500))]
    pub count: u16,
    /// Skills that each of them needs.
    #[serde(default)]
    #[schemars(length(max = 50), inner(length(min = 1, max = 100)))]
    pub skills: Vec<String>,
}

/// Who is needed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StaffRequirements {
    /// How many people, when roles do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 500))]
    pub count: Option<u16>,
    /// Roles to be filled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 50))]
    pub roles: Option<Vec<RoleRequirement>>,
    /// Skills that the team must cover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 50), inner(length(min = 1, max = 100)))]
    pub skills: Option<Vec<String>>,
    /// Skills that stand before `skills` when both are given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 50), inner(length(min = 1, max = 100)))]
    pub special_skills: Option<Vec<String>>,
    /// The least level that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_level: Option<SkillLevel>,
    /// Whether staff are to be assigned automatically.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_assign: Option<bool>,
}

/// A booking as stored and as shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Booking {
    /// Its id.
    pub id: BookingId,
    /// Whose it is.
    pub organization_id: OrganizationId,
    /// One line, 1–200 characters.
    pub title: String,
    /// As long as it takes, up to 10,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The branch of work.
    pub operation_type: OperationType,
    /// The kind of occasion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_type: Option<ActivityType>,
    /// How urgent it is.
    pub priority: Priority,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location_id: Option<LocationId>,
    /// First instant.
    pub scheduled_start: Timestamp,
    /// First instant after.
    pub scheduled_end: Timestamp,
    /// IANA zone of the clock that people there read.
    pub timezone: String,
    /// What it may cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<Money>,
    /// What it did cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual_cost: Option<Money>,
    /// What else must be so: any JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requirements: Option<Value>,
    /// Who is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staff_requirements: Option<StaffRequirements>,
    /// What equipment is needed: any JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub equipment_requirements: Option<Value>,
    /// Where in its life it stands.
    pub status: BookingStatus,
    /// The newest remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Who made it.
    pub created_by: UserId,
    /// Who handed it in for approval, once someone has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submitted_by: Option<UserId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// How often it has changed: 1 when created.
    pub version: u64,
}

impl Booking {
    /// When it happens.
    pub fn range(&self) -> TimeRange {
        TimeRange { start: self.scheduled_start, end: self.scheduled_end }
    }
}
