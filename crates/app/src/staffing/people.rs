//! Loading the people in question for a booking, ready to be checked.

use jiff::SignedDuration;
use rishi_domain::availability::Declarations;
use rishi_domain::booking::Booking;
use rishi_domain::id::UserId;
use rishi_domain::location::Location;
use rishi_domain::organization::Organization;
use rishi_domain::staffing::check::{Code, Kind, Work, check};
use rishi_domain::staffing::person::Person;
use rishi_domain::time::TimeRange;

use super::port::{PeopleQuery, PersonRecord};
use super::problems::{Against, problem};
use crate::auth::Principal;
use crate::bookings::{AssignmentBrief, BookingRecord};
use crate::scope::Scope;
use crate::{App, Error};

/// How far around a booking shifts matter: rest is at most a week, and so is a week.
const AROUND: SignedDuration = SignedDuration::from_hours(8 * 24);

impl App {
    /// These people, as far as they are found, with what speaks for and against them.
    pub(super) async fn people(
        &self,
        booking: &Booking,
        ids: Vec<UserId>,
    ) -> Result<Vec<Person>, Error> {
        let query = PeopleQuery {
            organization: booking.organization_id,
            people: Some(ids),
            around: around(booking.range()),
        };
        self.ask_for_people(&Scope::system(), &query, booking.range()).await
    }

    /// The people of a query, with what they have declared about `range`.
    pub(super) async fn ask_for_people(
        &self,
        scope: &Scope,
        query: &PeopleQuery,
        range: TimeRange,
    ) -> Result<Vec<Person>, Error> {
        let found = self.store.people(scope, query).await?;
        found.into_iter().map(|record| person(record, range)).collect()
    }

    /// Where the booking is.
    pub(crate) async fn place_of(&self, booking: &Booking) -> Result<Option<Location>, Error> {
        match booking.location_id {
            Some(id) => Ok(self.store.location(&Scope::system(), id).await?),
            None => Ok(None),
        }
    }

    /// Refuses when something hard speaks against somebody who is on the booking, now that it is to be
    /// as it stands here. Soft reasons were weighed when the person was assigned.
    pub(crate) async fn recheck_staff(
        &self,
        principal: &Principal,
        booking: &Booking,
        organization: &Organization,
        location: Option<&Location>,
        record: &BookingRecord,
    ) -> Result<(), Error> {
        let live: Vec<_> = record.staff.iter().filter(|one| one.status.is_live()).collect();
        if live.is_empty() {
            return Ok(());
        }
        let people = self.people(booking, live.iter().map(|one| one.staff.id).collect()).await?;
        let work = Work { booking, location, settings: &organization.settings };
        let mut problems = Vec::new();
        for one in live {
            let stranger = Person::stranger(one.staff.id);
            let person = people.iter().find(|person| person.id == one.staff.id);
            if let Some(against) = hard(&work, person.unwrap_or(&stranger), &one.role) {
                problems.push(problem(principal, against));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(Error::StaffProblems(problems)) }
    }
}

/// A booking that is moved together with others.
pub(crate) struct MovedBooking<'a> {
    /// As it is to be.
    pub(crate) booking: &'a Booking,
    /// As it was, with who is on it.
    pub(crate) before: &'a BookingRecord,
    /// Where it is to be.
    pub(crate) location: Option<&'a Location>,
}

impl App {
    /// The same as [`App::recheck_staff`] for bookings that move together: everybody is loaded once, and
    /// none of the bookings is in the way of another where it was before.
    pub(crate) async fn recheck_together(
        &self,
        principal: &Principal,
        organization: &Organization,
        moved: &[MovedBooking<'_>],
    ) -> Result<(), Error> {
        let on_it = |one: &&AssignmentBrief| one.status.is_live();
        let everybody = moved.iter().flat_map(|one| one.before.staff.iter().filter(on_it));
        let mut ids: Vec<UserId> = everybody.map(|one| one.staff.id).collect();
        ids.sort_unstable();
        ids.dedup();
        let starts = moved.iter().map(|one| one.booking.scheduled_start).min();
        let ends = moved.iter().map(|one| one.booking.scheduled_end).max();
        let whole = starts.zip(ends).and_then(|(start, end)| TimeRange::new(start, end));
        let (Some(whole), false) = (whole, ids.is_empty()) else { return Ok(()) };
        let query =
            PeopleQuery { organization: organization.id, people: Some(ids), around: around(whole) };
        let mut people = self.store.people(&Scope::system(), &query).await?;
        for shift in people.iter_mut().flat_map(|person| &mut person.shifts) {
            let to = moved.iter().find(|one| one.booking.id == shift.booking_id);
            shift.range = to.map_or(shift.range, |one| one.booking.range());
        }
        let mut problems = Vec::new();
        for MovedBooking { booking, before, location } in moved {
            let work = Work { booking, location: *location, settings: &organization.settings };
            for one in before.staff.iter().filter(on_it) {
                let known = people.iter().find(|person| person.id == one.staff.id);
                let person = match known {
                    Some(known) => person(known.clone(), booking.range())?,
                    None => Person::stranger(one.staff.id),
                };
                if let Some(against) = hard(&work, &person, &one.role) {
                    problems.push((booking.id, problem(principal, against)));
                }
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(Error::OccurrenceProblems(problems)) }
    }
}

/// What hard speaks against somebody who is on the booking already.
fn hard(work: &Work, person: &Person, role: &str) -> Option<Against> {
    let mut findings = check(work, person, role);
    findings.retain(|finding| finding.kind == Kind::Hard && finding.code != Code::AlreadyAssigned);
    let (staff_id, role) = (person.id, role.to_owned());
    (!findings.is_empty()).then_some(Against { staff_id, role, findings })
}

/// The time in which shifts matter.
pub(super) fn around(range: TimeRange) -> TimeRange {
    let start = range.start.checked_sub(AROUND).unwrap_or(jiff::Timestamp::MIN);
    let end = range.end.checked_add(AROUND).unwrap_or(jiff::Timestamp::MAX);
    TimeRange { start, end }
}

/// The person with what was declared about `range`.
pub(super) fn person(record: PersonRecord, range: TimeRange) -> Result<Person, Error> {
    let declarations =
        Declarations::new(&record.blocks).map_err(|error| Error::Internal(Box::new(error)))?;
    Ok(Person {
        id: record.id,
        display_name: record.display_name,
        profile: record.profile,
        serves: record.serves,
        shifts: record.shifts,
        availability: declarations.during(&range),
        reliability: record.reliability,
    })
}
