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
use crate::bookings::BookingRecord;
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
            let mut findings = check(&work, person.unwrap_or(&stranger), &one.role);
            findings.retain(|finding| {
                finding.kind == Kind::Hard && finding.code != Code::AlreadyAssigned
            });
            if !findings.is_empty() {
                let against = Against { staff_id: one.staff.id, role: one.role.clone(), findings };
                problems.push(problem(principal, against));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(Error::StaffProblems(problems)) }
    }
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
