//! The limits of a profile's fields.

use super::profile::{Skill, StaffProfile, skill_key};
use crate::error::Checks;
use crate::money::Money;

/// Most skills of a person.
pub(super) const SKILLS_MAX: usize = 100;
/// Longest name of a skill, in characters.
pub(super) const NAME_MAX: usize = 100;
/// Longest name of an issuer, in characters.
pub(super) const ISSUER_MAX: usize = 200;
/// Most locations where a person does not work.
pub(super) const BLOCKED_MAX: usize = 200;
/// Longest telephone number, in characters.
pub(super) const PHONE_MAX: usize = 40;
/// Farthest anybody travels, in kilometres: half around the earth.
pub(super) const TRAVEL_MAX: u32 = 20_037;
/// Hours of a day.
pub(super) const DAY_HOURS: u16 = 24;
/// Hours of a week.
pub(super) const WEEK_HOURS: u16 = 168;

/// Records everything that is wrong with a profile.
pub(super) fn profile(checks: &mut Checks, profile: &StaffProfile) {
    checks.require(
        profile.skills.len() <= SKILLS_MAX,
        "skills",
        "too_many",
        format!("skills may have at most {SKILLS_MAX} entries"),
    );
    let mut known = std::collections::HashSet::new();
    for (index, one) in profile.skills.iter().enumerate().take(SKILLS_MAX) {
        skill(checks, &format!("skills[{index}]"), one);
        checks.require(
            known.insert(skill_key(&one.name)),
            &format!("skills[{index}].name"),
            "duplicate",
            format!("the skill {} is stated twice", one.name),
        );
    }
    if let Some(rate) = profile.default_hourly_rate {
        checks.require(
            rate >= Money::ZERO,
            "defaultHourlyRate",
            "negative",
            "defaultHourlyRate must not be less than 0",
        );
    }
    if let Some(home) = profile.home {
        checks.between("home.latitude", home.latitude, -90.0, 90.0);
        checks.between("home.longitude", home.longitude, -180.0, 180.0);
    }
    if let Some(far) = profile.max_travel_km {
        checks.between("maxTravelKm", far, 0, TRAVEL_MAX);
    }
    if let Some(hours) = profile.max_hours_per_day {
        checks.between("maxHoursPerDay", hours, 1, DAY_HOURS);
    }
    if let Some(hours) = profile.max_hours_per_week {
        checks.between("maxHoursPerWeek", hours, 1, WEEK_HOURS);
    }
    if let Some(hours) = profile.min_rest_hours {
        checks.between("minRestHours", hours, 0, WEEK_HOURS);
    }
    checks.require(
        profile.blocked_locations.len() <= BLOCKED_MAX,
        "blockedLocations",
        "too_many",
        format!("blockedLocations may have at most {BLOCKED_MAX} entries"),
    );
    if let Some(phone) = &profile.phone {
        checks.heading("phone", phone, PHONE_MAX);
    }
}

fn skill(checks: &mut Checks, path: &str, skill: &Skill) {
    checks.heading(&format!("{path}.name"), &skill.name, NAME_MAX);
    let Some(certification) = &skill.certification else { return };
    let path = format!("{path}.certification");
    checks.heading(&format!("{path}.issuer"), &certification.issuer, ISSUER_MAX);
    checks.require(
        certification.issued_on <= certification.expires_on,
        &format!("{path}.expiresOn"),
        "before_issue",
        "expiresOn must not lie before issuedOn",
    );
}
