//! From what is asked for to a problem: the bookings, the people, and what both rest on.

use std::collections::{BTreeMap, HashMap};

use rishi_domain::booking::Booking;
use rishi_domain::id::{LocationId, OrganizationId, UserId};
use rishi_domain::location::Location;
use rishi_domain::organization::{Organization, OrganizationStatus};
use rishi_domain::permission::Capability;
use rishi_domain::staffing::optimize::{Problem, Task, Worker};
use rishi_domain::staffing::team::open_places;
use rishi_domain::time::TimeRange;

use super::registry::{Basis, BookingBasis, PersonBasis};
use super::{BOOKINGS, OptimizeSchedule, PEOPLE, PLACES};
use crate::auth::Principal;
use crate::bookings::{BookingFilter, Cursor, SortField, Window};
use crate::scope::Scope;
use crate::staffing::best_team::present;
use crate::staffing::people::{around, person};
use crate::staffing::port::PeopleQuery;
use crate::{App, Error};

/// Bookings read at once.
const PAGE: u32 = 200;

impl App {
    /// The organizations, when the caller may assign staff in all of them, and pass over what is to be
    /// passed over.
    pub(super) async fn plannable(
        &self,
        principal: &Principal,
        ids: &[OrganizationId],
        overrides: bool,
    ) -> Result<Vec<Organization>, Error> {
        let scope = principal.scope(Capability::ReadBookings);
        let mut organizations = Vec::with_capacity(ids.len());
        for id in ids {
            let found = if scope.names(*id) {
                self.store.organization(&Scope::system(), *id).await?
            } else {
                None
            };
            let organization = found.ok_or(Error::NotFound("organization"))?;
            let may = |capability| principal.may(capability, &organization, None, self.now());
            if !may(Capability::AssignStaff) {
                return Err(Error::Forbidden("assign staff in this organization"));
            }
            if overrides && !may(Capability::OverridePresence) {
                return Err(Error::Forbidden("pass over what speaks against staff members"));
            }
            if organization.status == OrganizationStatus::Suspended {
                return Err(Error::OrganizationSuspended);
            }
            organizations.push(organization);
        }
        Ok(organizations)
    }

    /// Whether the caller may see what people of all these organizations earn.
    pub(super) fn sees_pay(&self, principal: &Principal, organizations: &[Organization]) -> bool {
        let now = self.now();
        let sees = |one| principal.may(Capability::SeePayRates, one, None, now);
        organizations.iter().all(sees)
    }

    /// The problem that is asked for, and what it rests on.
    pub(super) async fn problem(
        &self,
        principal: &Principal,
        request: &OptimizeSchedule,
        organizations: &[Organization],
    ) -> Result<(Problem, Basis), Error> {
        let mut tasks = Vec::new();
        for organization in organizations {
            self.tasks_of(request, organization, &mut tasks).await?;
        }
        let places: usize =
            tasks.iter().map(|task| open_places(&task.booking, &task.present).len()).sum();
        if tasks.len() > BOOKINGS || places > PLACES {
            let most = format!(
                "a plan takes at most {BOOKINGS} bookings and {PLACES} open places; narrow the range"
            );
            return Err(Error::invalid("to", "too_many", most));
        }
        let workers = self.workers(principal, organizations, &tasks).await?;
        if workers.len() > PEOPLE {
            let most = format!("a plan takes at most {PEOPLE} people; name fewer organizations");
            return Err(Error::invalid("organizationIds", "too_many", most));
        }
        let basis = Basis {
            bookings: tasks.iter().map(|task| (task.booking.id, booking(&task.booking))).collect(),
            people: workers.iter().map(|one| (one.person.id, known(one))).collect(),
        };
        let over = request.overriding.iter().flat_map(|over| &over.codes);
        let problem = Problem {
            tasks,
            workers,
            weights: request.weights,
            allowed: over.copied().collect(),
            seed: request.seed,
        };
        Ok((problem, basis))
    }

    /// Adds the bookings of an organization that have open places.
    async fn tasks_of(
        &self,
        request: &OptimizeSchedule,
        organization: &Organization,
        tasks: &mut Vec<Task>,
    ) -> Result<(), Error> {
        let begins = request.from.max(self.now());
        let mut locations: HashMap<LocationId, Option<Location>> = HashMap::new();
        let mut window = Window::Offset(0);
        loop {
            let filter = BookingFilter {
                organization: Some(organization.id),
                statuses: request.statuses.clone(),
                from: Some(begins),
                to: Some(request.to),
                window,
                limit: PAGE,
                ..BookingFilter::default()
            };
            let found = self.store.bookings(&Scope::system(), &filter).await?;
            for record in &found.items {
                let booking = &record.booking;
                let present = present(record);
                let open = !open_places(booking, &present).is_empty();
                if booking.scheduled_start < begins || !open {
                    continue;
                }
                if let Some(id) = booking.location_id
                    && !locations.contains_key(&id)
                {
                    locations.insert(id, self.place_of(booking).await?);
                }
                let location = booking.location_id.and_then(|id| locations.get(&id).cloned());
                tasks.push(Task {
                    booking: booking.clone(),
                    location: location.flatten(),
                    settings: organization.settings.clone(),
                    present,
                });
            }
            // One more than a plan takes is enough to refuse it.
            let last = found.items.last().filter(|_| found.items.len() == PAGE as usize);
            match last {
                Some(last) if tasks.len() <= BOOKINGS => {
                    window = Window::After(Cursor::of(&last.booking, SortField::ScheduledStart));
                }
                _ => return Ok(()),
            }
        }
    }

    /// Everybody whom the caller may see and one of the organizations may use, or who is on one of the
    /// bookings.
    async fn workers(
        &self,
        principal: &Principal,
        organizations: &[Organization],
        tasks: &[Task],
    ) -> Result<Vec<Worker>, Error> {
        let Some(whole) = whole(tasks.iter().map(|task| &task.booking)) else {
            return Ok(Vec::new());
        };
        let scope = principal.scope(Capability::ReadStaffProfiles);
        let mut workers: BTreeMap<UserId, Worker> = BTreeMap::new();
        for organization in organizations {
            let query =
                PeopleQuery { organization: organization.id, people: None, around: around(whole) };
            for record in self.store.people(&scope, &query).await? {
                let serves = record.serves.then_some(organization.id);
                if let Some(known) = workers.get_mut(&record.id) {
                    known.serves.extend(serves);
                    continue;
                }
                let worker =
                    Worker { person: person(record, whole)?, serves: serves.into_iter().collect() };
                workers.insert(worker.person.id, worker);
            }
        }
        let on_it = |id: UserId| {
            let mut present = tasks.iter().flat_map(|task| &task.present);
            present.any(|one| one.staff_id == id && one.status.is_live())
        };
        workers.retain(|id, worker| !worker.serves.is_empty() || on_it(*id));
        Ok(workers.into_values().collect())
    }
}

/// From the first booking's beginning to the last one's end.
pub(super) fn whole<'a>(bookings: impl Iterator<Item = &'a Booking>) -> Option<TimeRange> {
    let ranges = bookings.map(Booking::range);
    ranges.reduce(|one, other| TimeRange {
        start: one.start.min(other.start),
        end: one.end.max(other.end),
    })
}

fn booking(booking: &Booking) -> BookingBasis {
    BookingBasis {
        title: booking.title.clone(),
        start: booking.scheduled_start,
        version: booking.version,
    }
}

fn known(worker: &Worker) -> PersonBasis {
    PersonBasis {
        display_name: worker.person.display_name.clone(),
        version: worker.person.profile.as_ref().map_or(0, |profile| profile.version),
    }
}
