//! Skills, their level, and what proves them.
//!
//! A role's skills are required of everybody in the role; a booking's skills are required of the team.
//! A special skill (`specialSkills`) needs a certification; any other needs none, but if there is one it
//! must be good: verified, and holding from the beginning of the booking to its end on the booking's
//! clocks.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use super::{Code, Finding, Work};
use crate::booking::{Booking, StaffRequirements};
use crate::staffing::{Skill, StaffProfile, skill_key};

/// What the booking asks for.
fn needs(booking: &Booking) -> Option<&StaffRequirements> {
    booking.staff_requirements.as_ref()
}

/// The skills that everybody in `role` needs.
pub fn required_of<'a>(booking: &'a Booking, role: &str) -> Vec<&'a str> {
    let key = skill_key(role);
    let roles = needs(booking).and_then(|needs| needs.roles.as_deref()).unwrap_or_default();
    let named = roles.iter().filter(|one| skill_key(&one.role) == key);
    distinct(named.flat_map(|one| &one.skills))
}

/// The skills that the team must cover: the booking's own, and those of its roles.
pub fn required(booking: &Booking) -> Vec<&str> {
    let Some(needs) = needs(booking) else { return Vec::new() };
    let roles = needs.roles.as_deref().unwrap_or_default();
    distinct(needs.required_skills().iter().chain(roles.iter().flat_map(|one| &one.skills)))
}

/// Each skill once, in order of mention.
fn distinct<'a>(names: impl IntoIterator<Item = &'a String>) -> Vec<&'a str> {
    let mut known = BTreeSet::new();
    let names = names.into_iter().map(String::as_str);
    names.filter(|name| known.insert(skill_key(name))).collect()
}

/// Whether the booking wants the skill to be certified.
fn is_special(booking: &Booking, name: &str) -> bool {
    let special = needs(booking).and_then(|needs| needs.special_skills.as_deref());
    special.unwrap_or_default().iter().any(|one| skill_key(one) == skill_key(name))
}

pub(super) fn check(work: &Work, profile: &StaffProfile, role: &str) -> Vec<Finding> {
    let booking = work.booking;
    let zone = work.zone();
    let mut findings = Vec::new();
    let required = required_of(booking, role);
    for name in &required {
        let Some(skill) = profile.skill(name) else {
            let message = format!("lacks the skill {name}, which the role {role} requires");
            findings.push(Finding::hard(Code::SkillMissing, message));
            continue;
        };
        if let Some(why) = unproved(booking, skill, &zone) {
            let message = format!("the certification for {name} {why}");
            findings.push(Finding::hard(Code::CertificationExpired, message));
        }
    }
    findings.extend(too_low(booking, profile, &required));
    findings
}

/// Why a skill does not count as proved; nothing when it does, or needs no proof.
fn unproved(booking: &Booking, skill: &Skill, zone: &TimeZone) -> Option<&'static str> {
    let Some(paper) = &skill.certification else {
        return is_special(booking, &skill.name).then_some("is missing");
    };
    let (begins, ends) = (paper.begins(zone), paper.ends(zone));
    if ends <= booking.scheduled_start {
        Some("has expired before the booking begins")
    } else if ends < booking.scheduled_end {
        Some("ends before the booking does")
    } else if begins > booking.scheduled_start {
        Some("does not hold yet when the booking begins")
    } else if paper.verified_by.is_none() {
        Some("is not verified")
    } else {
        None
    }
}

/// The level that counts: of a role with required skills the lowest of them; else the best of the
/// skills that the team must cover, or of any when there are none.
fn too_low(booking: &Booking, profile: &StaffProfile, role: &[&str]) -> Option<Finding> {
    let least = needs(booking)?.minimum_level?;
    let code = Code::LevelTooLow;
    if !role.is_empty() {
        let skills = role.iter().filter_map(|name| profile.skill(name));
        let lowest = skills.min_by_key(|skill| skill.level)?;
        return (lowest.level < least).then(|| {
            let message = format!("is {} in {}, {least} is asked for", lowest.level, lowest.name);
            Finding::soft(code, message)
        });
    }
    let team = required(booking);
    let counts = |skill: &&Skill| {
        team.is_empty() || team.iter().any(|name| skill_key(name) == skill_key(&skill.name))
    };
    let best = profile.skills.iter().filter(counts).map(|skill| skill.level).max();
    match best {
        Some(level) if level >= least => None,
        Some(level) => {
            Some(Finding::soft(code, format!("is at most {level}, {least} is asked for")))
        }
        None => Some(Finding::soft(code, format!("has no skill of the level {least}"))),
    }
}

/// Whether the person brings the skill as the booking wants it: proved, and at the least level.
pub fn covered(booking: &Booking, profile: &StaffProfile, name: &str) -> bool {
    let zone = crate::time::zone(&booking.timezone).unwrap_or(TimeZone::UTC);
    let least = needs(booking).and_then(|needs| needs.minimum_level);
    profile.skill(name).is_some_and(|skill| {
        unproved(booking, skill, &zone).is_none() && least.is_none_or(|least| skill.level >= least)
    })
}

/// The required skills that a team brings.
pub fn matched(booking: &Booking, team: &[&StaffProfile]) -> Vec<String> {
    let brings = |name: &&str| team.iter().any(|one| covered(booking, one, name));
    required(booking).into_iter().filter(brings).map(str::to_owned).collect()
}
