//! Putting a plan into force: all of it in one commit, or nothing of it.
//!
//! Everything is loaded anew and the same decision is made as when somebody assigns by hand, booking by
//! booking, with the rest of the plan as if it were in force. Then one commit makes all assignments while
//! every version is compared and everybody is guarded. Whoever loses a race looks anew, and so learns
//! what has changed.

use std::collections::{BTreeMap, HashMap};

use rishi_domain::assignment::{
    AssignError, AssignGiven, AssignStaff, AssignmentOrder, Override, assign,
};
use rishi_domain::id::{AssignmentId, BookingId, LocationId, UserId};
use rishi_domain::location::Location;
use rishi_domain::organization::Organization;
use rishi_domain::permission::Capability;
use rishi_domain::staffing::check::Work;
use rishi_domain::staffing::optimize::Planned;
use rishi_domain::staffing::person::{Person, Shift};
use uuid::Uuid;

use super::PlanView;
use super::load::whole;
use super::registry::{Optimization, State};
use super::view::{ChangedVersion, StaleAssignment, StalePlan, view};
use crate::auth::Caller;
use crate::bookings::BookingRecord;
use crate::commit::Answer;
use crate::events::{Cause, subject};
use crate::scope::Scope;
use crate::staffing::assign::{TRIES, overtaken};
use crate::staffing::people::{around, person};
use crate::staffing::port::PeopleQuery;
use crate::staffing::problems::problem;
use crate::{App, Commit, Error};

/// The plan and what is there now.
struct Scene {
    organizations: Vec<Organization>,
    records: Vec<BookingRecord>,
    /// Of each organization, the planned people and those who are on its bookings.
    people: HashMap<Uuid, Vec<Person>>,
    locations: HashMap<LocationId, Location>,
    /// Of each planned person, all that is planned.
    shifts: HashMap<UserId, Vec<Shift>>,
}

impl App {
    /// Puts the plan of a search into force.
    pub async fn apply_plan(
        &self,
        caller: &Caller,
        id: Uuid,
        reply: fn(&PlanView) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let search = self.optimization(&caller.principal, id)?;
        let mut outcome = self.try_apply(caller, &search, reply).await;
        for _ in 1..TRIES {
            match outcome {
                Err(error) if overtaken(&error) => {
                    outcome = self.try_apply(caller, &search, reply).await;
                }
                decided => return decided,
            }
        }
        outcome
    }

    async fn try_apply(
        &self,
        caller: &Caller,
        search: &Optimization,
        reply: fn(&PlanView) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let mut plan: BTreeMap<BookingId, Vec<&Planned>> = BTreeMap::new();
        for one in ready(search)? {
            plan.entry(one.booking_id).or_default().push(one);
        }
        let (scene, mut stale) = self.scene(caller, search, &plan).await?;
        let mut commit = Commit::default();
        for record in &scene.records {
            let orders = plan.get(&record.booking.id).map(Vec::as_slice).unwrap_or_default();
            match self.decide_planned(caller, search, &scene, record, orders)? {
                Ok(one) => join(&mut commit, one),
                Err(problems) => stale.problems.extend(problems),
            }
        }
        if stale != StalePlan::default() {
            stale.changed.sort();
            return Err(Error::PlanStale(Box::new(stale)));
        }
        let mut snapshot = search.snapshot();
        (snapshot.state, snapshot.applied_at) = (State::Applied, Some(self.now()));
        snapshot.refusal = None;
        let sees_pay = self.sees_pay(&caller.principal, &scene.organizations);
        let answer = reply(&view(search, &snapshot, sees_pay))?;
        let answer = self.finish(caller, Capability::ReadBookings, commit, answer, false).await?;
        search.change(|one| *one = snapshot);
        Ok(answer)
    }

    /// Loads what is there now, and finds what is at another version than the plan rests on.
    async fn scene(
        &self,
        caller: &Caller,
        search: &Optimization,
        plan: &BTreeMap<BookingId, Vec<&Planned>>,
    ) -> Result<(Scene, StalePlan), Error> {
        let (principal, request) = (&caller.principal, &search.request);
        let overrides = plan.values().flatten().any(|one| !one.passed_over.is_empty());
        let organizations = self.plannable(principal, &request.organizations, overrides).await?;
        let scope = principal.scope(Capability::ReadBookings);
        let (mut records, mut stale) = (Vec::with_capacity(plan.len()), StalePlan::default());
        for id in plan.keys() {
            let found = self.store.booking(&scope, *id).await?;
            let current = found.as_ref().map(|record| record.booking.version);
            let planned = search.basis.bookings.get(id).map_or(0, |one| one.version);
            if current != Some(planned) {
                let subject = subject::booking(*id).to_string();
                stale.changed.push(ChangedVersion { subject, planned, current });
            }
            records.extend(found);
        }
        let mut people = HashMap::new();
        let mut versions: BTreeMap<UserId, Option<u64>> =
            plan.values().flatten().map(|one| (one.staff_id, None)).collect();
        if let Some(whole) = whole(records.iter().map(|record| &record.booking)) {
            let here = records.iter().flat_map(|record| &record.staff).map(|one| one.staff.id);
            let mut ids: Vec<UserId> = versions.keys().copied().chain(here).collect();
            ids.sort_unstable();
            ids.dedup();
            for organization in &organizations {
                let query = PeopleQuery {
                    organization: organization.id,
                    people: Some(ids.clone()),
                    around: around(whole),
                };
                let found = self.store.people(&Scope::system(), &query).await?;
                for record in &found {
                    if let Some(version) = versions.get_mut(&record.id) {
                        *version = record.profile.as_ref().map(|profile| profile.version);
                    }
                }
                let found: Result<Vec<Person>, Error> =
                    found.into_iter().map(|record| person(record, whole)).collect();
                people.insert(organization.id.0, found?);
            }
        }
        for (id, current) in versions {
            let planned = search.basis.people.get(&id).map_or(0, |one| one.version);
            if current != Some(planned) {
                let subject = subject::staff(id).to_string();
                stale.changed.push(ChangedVersion { subject, planned, current });
            }
        }
        let mut locations = HashMap::new();
        for booking in records.iter().map(|record| &record.booking) {
            if let Some(id) = booking.location_id
                && !locations.contains_key(&id)
            {
                locations.extend(self.place_of(booking).await?.map(|location| (id, location)));
            }
        }
        let shifts = shifts(&records, plan);
        Ok((Scene { organizations, records, people, locations, shifts }, stale))
    }

    /// Decides about a booking of the plan; what speaks against whom when it cannot be.
    fn decide_planned(
        &self,
        caller: &Caller,
        search: &Optimization,
        scene: &Scene,
        record: &BookingRecord,
        orders: &[&Planned],
    ) -> Result<Result<Commit, Vec<StaleAssignment>>, Error> {
        let booking = &record.booking;
        let organization = booking.organization_id;
        let settings = scene.organizations.iter().find(|one| one.id == organization);
        let settings = settings.ok_or(Error::NotFound("organization"))?;
        let people = scene.people.get(&organization.0).map(Vec::as_slice).unwrap_or_default();
        let concerned = |one: &&Person| {
            orders.iter().any(|planned| planned.staff_id == one.id)
                || record.staff.iter().any(|brief| brief.staff.id == one.id)
        };
        let people = people.iter().filter(concerned);
        let people: Vec<Person> = people.map(|one| with_plan(one, record, scene)).collect();
        let ids: Vec<AssignmentId> = orders.iter().map(|_| self.ids.next()).collect();
        let passes_over = orders.iter().any(|one| !one.passed_over.is_empty());
        let over = search.request.overriding.as_ref().filter(|_| passes_over);
        let given = AssignGiven {
            now: self.now(),
            actor: caller.principal.user_id(),
            work: Work {
                booking,
                location: booking.location_id.and_then(|id| scene.locations.get(&id)),
                settings: &settings.settings,
            },
            people: &people,
            // Who may not was refused before.
            may_override: over.is_some(),
            ids: &ids,
        };
        let command = AssignStaff {
            assignments: orders.iter().map(|one| order(one)).collect(),
            overriding: over.map(|over| Override { reason: over.reason.clone() }),
        };
        match assign(&given, command) {
            Ok(decision) => {
                let cause = Cause::from(caller);
                let (commit, _) = self.assigned(
                    &cause,
                    crate::staffing::SOURCE,
                    record.clone(),
                    &people,
                    decision,
                );
                Ok(Ok(commit))
            }
            Err(AssignError::Refused(problems)) => {
                let told = problems.into_iter().map(|against| StaleAssignment {
                    booking_id: booking.id,
                    problem: problem(&caller.principal, against),
                });
                Ok(Err(told.collect()))
            }
            Err(other) => Err(crate::staffing::assign::refused(&caller.principal, other)),
        }
    }
}

/// The plan of a search that can be put into force.
fn ready(search: &Optimization) -> Result<&[Planned], Error> {
    let why = match search.snapshot().state {
        State::Running => "the search is not over",
        State::Failed => "the search broke down",
        State::Applied => "the plan is in force already",
        State::Done | State::Cancelled => match search.outcome.get() {
            Some(outcome) if !outcome.plan.is_empty() => return Ok(&outcome.plan),
            _ => "the plan assigns nobody",
        },
    };
    Err(Error::PlanNotReady(why))
}

/// Of each planned person, what is planned.
fn shifts(
    records: &[BookingRecord],
    plan: &BTreeMap<BookingId, Vec<&Planned>>,
) -> HashMap<UserId, Vec<Shift>> {
    let mut shifts: HashMap<UserId, Vec<Shift>> = HashMap::new();
    for booking in records.iter().map(|record| &record.booking) {
        for planned in plan.get(&booking.id).into_iter().flatten() {
            shifts.entry(planned.staff_id).or_default().push(Shift {
                booking_id: booking.id,
                organization_id: booking.organization_id,
                range: booking.range(),
                live: true,
            });
        }
    }
    shifts
}

/// A person as one is for a booking when the rest of the plan is in force.
fn with_plan(one: &Person, record: &BookingRecord, scene: &Scene) -> Person {
    let mut person = one.clone();
    person.availability = one.availability.within(&record.booking.range());
    let planned = scene.shifts.get(&one.id).into_iter().flatten();
    person.shifts.extend(planned.filter(|shift| shift.booking_id != record.booking.id));
    person
}

fn order(planned: &Planned) -> AssignmentOrder {
    AssignmentOrder {
        staff_id: planned.staff_id,
        role: planned.role.clone(),
        hourly_rate: None,
        special_requirements: Vec::new(),
    }
}

/// Makes one commit of two; what both rest on is said once.
fn join(all: &mut Commit, one: Commit) {
    for expected in one.expected {
        if !all.expected.contains(&expected) {
            all.expected.push(expected);
        }
    }
    all.changes.extend(one.changes);
    all.events.extend(one.events);
    all.guards.extend(one.guards);
}
