//! The last word of the checks on a plan, what it adds up to, and why places stay open.

use std::collections::BTreeMap;

use super::roster::Roster;
use super::table::{BY_PLAN, hours, passes, work};
use super::{Outcome, Planned, Problem, Progress, Sums};
use crate::id::{BookingId, UserId};
use crate::staffing::check::{Code, Finding, check, required};
use crate::staffing::cost::{Cost, rate};
use crate::staffing::person::{Person, Shift};

/// Most people who are named for a place that stays open.
const NAMED: usize = 20;

/// Somebody who does not take a place that stays open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hindered {
    /// Who.
    pub staff_id: UserId,
    /// The person's name.
    pub display_name: String,
    /// Everything that speaks against it, as things stand and with this plan.
    pub codes: Vec<Code>,
    /// The plan's bookings of the person that are in the way.
    pub planned: Vec<BookingId>,
}

/// Places of a role that stay open, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortfall {
    /// On which booking.
    pub booking_id: BookingId,
    /// Which role.
    pub role: String,
    /// How many places of it; none when only skills are missing.
    pub places: usize,
    /// How many people something speaks against, by the code.
    pub reasons: BTreeMap<String, usize>,
    /// Those who come nearest to it, of the others against whom more speaks.
    pub people: Vec<Hindered>,
    /// The skills that the booking's team lacks in the plan.
    pub uncovered_skills: Vec<String>,
}

/// Asks the checks about every place of the plan, as if all the rest of it were in force, and takes off
/// whoever they refuse. What is passed over, by place.
///
/// Nobody is refused unless the search counts otherwise than the checks do; then nobody is to suffer
/// from it.
pub(super) fn certify(problem: &Problem, roster: &mut Roster) -> BTreeMap<usize, Vec<Finding>> {
    let mut passed_over = BTreeMap::new();
    for place in 0..roster.who.len() {
        let Some(at) = roster.who[place] else { continue };
        let slot = roster.table.slot_of(place);
        let task = &problem.tasks[roster.table.slots[slot].task];
        let person = planned(problem, roster, at, slot);
        let role = &roster.table.kinds[roster.table.places[place]].role;
        let findings = check(&work(task), &person, role);
        if passes(problem, &findings) {
            passed_over.insert(place, findings);
        } else {
            roster.take(place);
        }
    }
    passed_over
}

/// A person as one is for a slot when the rest of the plan is in force.
fn planned(problem: &Problem, roster: &Roster, at: usize, slot: usize) -> Person {
    let worker = &problem.workers[at];
    let booking = &problem.tasks[roster.table.slots[slot].task].booking;
    let mut person = worker.person.clone();
    person.serves = worker.serves.contains(&booking.organization_id);
    person.availability = worker.person.availability.within(&booking.range());
    for other in roster.slots[at].iter().filter(|other| **other != slot) {
        let other = &problem.tasks[roster.table.slots[*other].task].booking;
        person.shifts.push(Shift {
            booking_id: other.id,
            organization_id: other.organization_id,
            range: other.range(),
            live: true,
        });
    }
    person
}

pub(super) fn outcome(
    problem: &Problem,
    roster: &Roster,
    mut passed_over: BTreeMap<usize, Vec<Finding>>,
    progress: Progress,
) -> Outcome {
    let sums = sums(problem, roster, &passed_over);
    let mut plan = Vec::new();
    for (place, person) in roster.who.iter().enumerate() {
        let Some(person) = person else { continue };
        let kind = &roster.table.kinds[roster.table.places[place]];
        plan.push(Planned {
            booking_id: problem.tasks[roster.table.slots[kind.slot].task].booking.id,
            staff_id: problem.workers[*person].person.id,
            role: kind.role.clone(),
            passed_over: passed_over.remove(&place).unwrap_or_default(),
        });
    }
    let kinds = 0..roster.table.kinds.len();
    let shortfalls = kinds.filter_map(|kind| shortfall(problem, roster, kind)).collect();
    Outcome { plan, shortfalls, sums, progress }
}

fn sums(problem: &Problem, roster: &Roster, passed_over: &BTreeMap<usize, Vec<Finding>>) -> Sums {
    let (mut cost, mut meters, mut length, mut undeclared) = (Cost::default(), 0.0, 0, 0);
    for (place, person) in roster.who.iter().enumerate() {
        let Some(pair) = person.and_then(|person| roster.pair(place, person)) else { continue };
        let task = &problem.tasks[roster.table.slots[roster.table.slot_of(place)].task];
        let profile = problem.workers[pair.person].person.profile.as_ref();
        let micros = task.booking.range().microseconds();
        cost.add(rate(None, profile, &task.settings), micros);
        meters += pair.meters.unwrap_or_default();
        length += micros;
        undeclared += usize::from(pair.undeclared);
    }
    let people = roster.table.people.iter().zip(&roster.load);
    let worked = people.filter(|(one, _)| one.is_in_question);
    let worked: Vec<f64> = worked.map(|(one, load)| one.worked + hours(*load)).collect();
    let rounded = |value: f64| (value * 100.0).round() / 100.0;
    Sums {
        cost: Some(cost),
        travel_km: rounded(meters / 1_000.0),
        hours: rounded(hours(length)),
        fewest_hours: rounded(worked.iter().copied().reduce(f64::min).unwrap_or_default()),
        most_hours: rounded(worked.iter().copied().reduce(f64::max).unwrap_or_default()),
        undeclared,
        passed_over: passed_over.values().map(Vec::len).sum(),
    }
}

/// Why places of a kind stay open, if any do; of skills that lack, under the first of the booking's.
fn shortfall(problem: &Problem, roster: &Roster, kind: usize) -> Option<Shortfall> {
    let table = roster.table;
    let one = &table.kinds[kind];
    let slot = &table.slots[one.slot];
    let places = one.places.clone().filter(|place| roster.who[*place].is_none()).count();
    let lacking = if slot.kinds.start == kind { roster.lacking(one.slot) } else { 0 };
    if places == 0 && lacking == 0 {
        return None;
    }
    let booking = &problem.tasks[slot.task].booking;
    let names = required(booking).into_iter().enumerate();
    let uncovered = names.filter(|(at, _)| *at < 64 && lacking & (1 << at) != 0);
    let uncovered_skills = uncovered.map(|(_, name)| name.to_owned()).collect();
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let mut people = Vec::new();
    // Of a team that is complete and lacks a skill nobody is in the way; and when there was no time to
    // look at everybody, nothing is said of anybody.
    let asked = places > 0 && table.is_complete;
    for (at, worker) in problem.workers.iter().enumerate().filter(|_| asked) {
        let (codes, planned) = against(problem, roster, kind, at);
        for code in &codes {
            *reasons.entry(code.as_str().to_owned()).or_default() += 1;
        }
        if !codes.contains(&Code::NotEligible) {
            let display_name = worker.person.display_name.clone();
            people.push(Hindered { staff_id: worker.person.id, display_name, codes, planned });
        }
    }
    people.sort_by_key(|one| (one.codes.len(), one.staff_id));
    people.truncate(NAMED);
    let role = one.role.clone();
    Some(Shortfall { booking_id: booking.id, role, places, reasons, people, uncovered_skills })
}

/// What speaks against a person for a kind of place with the plan, and which of its bookings do.
fn against(
    problem: &Problem,
    roster: &Roster,
    kind: usize,
    person: usize,
) -> (Vec<Code>, Vec<BookingId>) {
    let table = roster.table;
    let slot = table.kinds[kind].slot;
    let standing = table.against(kind, person);
    let by_plan = roster.hindrances(person, slot);
    let weeks = |slot: usize| table.slots[slot].weeks.iter().map(|(week, _)| *week);
    let in_the_way = |other: &&usize| {
        let clash = roster.clash(person, slot, **other).is_some();
        let hours = by_plan.contains(Code::HoursExceeded)
            && weeks(**other).any(|week| weeks(slot).any(|one| one == week));
        clash || hours
    };
    let planned = roster.slots[person].iter().filter(in_the_way);
    let id = |slot: &usize| problem.tasks[table.slots[*slot].task].booking.id;
    let planned = if BY_PLAN.iter().any(|code| by_plan.contains(*code)) {
        planned.map(id).collect()
    } else {
        Vec::new()
    };
    (standing.union(by_plan).iter().collect(), planned)
}
