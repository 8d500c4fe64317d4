//! What a caller sees of a search and its plan.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rishi_domain::booking::BookingStatus;
use rishi_domain::id::{BookingId, OrganizationId, UserId};
use rishi_domain::staffing::check::{Code, Finding};
use rishi_domain::staffing::optimize::{
    Outcome, Planned, Progress, Shortfall, Standing, Sums, Weights,
};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::PlanOverride;
use super::registry::{Basis, Optimization, Snapshot, State};
use super::run::seconds;
use crate::auth::Principal;
use crate::scope::Scope;
use crate::staffing::StaffProblem;
use crate::{App, Error};

/// How far a search has come.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "OptimizationProgress")]
pub struct ProgressView {
    /// Where the search stands.
    pub state: State,
    /// How long it has taken so far.
    pub elapsed_seconds: f64,
    /// How many attempts were made to improve the plan.
    pub rounds: u64,
    /// How good the best plan is, and how good any could be; absent until everybody was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    /// Whether no plan is better.
    pub proven: bool,
}

impl From<&Snapshot> for ProgressView {
    fn from(one: &Snapshot) -> Self {
        let Progress { rounds, standing } = one.progress;
        Self {
            state: one.state,
            elapsed_seconds: seconds(one.elapsed),
            rounds,
            standing,
            proven: standing.is_some_and(|standing| standing.is_proven()),
        }
    }
}

/// A search and its plan.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Optimization")]
pub struct PlanView {
    /// Its id.
    pub id: Uuid,
    /// How far it has come.
    #[serde(flatten)]
    pub progress: ProgressView,
    /// Whose bookings.
    pub organization_ids: Vec<OrganizationId>,
    /// Those that begin at or after this instant.
    pub from: Timestamp,
    /// And before this one.
    pub to: Timestamp,
    /// Only those in one of these states.
    pub statuses: Vec<BookingStatus>,
    /// How long the search may take.
    pub time_limit_seconds: u16,
    /// What counts beside open places; cost counts nothing for who may not see pay.
    pub weights: Weights,
    /// What may be passed over.
    #[serde(rename = "override", skip_serializing_if = "Option::is_none")]
    pub overriding: Option<PlanOverride>,
    /// Where chance began: the same seed, bookings and people go the same way.
    pub seed: u64,
    /// How many bookings have open places.
    pub bookings: usize,
    /// How many people are in question.
    pub people: usize,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; an hour later it is forgotten.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    /// When its plan was put into force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applied_at: Option<Timestamp>,
    /// Why its plan was not put into force although that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_applied: Option<NotApplied>,
    /// The plan, once the search is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlannedBookings>,
    /// What stays open, once the search is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unfilled: Option<Vec<UnfilledView>>,
}

/// Why a plan was not put into force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NotApplied {
    /// The code of the problem.
    pub code: String,
    /// One sentence for people.
    pub detail: String,
}

/// A plan.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Plan")]
pub struct PlannedBookings {
    /// Every booking that gets staff, in order of time.
    pub bookings: Vec<PlannedBooking>,
    /// Everybody who is planned, with the version of the profile that the plan rests on.
    pub staff: Vec<PlannedPerson>,
    /// What it adds up to.
    pub sums: Sums,
}

/// A booking of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlannedBooking {
    /// Which.
    pub booking_id: BookingId,
    /// Its title.
    pub title: String,
    /// When it starts.
    pub scheduled_start: Timestamp,
    /// The version that the plan rests on.
    pub version: u64,
    /// Who is to work on it.
    pub assignments: Vec<PlannedAssignment>,
}

/// An assignment of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlannedAssignment {
    /// Who.
    pub staff_id: UserId,
    /// The person's name.
    pub display_name: String,
    /// As what.
    pub role: String,
    /// The soft reasons that are passed over.
    pub passed_over: Vec<Finding>,
}

/// Somebody of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlannedPerson {
    /// Who.
    pub staff_id: UserId,
    /// The person's name.
    pub display_name: String,
    /// The version of the profile that the plan rests on.
    pub version: u64,
}

/// Places that stay open, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "UnfilledPlaces")]
pub struct UnfilledView {
    /// On which booking.
    pub booking_id: BookingId,
    /// Its title.
    pub title: String,
    /// When it starts.
    pub scheduled_start: Timestamp,
    /// Which role.
    pub role: String,
    /// How many places of it.
    pub places: usize,
    /// How many people something speaks against, by the code.
    pub reasons: BTreeMap<String, usize>,
    /// The twenty who come nearest to it.
    pub people: Vec<HinderedView>,
    /// The skills that the booking's team lacks in the plan.
    pub uncovered_skills: Vec<String>,
}

/// Somebody who does not take an open place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Hindered")]
pub struct HinderedView {
    /// Who.
    pub staff_id: UserId,
    /// The person's name.
    pub display_name: String,
    /// Everything that speaks against it, as things stand and with this plan.
    pub codes: Vec<Code>,
    /// The plan's own bookings of the person that are in the way.
    pub planned: Vec<BookingId>,
}

/// What a plan rests on and what has changed since.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StalePlan {
    /// Bookings and profiles that are at another version.
    pub changed: Vec<ChangedVersion>,
    /// Assignments that cannot be made any longer.
    pub problems: Vec<StaleAssignment>,
}

/// Something that is at another version than a plan rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangedVersion {
    /// `booking/<id>` or `staff/<id>`.
    pub subject: String,
    /// What the plan rests on.
    pub planned: u64,
    /// What is there; nothing when it is gone, or not for the caller to see.
    pub current: Option<u64>,
}

/// An assignment of a plan against which something speaks now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleAssignment {
    /// On which booking.
    pub booking_id: BookingId,
    /// Who, and why.
    pub problem: StaffProblem,
}

impl App {
    pub(super) async fn view(
        &self,
        principal: &Principal,
        search: &Optimization,
    ) -> Result<PlanView, Error> {
        let mut organizations = Vec::new();
        for id in &search.request.organizations {
            organizations.extend(self.store.organization(&Scope::system(), *id).await?);
        }
        let sees_pay = self.sees_pay(principal, &organizations);
        Ok(view(search, &search.snapshot(), sees_pay))
    }
}

/// A search as it is shown in a state.
pub(super) fn view(search: &Optimization, snapshot: &Snapshot, sees_pay: bool) -> PlanView {
    let request = &search.request;
    // What was found is told once it is told that the search is over.
    let outcome = search.outcome.get().filter(|_| snapshot.state != State::Running);
    let refusal = snapshot.refusal.clone();
    PlanView {
        id: search.id,
        progress: snapshot.into(),
        organization_ids: request.organizations.clone(),
        from: request.from,
        to: request.to,
        statuses: request.statuses.clone(),
        time_limit_seconds: request.seconds,
        weights: request.weights,
        overriding: request.overriding.clone(),
        seed: request.seed,
        bookings: search.basis.bookings.len(),
        people: search.basis.people.len(),
        started_at: search.started_at,
        finished_at: snapshot.finished_at,
        applied_at: snapshot.applied_at,
        not_applied: refusal.map(|(code, detail)| NotApplied { code, detail }),
        plan: outcome.map(|outcome| plan(&search.basis, outcome, sees_pay)),
        unfilled: outcome.map(|outcome| unfilled(&search.basis, outcome)),
    }
}

fn plan(basis: &Basis, outcome: &Outcome, sees_pay: bool) -> PlannedBookings {
    let mut bookings: BTreeMap<(Timestamp, BookingId), PlannedBooking> = BTreeMap::new();
    let mut staff: BTreeMap<UserId, PlannedPerson> = BTreeMap::new();
    for Planned { booking_id, staff_id, role, passed_over } in &outcome.plan {
        // Whatever is planned was a part of the problem.
        let known = basis.bookings.get(booking_id).zip(basis.people.get(staff_id));
        let Some((booking, person)) = known else { continue };
        let display_name = person.display_name.clone();
        let planned = PlannedPerson {
            staff_id: *staff_id,
            display_name: display_name.clone(),
            version: person.version,
        };
        staff.entry(*staff_id).or_insert(planned);
        let entry = bookings.entry((booking.start, *booking_id)).or_insert(PlannedBooking {
            booking_id: *booking_id,
            title: booking.title.clone(),
            scheduled_start: booking.start,
            version: booking.version,
            assignments: Vec::new(),
        });
        entry.assignments.push(PlannedAssignment {
            staff_id: *staff_id,
            display_name,
            role: role.clone(),
            passed_over: passed_over.clone(),
        });
    }
    let cost = outcome.sums.cost.filter(|_| sees_pay);
    PlannedBookings {
        bookings: bookings.into_values().collect(),
        staff: staff.into_values().collect(),
        sums: Sums { cost, ..outcome.sums.clone() },
    }
}

fn unfilled(basis: &Basis, outcome: &Outcome) -> Vec<UnfilledView> {
    let told = |one: &Shortfall| {
        let booking = basis.bookings.get(&one.booking_id)?;
        let people = one.people.iter().map(|person| HinderedView {
            staff_id: person.staff_id,
            display_name: person.display_name.clone(),
            codes: person.codes.clone(),
            planned: person.planned.clone(),
        });
        Some(UnfilledView {
            booking_id: one.booking_id,
            title: booking.title.clone(),
            scheduled_start: booking.start,
            role: one.role.clone(),
            places: one.places,
            reasons: one.reasons.clone(),
            people: people.collect(),
            uncovered_skills: one.uncovered_skills.clone(),
        })
    };
    let mut all: Vec<UnfilledView> = outcome.shortfalls.iter().filter_map(told).collect();
    all.sort_by_key(|one| (one.scheduled_start, one.booking_id));
    all
}
