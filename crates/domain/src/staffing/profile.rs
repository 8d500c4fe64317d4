//! What is known of a staff member.

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Position;
use crate::booking::SkillLevel;
use crate::id::{LocationId, OrganizationId, UserId};
use crate::money::Money;

words! {
    /// Whether a staff member works.
    pub enum StaffStatus {
        /// Not yet looked at.
        Pending = "pending",
        /// Works.
        Active = "active",
        /// Does not work at present.
        Inactive = "inactive",
        /// Must not work.
        Suspended = "suspended",
    }
}

/// A certificate for a skill. It holds from the beginning of its first day to the end of its last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Certification {
    /// Who issued it.
    pub issuer: String,
    /// Its first day.
    pub issued_on: Date,
    /// Its last day.
    pub expires_on: Date,
    /// Who has seen it; without that it counts for nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified_by: Option<UserId>,
}

impl Certification {
    /// The first instant at which it no longer holds, on the clocks of `zone`.
    pub fn ends(&self, zone: &TimeZone) -> Timestamp {
        let day_after = self.expires_on.tomorrow().ok();
        let end = day_after.and_then(|date| date.to_zoned(zone.clone()).ok());
        end.map_or(Timestamp::MAX, |end| end.timestamp())
    }

    /// The first instant at which it holds, on the clocks of `zone`.
    pub fn begins(&self, zone: &TimeZone) -> Timestamp {
        let start = self.issued_on.to_zoned(zone.clone());
        start.map_or(Timestamp::MIN, |start| start.timestamp())
    }
}

/// Something that a staff member can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Skill {
    /// Its name; two names that differ only in case are the same skill.
    pub name: String,
    /// How well.
    pub level: SkillLevel,
    /// What proves it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certification: Option<Certification>,
}

/// The form in which names of skills are compared.
pub fn skill_key(name: &str) -> String {
    name.trim().to_lowercase()
}

/// What is known of a staff member. Its id is the person's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StaffProfile {
    /// Who.
    pub user_id: UserId,
    /// The employer.
    pub organization_id: OrganizationId,
    /// Whether the person works.
    pub status: StaffStatus,
    /// What the person can do.
    pub skills: Vec<Skill>,
    /// Pay for an hour unless an assignment states another, in major units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_hourly_rate: Option<Money>,
    /// Where the person sets out from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home: Option<Position>,
    /// How far the person travels, in kilometres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_travel_km: Option<u32>,
    /// Most hours of work on a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_hours_per_day: Option<u16>,
    /// Most hours of work in a week.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_hours_per_week: Option<u16>,
    /// Least rest between two shifts, in hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_rest_hours: Option<u16>,
    /// Where the person does not work.
    pub blocked_locations: Vec<LocationId>,
    /// How to reach the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// How often it has changed: 1 when created.
    pub version: u64,
}

impl StaffProfile {
    /// The skill of this name, in any case.
    pub fn skill(&self, name: &str) -> Option<&Skill> {
        let key = skill_key(name);
        self.skills.iter().find(|skill| skill_key(&skill.name) == key)
    }
}
