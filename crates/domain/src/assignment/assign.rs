//! Assigning staff to a booking: all that is asked for, or nothing.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Assignment, AssignmentStatus};
use crate::booking::Booking;
use crate::error::{Checks, Invalid};
use crate::event::{AssignedStaff, Fact, Overridden, StaffAssignedToBooking, Unwritable};
use crate::id::{AssignmentId, UserId};
use crate::money::Money;
use crate::staffing::StaffProfile;
use crate::staffing::check::{Finding, Kind, Work, check, matched};
use crate::staffing::cost::{Cost, rate};
use crate::staffing::person::Person;
use crate::time::to_microsecond;

/// Most assignments at once.
pub const ORDERS_MAX: usize = 100;
/// Longest name of a role, in characters.
pub const ROLE_MAX: usize = 100;
/// Most special requirements.
pub const SPECIAL_MAX: usize = 20;
/// Longest reason, in characters.
pub const REASON_MAX: usize = 1_000;

/// Somebody to be assigned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssignmentOrder {
    /// Who.
    pub staff_id: UserId,
    /// As what: for the booking's roles spelled as there, in any case.
    #[schemars(length(min = 1, max = ROLE_MAX), regex(pattern = r"\S"))]
    pub role: String,
    /// Rate per hour, at least 0; the person's usual one when absent, else the organization's.
    #[serde(default)]
    pub hourly_rate: Option<Money>,
    /// What the person must bring or know beyond the role.
    #[serde(default)]
    #[schemars(length(max = SPECIAL_MAX), inner(length(min = 1, max = ROLE_MAX)))]
    pub special_requirements: Vec<String>,
}

/// Why soft reasons against somebody are to be passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Override {
    /// Why.
    #[schemars(length(min = 1, max = REASON_MAX), regex(pattern = r"\S"))]
    pub reason: String,
}

/// Staff for a booking, all of them or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssignStaff {
    /// Who, and as what.
    #[schemars(length(min = 1, max = ORDERS_MAX))]
    pub assignments: Vec<AssignmentOrder>,
    /// Passes over soft reasons against them.
    #[serde(default, rename = "override")]
    pub overriding: Option<Override>,
}

/// What [`assign`] needs to know beside the command.
#[derive(Debug, Clone, Copy)]
pub struct AssignGiven<'a> {
    /// The present instant.
    pub now: Timestamp,
    /// Who assigns.
    pub actor: UserId,
    /// The booking, its place and its organization's settings.
    pub work: Work<'a>,
    /// Everybody who is asked for, as far as found, and everybody who is on the booking already.
    pub people: &'a [Person],
    /// Whether the actor may pass over soft reasons.
    pub may_override: bool,
    /// A fresh id for each assignment.
    pub ids: &'a [AssignmentId],
}

/// What speaks against one of those asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffProblem {
    /// Who.
    pub staff_id: UserId,
    /// As what.
    pub role: String,
    /// Every reason.
    pub findings: Vec<Finding>,
}

/// Why nobody is assigned.
#[derive(Debug, thiserror::Error)]
pub enum AssignError {
    /// The input breaks rules.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Something speaks against one of them or more.
    #[error("{} of the staff cannot be assigned", .0.len())]
    Refused(Vec<StaffProblem>),
    /// Soft reasons were to be passed over by somebody who may not.
    #[error("soft reasons are passed over only by those who may")]
    MayNotOverride,
    /// A fact could not be written down.
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
}

/// Figures about assignments that were made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssignmentFigures {
    /// How many assignments, +2 when the booking has requirements.
    pub assignment_complexity: usize,
    /// Sum of rate times hours.
    pub estimated_total_cost: Money,
    /// Whether a rate is not known, so that the sum lacks it.
    pub cost_is_partial: bool,
}

/// Assignments that were agreed to.
#[derive(Debug, Clone)]
pub struct Assigned {
    /// The booking at its next version.
    pub booking: Booking,
    /// The assignments, in the order asked for.
    pub assignments: Vec<Assignment>,
    /// `STAFF_ASSIGNED_TO_BOOKING`.
    pub fact: Fact,
}

/// Decides about assignments: all of them and `STAFF_ASSIGNED_TO_BOOKING`, or every reason against
/// each.
pub fn assign(given: &AssignGiven, command: AssignStaff) -> Result<Assigned, AssignError> {
    validate(given, &command)?;
    let problems = problems(given, &command.assignments);
    let overridden = overridden(given, problems, command.overriding.as_ref())?;

    let now = to_microsecond(given.now);
    let work = given.work;
    let booking = work.booking.touched(now);
    let (mut staff, mut sum, mut cost) = (Vec::new(), Money::ZERO, Cost::default());
    for (order, id) in command.assignments.into_iter().zip(given.ids) {
        let person = find(given, order.staff_id);
        let profile = person.and_then(|person| person.profile.as_ref());
        let hourly_rate = rate(order.hourly_rate, profile, work.settings);
        sum = sum + hourly_rate.unwrap_or_default();
        cost.add(hourly_rate, booking.range().microseconds());
        let assignment = Assignment {
            id: *id,
            booking_id: booking.id,
            staff_id: order.staff_id,
            role: order.role,
            hourly_rate,
            special_requirements: order.special_requirements,
            status: AssignmentStatus::Assigned,
            checked_in_at: None,
            checked_out_at: None,
            check_in: None,
            check_out: None,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let name = person.map(|person| person.display_name.clone()).unwrap_or_default();
        staff.push(AssignedStaff::new(assignment, name));
    }
    let figures = AssignmentFigures {
        assignment_complexity: staff.len() + if booking.requirements.is_some() { 2 } else { 0 },
        estimated_total_cost: cost.amount,
        cost_is_partial: cost.partial,
    };
    let override_reason =
        command.overriding.filter(|_| !overridden.is_empty()).map(|over| over.reason);
    let payload = StaffAssignedToBooking {
        booking_id: booking.id,
        staff_count: staff.len(),
        total_hourly_rate: sum,
        skills_matched: matched(&booking, &team(given, &staff)),
        assignments: staff,
        assigned_by: given.actor,
        override_reason,
        overridden,
        booking,
    };
    let fact = Fact::with_metadata(&payload, &figures)?;
    let assignments = payload.assignments.into_iter().map(|one| one.assignment).collect();
    Ok(Assigned { booking: payload.booking, assignments, fact })
}

fn find<'a>(given: &AssignGiven<'a>, id: UserId) -> Option<&'a Person> {
    given.people.iter().find(|person| person.id == id)
}

/// The profiles of everybody who is on the booking afterwards.
fn team<'a>(given: &AssignGiven<'a>, new: &[AssignedStaff]) -> Vec<&'a StaffProfile> {
    let booking = given.work.booking.id;
    let on_it = |person: &&Person| {
        person.shifts.iter().any(|shift| shift.live && shift.booking_id == booking)
            || new.iter().any(|one| one.assignment.staff_id == person.id)
    };
    given.people.iter().filter(on_it).filter_map(|person| person.profile.as_ref()).collect()
}

fn validate(given: &AssignGiven, command: &AssignStaff) -> Result<(), Invalid> {
    let mut checks = Checks::new();
    let orders = &command.assignments;
    checks.require(
        (1..=ORDERS_MAX.min(given.ids.len())).contains(&orders.len()),
        "assignments",
        "count",
        format!("assignments takes 1 to {ORDERS_MAX} entries"),
    );
    let mut known = std::collections::HashSet::new();
    for (index, order) in orders.iter().enumerate().take(ORDERS_MAX) {
        let path = format!("assignments[{index}]");
        checks.heading(&format!("{path}.role"), &order.role, ROLE_MAX);
        if let Some(rate) = order.hourly_rate {
            checks.require(
                rate >= Money::ZERO,
                &format!("{path}.hourlyRate"),
                "negative",
                "hourlyRate must not be less than 0",
            );
        }
        let special = format!("{path}.specialRequirements");
        checks.texts(&special, &order.special_requirements, SPECIAL_MAX, ROLE_MAX);
        checks.require(
            known.insert(order.staff_id),
            &format!("{path}.staffId"),
            "duplicate",
            "each person is assigned once",
        );
    }
    if let Some(over) = &command.overriding {
        checks.text("override.reason", &over.reason, REASON_MAX);
    }
    checks.done()
}

/// Everybody against whom something speaks.
fn problems(given: &AssignGiven, orders: &[AssignmentOrder]) -> Vec<StaffProblem> {
    let problem = |order: &AssignmentOrder| {
        let stranger = Person::stranger(order.staff_id);
        let person = find(given, order.staff_id).unwrap_or(&stranger);
        let findings = check(&given.work, person, &order.role);
        let (staff_id, role) = (order.staff_id, order.role.clone());
        (!findings.is_empty()).then_some(StaffProblem { staff_id, role, findings })
    };
    orders.iter().filter_map(problem).collect()
}

/// What is passed over, when nothing hard speaks against anybody and the actor may.
fn overridden(
    given: &AssignGiven,
    problems: Vec<StaffProblem>,
    overriding: Option<&Override>,
) -> Result<Vec<Overridden>, AssignError> {
    let hard = |problem: &StaffProblem| problem.findings.iter().any(|one| one.kind == Kind::Hard);
    if problems.is_empty() {
        return Ok(Vec::new());
    }
    if overriding.is_none() || problems.iter().any(hard) {
        return Err(AssignError::Refused(problems));
    }
    if !given.may_override {
        return Err(AssignError::MayNotOverride);
    }
    let told = |problem: StaffProblem| {
        let staff_id = problem.staff_id;
        problem.findings.into_iter().map(move |finding| Overridden { staff_id, finding })
    };
    Ok(problems.into_iter().flat_map(told).collect())
}

#[cfg(test)]
mod tests;
