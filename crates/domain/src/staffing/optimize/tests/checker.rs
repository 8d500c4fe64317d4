//! What a plan must keep, written apart from the checks: from the month's habits and plain clocks.

use std::collections::HashMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::super::sample::{Habit, Month, ZONE};
use super::super::{Planned, Task, Worker};
use crate::booking::SkillLevel;
use crate::organization::UnknownAvailability;
use crate::staffing::{Skill, StaffProfile, StaffStatus};
use crate::time::{TimeRange, zone};

/// Every rule that the plan breaks, in words.
pub(super) fn faults(month: &Month, plan: &[Planned]) -> Vec<String> {
    let problem = &month.problem;
    let mut faults = Vec::new();
    let mut heads: HashMap<(u128, &str), usize> = HashMap::new();
    let mut days: HashMap<usize, Vec<(usize, TimeRange)>> = HashMap::new();
    for one in plan {
        let task = problem.tasks.iter().position(|task| task.booking.id == one.booking_id).unwrap();
        let person = problem.workers.iter().position(|it| it.person.id == one.staff_id).unwrap();
        *heads.entry((one.booking_id.0.as_u128(), &one.role)).or_default() += 1;
        let worker = &problem.workers[person];
        let task_of = &problem.tasks[task];
        alone(task_of, worker, &month.habits[person], &one.role, &mut faults);
        days.entry(person).or_default().push((task, range(task_of)));
    }
    for ((booking, role), count) in heads {
        let task = problem.tasks.iter().find(|it| it.booking.id.0.as_u128() == booking).unwrap();
        let wanted = roles(task).find(|one| one.role == role).map_or(0, |one| one.count);
        if count > usize::from(wanted) {
            faults.push(format!("headcount: {count} as {role}, {wanted} wanted"));
        }
    }
    for (person, work) in days {
        together(month, &problem.workers[person], &work, &mut faults);
    }
    faults
}

fn range(task: &Task) -> TimeRange {
    TimeRange { start: task.booking.scheduled_start, end: task.booking.scheduled_end }
}

fn roles(task: &Task) -> impl Iterator<Item = &crate::booking::RoleRequirement> {
    task.booking.staff_requirements.iter().flat_map(|needs| needs.roles.iter().flatten())
}

/// What concerns one person on one booking.
fn alone(task: &Task, worker: &Worker, habit: &Habit, role: &str, faults: &mut Vec<String>) {
    let profile = worker.person.profile.as_ref().unwrap();
    let mut fault = |what: &str| faults.push(format!("{what}: {}", worker.person.display_name));
    let active = profile.status == StaffStatus::Active;
    if !active || !worker.serves.contains(&task.booking.organization_id) {
        fault("not eligible");
        return;
    }
    // Hour by hour, on the clock on the wall.
    let mut hour = task.booking.scheduled_start;
    while hour < task.booking.scheduled_end {
        let local = hour.to_zoned(zone(ZONE).unwrap());
        let on_leave = |leave: (Date, Date)| leave.0 <= local.date() && local.date() <= leave.1;
        if habit.leave.is_some_and(on_leave) {
            fault("on leave");
        }
        let today = local.date();
        let usual = [today, today.yesterday().unwrap()].into_iter().any(|day| {
            // From the first hour on, as long as it usually takes: where clocks change that ends at
            // another hour.
            let first = day.at(habit.from, 0, 0, 0).to_zoned(zone(ZONE).unwrap()).unwrap();
            let first = first.timestamp();
            let last = first + i64::from(habit.to - habit.from).hours();
            habit.weekdays.contains(&day.weekday()) && first <= hour && hour < last
        });
        if !usual && task.settings.unknown_availability != UnknownAvailability::Allow {
            fault("nothing declared");
        }
        hour += 1.hour();
    }
    skills(task, profile, role, &mut fault);
    if let (Some(home), Some(place), Some(most)) =
        (profile.home, &task.location, profile.max_travel_km)
    {
        // On a plane around Denver, exact to some metres within this distance.
        let north = (home.latitude - place.latitude.unwrap()) * 111.195;
        let east = (home.longitude - place.longitude.unwrap())
            * 111.195
            * home.latitude.to_radians().cos();
        if north.hypot(east) > f64::from(most) + 0.1 {
            fault("too far");
        }
    }
    if task.location.as_ref().is_some_and(|place| profile.blocked_locations.contains(&place.id)) {
        fault("avoids the place");
    }
}

fn skills(task: &Task, profile: &StaffProfile, role: &str, fault: &mut impl FnMut(&str)) {
    let least = task.booking.staff_requirements.as_ref().unwrap().minimum_level;
    let required: Vec<&String> =
        roles(task).filter(|one| one.role == role).flat_map(|one| &one.skills).collect();
    let skill = |name: &str| profile.skills.iter().find(|skill| skill.name == name);
    for name in &required {
        let Some(skill) = skill(name) else {
            fault("skill missing");
            continue;
        };
        if !is_good(skill, task) {
            fault("paper not good");
        }
        if least.is_some_and(|least| skill.level < least) {
            fault("level too low");
        }
    }
    if let (true, Some(least)) = (required.is_empty(), least) {
        let team: Vec<&String> = {
            let needs = task.booking.staff_requirements.as_ref().unwrap();
            roles(task).flat_map(|one| &one.skills).chain(needs.skills.iter().flatten()).collect()
        };
        let counts = |skill: &&Skill| team.is_empty() || team.contains(&&skill.name);
        let best: Option<SkillLevel> =
            profile.skills.iter().filter(counts).map(|skill| skill.level).max();
        if best.is_none_or(|best| best < least) {
            fault("level too low");
        }
    }
}

/// Whether what proves a skill, if anything does, is verified and holds from the first to the last minute.
fn is_good(skill: &Skill, task: &Task) -> bool {
    let Some(paper) = &skill.certification else { return true };
    let on = |instant: jiff::Timestamp| instant.to_zoned(zone(ZONE).unwrap()).date();
    let last = task.booking.scheduled_end - 1.microsecond();
    paper.verified_by.is_some()
        && paper.issued_on <= on(task.booking.scheduled_start)
        && on(last) <= paper.expires_on
}

/// What concerns a person's whole month.
fn together(month: &Month, worker: &Worker, work: &[(usize, TimeRange)], faults: &mut Vec<String>) {
    let profile = worker.person.profile.as_ref().unwrap();
    let name = &worker.person.display_name;
    let there = worker.person.shifts.iter().map(|shift| shift.range);
    let all: Vec<TimeRange> = work.iter().map(|one| one.1).chain(there).collect();
    for (at, (task, own)) in work.iter().enumerate() {
        let settings = &month.problem.tasks[*task].settings;
        let rest = profile.min_rest_hours.into_iter().chain(settings.min_rest_hours).max();
        for (other, range) in all.iter().enumerate().filter(|(other, _)| *other != at) {
            if other < work.len() && work[other].0 == *task {
                faults.push(format!("twice on a booking: {name}"));
                continue;
            }
            if own.start < range.end && range.start < own.end {
                faults.push(format!("overlap: {name}"));
                continue;
            }
            let gap = (range.start - own.end).total(jiff::Unit::Hour).unwrap();
            let before = (own.start - range.end).total(jiff::Unit::Hour).unwrap();
            if gap.max(before) < f64::from(rest.unwrap_or(0)) {
                faults.push(format!("rest too short: {name}"));
            }
        }
        let per_day = profile.max_hours_per_day.into_iter().chain(settings.max_hours_per_day).min();
        let per_week =
            profile.max_hours_per_week.into_iter().chain(settings.max_hours_per_week).min();
        let date = |instant: jiff::Timestamp| instant.to_zoned(zone(ZONE).unwrap()).date();
        let monday = |date: Date| date - i64::from(date.weekday().to_monday_zero_offset()).days();
        let minutes = |keep: &dyn Fn(Date) -> bool| {
            let mut sum = 0_u32;
            for range in &all {
                let mut minute = range.start;
                while minute < range.end {
                    sum += u32::from(keep(date(minute)));
                    minute += 30.minutes();
                }
            }
            f64::from(sum) / 2.0
        };
        let (first, last) = (date(own.start), date(own.end - 1.second()));
        for day in [first, last] {
            if per_day.is_some_and(|most| minutes(&|one| one == day) > f64::from(most)) {
                faults.push(format!("too long a day: {name}"));
            }
            let week = |one| monday(one) == monday(day);
            if per_week.is_some_and(|most| minutes(&week) > f64::from(most)) {
                faults.push(format!("too long a week: {name}"));
            }
        }
    }
}
