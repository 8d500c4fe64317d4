//! Who fills which place: the best team for a booking.
//!
//! Places and people are matched exactly (the assignment problem, solved by the Hungarian method), so no
//! place stays open that some other arrangement would fill, and of all full arrangements the one with
//! the highest sum of scores is taken.

use std::collections::{BTreeMap, BTreeSet};

use pathfinding::kuhn_munkres::kuhn_munkres;
use pathfinding::matrix::Matrix;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::check::{Code, Finding, Work, check, covered, matched, required};
use super::person::Person;
use super::score::score;
use super::skill_key;
use crate::assignment::AssignmentStatus;
use crate::booking::Booking;
use crate::id::UserId;

/// The role of a place that the booking does not name.
pub const ANY_ROLE: &str = "staff";
/// Worth more than all scores of a team together: a full place.
const FULL: i64 = 10_000_000_000_000;
/// Worth more than any score: a skill that the team has to cover and that the person brings.
const COVERS: i64 = 1_000_000;

/// Somebody who is on the booking already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// Who.
    pub staff_id: UserId,
    /// As what.
    pub role: String,
    /// How far the assignment has come.
    pub status: AssignmentStatus,
}

/// How many people a booking needs; 0 when it does not say.
pub fn headcount(booking: &Booking) -> usize {
    places(booking).len()
}

/// Every place of a booking, by its role: those of its roles, else so many of no role.
fn places(booking: &Booking) -> Vec<String> {
    let Some(needs) = &booking.staff_requirements else { return Vec::new() };
    match needs.roles.as_deref() {
        Some(roles) if !roles.is_empty() => roles
            .iter()
            .flat_map(|one| std::iter::repeat_n(one.role.clone(), usize::from(one.count)))
            .collect(),
        _ => vec![ANY_ROLE.to_owned(); usize::from(needs.count.unwrap_or_default())],
    }
}

/// The places that nobody has yet.
pub fn open_places(booking: &Booking, present: &[Present]) -> Vec<String> {
    let mut open = places(booking);
    for one in present.iter().filter(|one| one.status.is_live()) {
        let named = open.iter().position(|role| skill_key(role) == skill_key(&one.role));
        let any = || open.iter().position(|role| role == ANY_ROLE);
        if let Some(at) = named.or_else(any) {
            open.remove(at);
        }
    }
    open
}

/// A place that could not be filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Unfilled {
    /// Its role.
    pub role: String,
    /// How many places of it.
    pub places: usize,
    /// How many people something speaks against, by the code.
    pub reasons: BTreeMap<String, usize>,
}

/// Why there is no full team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoTeam {
    /// The places that stay open.
    pub unfilled: Vec<Unfilled>,
    /// The skills that nobody who is free brings.
    pub uncovered: Vec<String>,
}

/// Who takes which place.
pub type Team = Vec<(UserId, String)>;

/// The best people for the open places, when they fill all of them and cover what the team must; nobody
/// is considered against whom anything speaks.
pub fn best_team(
    work: &Work,
    people: &[Person],
    present: &[Present],
    open: &[String],
) -> Result<Team, NoTeam> {
    let here = |person: &&Person| {
        present.iter().any(|one| one.status.is_live() && one.staff_id == person.id)
    };
    let on_it: Vec<&Person> = people.iter().filter(here).collect();
    let roles: BTreeSet<&str> = open.iter().map(String::as_str).collect();
    let suits: BTreeMap<&str, Vec<Suit>> =
        roles.into_iter().map(|role| (role, suitable(work, people, role, open.len()))).collect();
    let mut last = None;
    // First by score alone; when that team lacks a skill, with those ahead who bring what is lacking.
    for covering in [false, true] {
        let team = fill(work, people, open, &suits, &on_it, covering);
        let unfilled = unfilled(work, people, open, &team);
        let profiles = team.iter().flatten().map(|at| &people[*at]).chain(on_it.iter().copied());
        let profiles: Vec<_> = profiles.filter_map(|person| person.profile.as_ref()).collect();
        let brought = matched(work.booking, &profiles);
        let lacks = required(work.booking)
            .into_iter()
            .filter(|name| !brought.iter().any(|one| one == name));
        let uncovered: Vec<String> = lacks.map(str::to_owned).collect();
        if unfilled.is_empty() && uncovered.is_empty() {
            let chosen = team
                .iter()
                .zip(open)
                .filter_map(|(at, role)| Some((people[(*at)?].id, role.clone())));
            return Ok(chosen.collect());
        }
        last = Some(NoTeam { unfilled, uncovered });
    }
    Err(last.unwrap_or(NoTeam { unfilled: Vec::new(), uncovered: Vec::new() }))
}

/// Somebody who suits a role: where among the people, and by how many tenths of a point.
struct Suit {
    at: usize,
    points: i64,
    covers: i64,
}

/// Who suits a role, the best first. So many as there are places are enough for an exact answer by score;
/// those who cover a skill of the team are kept beside.
fn suitable(work: &Work, people: &[Person], role: &str, places: usize) -> Vec<Suit> {
    let needed = required(work.booking);
    let free = people.iter().enumerate().filter(|(_, one)| check(work, one, role).is_empty());
    let mut suits: Vec<Suit> = free
        .map(|(at, person)| {
            let profile = person.profile.as_ref();
            let brings =
                |name: &&&str| profile.is_some_and(|profile| covered(work.booking, profile, name));
            let covers = needed.iter().filter(brings).count();
            #[expect(clippy::cast_possible_truncation, reason = "a score has at most 1000 tenths")]
            let points = (score(work, person, role, true).points * 10.0) as i64;
            Suit { at, points, covers: i64::try_from(covers).unwrap_or_default() }
        })
        .collect();
    suits.sort_by_key(|suit| (-suit.points, people[suit.at].id));
    let rest = suits.split_off(places.min(suits.len()));
    let mut covering: Vec<Suit> = rest.into_iter().filter(|suit| suit.covers > 0).collect();
    covering.sort_by_key(|suit| (-suit.covers, -suit.points));
    covering.truncate(places * needed.len().max(1));
    suits.extend(covering);
    suits
}

/// Of each place, who takes it.
fn fill(
    work: &Work,
    people: &[Person],
    open: &[String],
    suits: &BTreeMap<&str, Vec<Suit>>,
    on_it: &[&Person],
    covering: bool,
) -> Vec<Option<usize>> {
    let known: Vec<_> = on_it.iter().filter_map(|person| person.profile.as_ref()).collect();
    let brought = matched(work.booking, &known);
    let lacking =
        required(work.booking).into_iter().filter(|name| !brought.iter().any(|one| one == name));
    let lacking: Vec<&str> = lacking.collect();
    let columns: Vec<usize> =
        suits.values().flatten().map(|suit| suit.at).collect::<BTreeSet<_>>().into_iter().collect();
    if open.is_empty() {
        return Vec::new();
    }
    // A column for everybody, and an empty one for each place, which is worth nothing.
    let weights = Matrix::from_fn(open.len(), columns.len() + open.len(), |(row, column)| {
        let Some(at) = columns.get(column) else { return 0 };
        let suit =
            suits.get(open[row].as_str()).and_then(|all| all.iter().find(|one| one.at == *at));
        let profile = people[*at].profile.as_ref();
        let brings = |name: &&&str| profile.is_some_and(|one| covered(work.booking, one, name));
        suit.map_or(0, |suit| {
            let bonus = if covering { lacking.iter().filter(brings).count() } else { 0 };
            FULL + suit.points + COVERS * i64::try_from(bonus).unwrap_or_default()
        })
    });
    let (_, chosen) = kuhn_munkres(&weights);
    let taken = chosen
        .into_iter()
        .enumerate()
        .map(|(row, column)| columns.get(column).copied().filter(|_| weights[(row, column)] > 0));
    taken.collect()
}

/// The places that stay open, by role, with what speaks against everybody else.
fn unfilled(
    work: &Work,
    people: &[Person],
    open: &[String],
    team: &[Option<usize>],
) -> Vec<Unfilled> {
    let mut roles: BTreeMap<&str, usize> = BTreeMap::new();
    for (role, taken) in open.iter().zip(team) {
        if taken.is_none() {
            *roles.entry(role).or_default() += 1;
        }
    }
    let count = |role: &str| {
        let mut reasons = BTreeMap::new();
        for person in people {
            let codes: BTreeSet<Code> =
                check(work, person, role).iter().map(|finding: &Finding| finding.code).collect();
            for code in codes {
                *reasons.entry(code.as_str().to_owned()).or_default() += 1;
            }
        }
        reasons
    };
    let told = |(role, places): (&str, usize)| Unfilled {
        role: role.to_owned(),
        places,
        reasons: count(role),
    };
    roles.into_iter().map(told).collect()
}

#[cfg(test)]
mod tests;
