//! Assigning staff.

use rishi_domain::assignment::{
    AssignError, AssignGiven, AssignStaff, Assigned, Assignment, assign,
};
use rishi_domain::id::{AssignmentId, BookingId, UserId};
use rishi_domain::permission::Capability;
use rishi_domain::staffing::check::Work;
use rishi_domain::staffing::person::Person;

use super::problems::problem;
use crate::auth::{Caller, Principal};
use crate::bookings::load::{expected, matches};
use crate::bookings::{AssignmentBrief, BookingRecord, BookingView, PersonBrief};
use crate::commit::{Answer, Change, Expected, Guard};
use crate::events::{Cause, Place, subject};
use crate::{App, Commit, Error};

/// How often a decision is made anew when somebody else was faster. Each time somebody else has got
/// ahead, so this many must have, at once, on one booking or about one person.
pub(crate) const TRIES: usize = 40;

/// Whether somebody else was faster, so that the same request may well succeed on what is there now,
/// or be refused for a better reason.
pub(super) fn overtaken(error: &Error) -> bool {
    matches!(
        error,
        Error::VersionConflict { .. }
            | Error::StaffConflict { .. }
            | Error::Duplicate("assignment")
    )
}

impl App {
    /// Assigns staff to a booking, all of them or none: loads everybody with what speaks against them,
    /// asks the domain, and commits while each of them is guarded. Whoever loses a race is decided
    /// about again, and so learns why.
    pub async fn assign_staff(
        &self,
        caller: &Caller,
        id: BookingId,
        if_match: Option<u64>,
        command: AssignStaff,
        reply: fn(&BookingView) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let mut outcome = self.try_assign(caller, id, if_match, command.clone(), reply).await;
        for _ in 1..TRIES {
            match outcome {
                Err(error) if overtaken(&error) => {
                    outcome = self.try_assign(caller, id, if_match, command.clone(), reply).await;
                }
                decided => return decided,
            }
        }
        outcome
    }

    async fn try_assign(
        &self,
        caller: &Caller,
        id: BookingId,
        if_match: Option<u64>,
        command: AssignStaff,
        reply: fn(&BookingView) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let now = self.now();
        let principal = &caller.principal;
        let (record, organization) = self.visible_booking(principal, id).await?;
        let what = "assign staff to this booking";
        Self::require(principal, Capability::AssignStaff, what, &organization, &record, now)?;
        matches(if_match, record.booking.version)?;
        let location = self.place_of(&record.booking).await?;
        let people = self.people(&record.booking, concerned(&record, &command)).await?;
        let assigned = record.involves(principal.user_id());
        let about = Some((&record.booking, assigned));
        let settings = &organization.settings;
        let ids: Vec<AssignmentId> = command.assignments.iter().map(|_| self.ids.next()).collect();
        let given = AssignGiven {
            now,
            actor: principal.user_id(),
            work: Work { booking: &record.booking, location: location.as_ref(), settings },
            people: &people,
            may_override: principal.may(Capability::OverridePresence, &organization, about, now),
            ids: &ids,
        };
        let decision = assign(&given, command).map_err(|error| refused(principal, error))?;

        let (commit, record) =
            self.assigned(&Cause::from(caller), super::SOURCE, record, &people, decision);
        let answer = reply(&BookingView::new(record, principal, &organization, now))?;
        self.finish(caller, Capability::ReadBookings, commit, answer, false).await
    }

    /// The commit that makes assignments, and the booking with them.
    pub(crate) fn assigned(
        &self,
        cause: &Cause,
        source: &'static str,
        mut record: BookingRecord,
        people: &[Person],
        decision: Assigned,
    ) -> (Commit, BookingRecord) {
        let place = Place {
            source,
            subject: subject::booking(record.booking.id),
            organization: Some(record.booking.organization_id),
        };
        let now = decision.booking.updated_at;
        let rows = decision.assignments.iter().cloned();
        let rows = rows.map(|row| Change::Assignment(Box::new(row)));
        let commit = Commit {
            expected: rests_on(&record, people, &decision.assignments),
            changes: [Change::Booking(Box::new(decision.booking.clone()))]
                .into_iter()
                .chain(rows)
                .collect(),
            events: self.tell(&place, cause, now, vec![decision.fact]),
            guards: guards(&record, &decision.assignments),
            ..Commit::default()
        };
        record.booking = decision.booking;
        let brief = |row: &Assignment| {
            let person = people.iter().find(|person| person.id == row.staff_id);
            let name = person.map(|person| person.display_name.clone()).unwrap_or_default();
            AssignmentBrief::new(row, PersonBrief { id: row.staff_id, display_name: name })
        };
        record.staff.extend(decision.assignments.iter().map(brief));
        (commit, record)
    }
}

/// Everybody who is asked for, and everybody who is on the booking.
fn concerned(record: &BookingRecord, command: &AssignStaff) -> Vec<UserId> {
    let live = record.staff.iter().filter(|one| one.status.is_live()).map(|one| one.staff.id);
    let asked = command.assignments.iter().map(|order| order.staff_id);
    let mut ids: Vec<UserId> = live.chain(asked).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The versions that the decision was made on: the booking's, and each assigned person's.
fn rests_on(
    record: &BookingRecord,
    people: &[Person],
    assignments: &[Assignment],
) -> Vec<Expected> {
    let chosen = |person: &&Person| assignments.iter().any(|one| one.staff_id == person.id);
    let profiles = people.iter().filter(chosen).filter_map(|person| person.profile.as_ref());
    let profiles = profiles.map(|profile| Expected {
        subject: subject::staff(profile.user_id),
        version: profile.version,
    });
    [expected(&record.booking)].into_iter().chain(profiles).collect()
}

fn guards(record: &BookingRecord, assignments: &[Assignment]) -> Vec<Guard> {
    let free = |one: &Assignment| Guard::StaffFree {
        staff: one.staff_id,
        range: record.booking.range(),
        booking: record.booking.id,
    };
    assignments.iter().map(free).collect()
}

pub(super) fn refused(principal: &Principal, error: AssignError) -> Error {
    match error {
        AssignError::Invalid(invalid) => Error::Invalid(invalid),
        AssignError::Refused(problems) => {
            let seen = problems.into_iter().map(|against| problem(principal, against));
            Error::StaffProblems(seen.collect())
        }
        AssignError::MayNotOverride => {
            Error::Forbidden("pass over what speaks against staff members")
        }
        AssignError::Unwritable(error) => error.into(),
    }
}
