//! Making a profile, or replacing it.
//!
//! A person may write the own profile, but pay and status are the business of those who manage
//! staff: they stay as they are unless a manager states them. A certification that is stated as it
//! was stays verified; any other has to be verified anew.

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::geo::Position;
use super::profile::{Certification, Skill, StaffProfile, StaffStatus};
use super::validate::{
    self, BLOCKED_MAX, DAY_HOURS, ISSUER_MAX, NAME_MAX, PHONE_MAX, SKILLS_MAX, TRAVEL_MAX,
    WEEK_HOURS,
};
use crate::booking::SkillLevel;
use crate::decision::Decision;
use crate::error::{Checks, Invalid};
use crate::event::{Fact, StaffProfileCreated, StaffProfileUpdated, Unwritable};
use crate::id::{LocationId, OrganizationId, UserId};
use crate::membership::Membership;
use crate::money::Money;
use crate::patch::{Changes, clearable, set};
use crate::time::to_microsecond;

/// A certificate as somebody states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PutCertification {
    /// Who issued it.
    #[schemars(length(min = 1, max = ISSUER_MAX), regex(pattern = r"\S"))]
    pub issuer: String,
    /// Its first day.
    pub issued_on: Date,
    /// Its last day.
    pub expires_on: Date,
}

/// A skill as somebody states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PutSkill {
    /// Its name.
    #[schemars(length(min = 1, max = NAME_MAX), regex(pattern = r"\S"))]
    pub name: String,
    /// How well.
    pub level: SkillLevel,
    /// What proves it.
    #[serde(default)]
    pub certification: Option<PutCertification>,
}

/// A whole profile; what is left out is empty, except `status` and `defaultHourlyRate`, which stay
/// as they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PutStaffProfile {
    /// The employer: an organization that the person does field work for as a member.
    pub organization_id: OrganizationId,
    /// Whether the person works; of a new profile `active` when a manager makes it, else `pending`.
    #[serde(default, deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "StaffStatus")]
    pub status: Option<StaffStatus>,
    /// What the person can do.
    #[serde(default)]
    #[schemars(length(max = SKILLS_MAX))]
    pub skills: Vec<PutSkill>,
    /// Pay for an hour, at least 0; `null` clears it.
    #[serde(default, deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    pub default_hourly_rate: Option<Option<Money>>,
    /// Where the person sets out from.
    #[serde(default)]
    pub home: Option<Position>,
    /// How far the person travels, in kilometres.
    #[serde(default)]
    #[schemars(range(min = 0, max = TRAVEL_MAX))]
    pub max_travel_km: Option<u32>,
    /// Most hours of work on a day.
    #[serde(default)]
    #[schemars(range(min = 1, max = DAY_HOURS))]
    pub max_hours_per_day: Option<u16>,
    /// Most hours of work in a week.
    #[serde(default)]
    #[schemars(range(min = 1, max = WEEK_HOURS))]
    pub max_hours_per_week: Option<u16>,
    /// Least rest between two shifts, in hours.
    #[serde(default)]
    #[schemars(range(min = 0, max = WEEK_HOURS))]
    pub min_rest_hours: Option<u16>,
    /// Where the person does not work.
    #[serde(default)]
    #[schemars(length(max = BLOCKED_MAX))]
    pub blocked_locations: Vec<LocationId>,
    /// How to reach the person.
    #[serde(default)]
    #[schemars(length(min = 1, max = PHONE_MAX), regex(pattern = r"\S"))]
    pub phone: Option<String>,
}

/// What [`put`] needs to know beside the command.
#[derive(Debug, Clone, Copy)]
pub struct PutGiven<'a> {
    /// The present instant.
    pub now: Timestamp,
    /// Who writes.
    pub actor: UserId,
    /// Whose profile it is.
    pub user: UserId,
    /// Where the person is a member.
    pub memberships: &'a [Membership],
    /// Whether the writer manages the person, and does not merely write about themselves.
    pub manages: bool,
    /// The profile as it stands.
    pub before: Option<&'a StaffProfile>,
}

/// Why a profile is not written.
#[derive(Debug, thiserror::Error)]
pub enum PutError {
    /// The input breaks rules.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Pay or status was stated by somebody who does not manage the person.
    #[error("one's own status and pay are set by somebody else")]
    NotOnesOwn,
    /// A fact could not be written down.
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
}

/// Decides about a profile; nothing when it is the same already.
pub fn put(
    given: &PutGiven,
    command: PutStaffProfile,
) -> Result<Option<Decision<StaffProfile>>, PutError> {
    let now = to_microsecond(given.now);
    let fresh = StaffProfile {
        user_id: given.user,
        organization_id: command.organization_id,
        status: if given.manages { StaffStatus::Active } else { StaffStatus::Pending },
        skills: Vec::new(),
        default_hourly_rate: None,
        home: None,
        max_travel_km: None,
        max_hours_per_day: None,
        max_hours_per_week: None,
        min_rest_hours: None,
        blocked_locations: Vec::new(),
        phone: None,
        created_at: now,
        updated_at: now,
        version: 0,
    };
    let before = given.before.unwrap_or(&fresh);
    let mut state = before.clone();
    let mut edits = Changes::new();
    let employer = command.organization_id;
    edits.put("organizationId", &mut state.organization_id, Some(employer));
    edits.put("status", &mut state.status, command.status);
    edits.put("defaultHourlyRate", &mut state.default_hourly_rate, command.default_hourly_rate);
    if !given.manages && (edits.has("status") || edits.has("defaultHourlyRate")) {
        return Err(PutError::NotOnesOwn);
    }
    let skills = command.skills.into_iter().map(|skill| stated(before, skill)).collect();
    edits.put("skills", &mut state.skills, Some(skills));
    edits.put("home", &mut state.home, Some(command.home));
    edits.put("maxTravelKm", &mut state.max_travel_km, Some(command.max_travel_km));
    edits.put("maxHoursPerDay", &mut state.max_hours_per_day, Some(command.max_hours_per_day));
    edits.put("maxHoursPerWeek", &mut state.max_hours_per_week, Some(command.max_hours_per_week));
    edits.put("minRestHours", &mut state.min_rest_hours, Some(command.min_rest_hours));
    let mut blocked = command.blocked_locations;
    blocked.sort_unstable();
    blocked.dedup();
    edits.put("blockedLocations", &mut state.blocked_locations, Some(blocked));
    edits.put("phone", &mut state.phone, Some(command.phone));

    let mut checks = Checks::new();
    let works_there = |one: &Membership| one.organization_id == employer && one.role.is_field();
    checks.require(
        given.memberships.iter().any(works_there),
        "organizationId",
        "not_a_member",
        "the person does no field work as a member of this organization",
    );
    validate::profile(&mut checks, &state);
    checks.done()?;

    state.updated_at = now;
    state.version += 1;
    if given.before.is_none() {
        let payload = StaffProfileCreated { profile: state, changed_by: given.actor };
        let fact = Fact::new(&payload)?;
        return Ok(Some(Decision::new(payload.profile, fact)));
    }
    let Some(changed) = edits.names() else { return Ok(None) };
    let payload = StaffProfileUpdated {
        user_id: given.user,
        changed,
        profile: state,
        changed_by: given.actor,
    };
    let fact = Fact::new(&payload)?;
    Ok(Some(Decision::new(payload.profile, fact)))
}

/// The skill as it is kept: a certification that is as it was keeps who verified it.
fn stated(before: &StaffProfile, skill: PutSkill) -> Skill {
    let known = before.skill(&skill.name).and_then(|known| known.certification.as_ref());
    let certification = skill.certification.map(|stated| {
        let fresh = Certification {
            issuer: stated.issuer,
            issued_on: stated.issued_on,
            expires_on: stated.expires_on,
            verified_by: None,
        };
        let same = |known: &&Certification| {
            Certification { verified_by: None, ..(*known).clone() } == fresh
        };
        known.filter(same).cloned().unwrap_or(fresh)
    });
    Skill { name: skill.name, level: skill.level, certification }
}

#[cfg(test)]
mod tests;
