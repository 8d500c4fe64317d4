//! How well a person suits a booking: a sum of parts, each from 0 to 1 with a weight.
//!
//! The score ranks; it refuses nobody. What is not known counts half, so that nobody gains by saying
//! nothing. The weights are points of a hundred; without the part about cost, which tells of pay, the
//! others are stretched to a hundred.

use jiff::civil::Weekday;
use jiff::{SignedDuration, Timestamp, ToSpan};
use schemars::JsonSchema;
use serde::Serialize;

use super::check::{Work, covered, required, required_of};
use super::cost::{price, rate};
use super::person::Person;
use super::{Skill, StaffProfile};
use crate::booking::SkillLevel;
use crate::time::TimeRange;

/// How far somebody travels who states no limit, in kilometres.
const USUAL_KM: f64 = 100.0;
/// From how many days on a certification's margin is as good as any.
const MARGIN_DAYS: f64 = 90.0;
/// A full week of work where nobody states a limit, in hours.
const USUAL_WEEK: f64 = 40.0;
/// Of what is not known.
const UNKNOWN: f64 = 0.5;
const HOUR: f64 = 3_600_000_000.0;

words! {
    /// What a part of the score is about.
    pub enum Part {
        /// The required skills that the person brings, the better the more.
        Skills = "skills",
        /// How long the certifications in question hold after the booking's end.
        Certification = "certification",
        /// How near the person lives, as a share of how far they travel.
        Distance = "distance",
        /// How little the person costs, as a share of the budget for one.
        Cost = "cost",
        /// How few hours the person works in that week already.
        Hours = "hours",
        /// How often the person came.
        Reliability = "reliability",
    }
}

impl Part {
    /// Points of a hundred.
    pub const fn weight(self) -> u8 {
        match self {
            Self::Skills => 30,
            Self::Certification => 10,
            Self::Distance | Self::Cost | Self::Hours | Self::Reliability => 15,
        }
    }
}

/// A part of a score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScorePart {
    /// What it is about.
    pub part: Part,
    /// From 0 to 1.
    pub value: f64,
    /// What a 1 is worth, in points of a hundred.
    pub weight: u8,
}

/// How well a person suits a booking.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Score {
    /// From 0 to 100.
    pub points: f64,
    /// What it is made of.
    pub parts: Vec<ScorePart>,
}

/// How well `person` suits the work in `role`; `with_cost` lets pay count.
pub fn score(work: &Work, person: &Person, role: &str, with_cost: bool) -> Score {
    let Some(profile) = &person.profile else { return Score { points: 0.0, parts: Vec::new() } };
    let value = |part| match part {
        Part::Skills => skills(work, profile, role),
        Part::Certification => certification(work, profile, role),
        Part::Distance => distance(work, person, profile),
        Part::Cost => cost(work, profile),
        Part::Hours => hours(work, person, profile),
        Part::Reliability => reliability(person),
    };
    let counted = Part::ALL.into_iter().filter(|part| with_cost || *part != Part::Cost);
    let parts: Vec<ScorePart> = counted
        .map(|part| ScorePart {
            part,
            value: rounded(value(part).clamp(0.0, 1.0), 1_000.0),
            weight: part.weight(),
        })
        .collect();
    let all: f64 = parts.iter().map(|part| f64::from(part.weight)).sum();
    let reached: f64 = parts.iter().map(|part| part.value * f64::from(part.weight)).sum();
    Score { points: rounded(reached * 100.0 / all, 10.0), parts }
}

/// To so many steps of one, so that it can be read and compared.
fn rounded(value: f64, steps: f64) -> f64 {
    (value * steps).round() / steps
}

/// The skills in question: the role's, else the team's.
fn in_question<'a>(work: &Work<'a>, role: &str) -> Vec<&'a str> {
    let own = required_of(work.booking, role);
    if own.is_empty() { required(work.booking) } else { own }
}

/// Each skill that is brought as the booking wants it counts half, and the rest by its level.
fn skills(work: &Work, profile: &StaffProfile, role: &str) -> f64 {
    let names = in_question(work, role);
    let worth = |name: &&str| match profile.skill(name) {
        Some(skill) if covered(work.booking, profile, name) => 0.5 + level(skill) / 2.0,
        _ => 0.0,
    };
    share(names.iter().map(worth).sum(), names.len())
}

fn level(skill: &Skill) -> f64 {
    match skill.level {
        SkillLevel::Beginner => 0.0,
        SkillLevel::Intermediate => 1.0 / 3.0,
        SkillLevel::Experienced => 2.0 / 3.0,
        SkillLevel::Expert => 1.0,
    }
}

/// A sum over so many; all of nothing is everything.
#[expect(clippy::cast_precision_loss, reason = "a handful of skills")]
fn share(sum: f64, of: usize) -> f64 {
    if of == 0 { 1.0 } else { sum / of as f64 }
}

/// The shortest time that a certification in question holds after the booking.
fn certification(work: &Work, profile: &StaffProfile, role: &str) -> f64 {
    let zone = work.zone();
    let names = in_question(work, role);
    let papers = names.iter().filter_map(|name| profile.skill(name)?.certification.as_ref());
    let margin = |end: Timestamp| end.duration_since(work.booking.scheduled_end).as_secs_f64();
    let least = papers.map(|paper| margin(paper.ends(&zone))).min_by(f64::total_cmp);
    least.map_or(1.0, |seconds| seconds / 86_400.0 / MARGIN_DAYS)
}

fn distance(work: &Work, person: &Person, profile: &StaffProfile) -> f64 {
    let most = profile.max_travel_km.map_or(USUAL_KM, f64::from).max(1.0);
    work.meters_from_home(person).map_or(UNKNOWN, |meters| 1.0 - meters / 1_000.0 / most)
}

#[expect(clippy::cast_precision_loss, reason = "amounts lie far below 2^53")]
fn cost(work: &Work, profile: &StaffProfile) -> f64 {
    let rate = rate(None, Some(profile), work.settings);
    let (Some(rate), Some(budget)) = (rate, work.booking.budget) else { return UNKNOWN };
    let each = budget.minor() as f64 / super::team::headcount(work.booking).max(1) as f64;
    let price = price(rate, work.booking.range().microseconds()).minor() as f64;
    1.0 - price / each
}

/// What is left of a full week, the booking not counted.
#[expect(clippy::cast_precision_loss, reason = "a week has less than 2^53 microseconds")]
fn hours(work: &Work, person: &Person, profile: &StaffProfile) -> f64 {
    let zone = work.zone();
    let date = work.booking.scheduled_start.to_zoned(zone.clone()).date();
    let back = i64::from(date.weekday().since(Weekday::Monday));
    let monday = date.checked_sub(back.days()).and_then(|day| day.to_zoned(zone));
    let Ok(monday) = monday else { return UNKNOWN };
    let start = monday.timestamp();
    let end = start.checked_add(SignedDuration::from_hours(7 * 24)).unwrap_or(Timestamp::MAX);
    let week = TimeRange { start, end };
    let others = person.shifts.iter().filter(|shift| shift.booking_id != work.booking.id);
    let taken = others.map(|shift| {
        let (from, to) = (shift.range.start.max(week.start), shift.range.end.min(week.end));
        (to.as_microsecond() - from.as_microsecond()).max(0)
    });
    let full = profile.max_hours_per_week.or(work.settings.max_hours_per_week);
    1.0 - taken.sum::<i64>() as f64 / HOUR / full.map_or(USUAL_WEEK, f64::from)
}

/// Assignments that were completed among all that matter, an absence counting three times. Who has no
/// past begins at a half.
fn reliability(person: &Person) -> f64 {
    let (came, failed) = (person.reliability.completed, person.reliability.no_shows);
    let came = f64::from(came) + 1.0;
    came / (came + 1.0 + 3.0 * f64::from(failed))
}

#[cfg(test)]
mod tests;
