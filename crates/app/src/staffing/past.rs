//! Why this person, or why not, as of then: the engine that ranks candidates now, on the state that the
//! log tells of.
//!
//! Folded up to the moment: the booking, its location and its organization's settings, profiles,
//! memberships and whether people might sign in, assignments, declarations and leave. Who is asked about
//! are those whom the caller sees now. What the log cannot tell, because retention has removed it, is taken
//! as it is now, and the answer says that something was ([`Past::assumed`]).

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use rishi_bus::Envelope;
use rishi_domain::assignment::{Assignment, AssignmentStatus, told};
use rishi_domain::availability::{AvailabilityBlock, Declarations};
use rishi_domain::booking::{Booking, snapshot};
use rishi_domain::event::{
    AvailabilityBlockCreated, AvailabilityBlockDeleted, AvailabilityBlockUpdated,
    CertificationVerified, LeaveApproved, LeaveRejected, LeaveRequested, LocationCreated,
    LocationUpdated, MembershipCreated, MembershipRemoved, MembershipUpdated, OrganizationCreated,
    OrganizationUpdated, Payload, ReadError, StaffProfileCreated, StaffProfileUpdated, UserCreated,
    UserUpdated, read,
};
use rishi_domain::id::{AssignmentId, BookingId, MembershipId, OrganizationId, UserId};
use rishi_domain::location::Location;
use rishi_domain::membership::Membership;
use rishi_domain::organization::Organization;
use rishi_domain::staffing::StaffProfile;
use rishi_domain::staffing::person::{Person, Shift};
use rishi_domain::time::TimeRange;
use rishi_domain::user::{User, UserStatus};
use uuid::Uuid;

use super::people::around;
use super::port::{PeopleQuery, PersonRecord};
use super::works_for;
use crate::history::{AsOf, Moment};
use crate::scope::Scope;
use crate::{App, Error};

/// What stood at a moment.
pub(super) struct Past {
    pub(super) moment: Moment,
    pub(super) booking: Booking,
    pub(super) organization: Organization,
    pub(super) location: Option<Location>,
    pub(super) people: Vec<Person>,
    /// Whether something was taken as it is now, because the log no longer reaches back to it.
    pub(super) assumed: bool,
}

impl App {
    /// The state that decided about candidates of a booking at a moment.
    pub(super) async fn past_of(
        &self,
        scope: &Scope,
        now: (&Booking, &Organization),
        as_of: AsOf,
    ) -> Result<Past, Error> {
        let missing = |message: &str| Error::invalid("asOf", "before_the_log", message);
        let found = self.store.moment(as_of).await?;
        let moment = found.ok_or_else(|| missing("the log does not reach back to this moment"))?;
        let upto = moment.position;
        let own = self.store.stories(vec![now.0.id], upto).await?;
        let booking = Stories::of(&own)?.bookings.remove(&now.0.id);
        let booking = booking.ok_or_else(|| missing("the booking did not exist then"))?;
        let mut fold = Fold { app: self, moment, assumed: false };
        let organization = fold.organization(now.1).await?;
        let location = match booking.location_id {
            Some(id) => fold.location(id.0).await?,
            None => None,
        };
        let people = fold.people(scope, &booking).await?;
        let assumed = fold.assumed;
        Ok(Past { moment, booking, organization, location, people, assumed })
    }
}

/// Reads the log up to a moment.
struct Fold<'a> {
    app: &'a App,
    moment: Moment,
    assumed: bool,
}

impl Fold<'_> {
    /// Of each thing what the log tells of it, else what is there now if it was there then.
    async fn told<T: Clone>(
        &mut self,
        kind: &'static str,
        now: impl IntoIterator<Item = (Uuid, Timestamp, T)>,
        types: &'static [&'static str],
        as_told: fn(&Envelope) -> Result<Option<T>, ReadError>,
    ) -> Result<HashMap<Uuid, T>, Error> {
        let now: Vec<_> = now.into_iter().collect();
        let ids = now.iter().map(|(id, ..)| *id).collect();
        let events = self.app.store.newest(kind, ids, types, self.moment.position).await?;
        let mut found = HashMap::with_capacity(now.len());
        for (id, made, present) in now {
            let told = match events.get(&id) {
                Some(event) => as_told(event).map_err(unreadable)?,
                None if self.moment.removed > 0 && made <= self.moment.time => {
                    self.assumed = true;
                    Some(present)
                }
                None => None,
            };
            found.extend(told.map(|told| (id, told)));
        }
        Ok(found)
    }

    async fn organization(&mut self, now: &Organization) -> Result<Organization, Error> {
        const TYPES: &[&str] = &[OrganizationCreated::TYPE, OrganizationUpdated::TYPE];
        let present = [(now.id.0, now.created_at, now.clone())];
        let mut found = self.told("organization", present, TYPES, organization).await?;
        Ok(found.remove(&now.id.0).unwrap_or_else(|| now.clone()))
    }

    async fn location(&mut self, id: Uuid) -> Result<Option<Location>, Error> {
        const TYPES: &[&str] = &[LocationCreated::TYPE, LocationUpdated::TYPE];
        let Some(now) = self.app.store.location(&Scope::system(), id.into()).await? else {
            return Ok(None);
        };
        let present = [(id, now.created_at, now)];
        Ok(self.told("location", present, TYPES, location).await?.remove(&id))
    }

    /// Everybody whom the scope shows now and who had a profile then.
    async fn people(&mut self, scope: &Scope, booking: &Booking) -> Result<Vec<Person>, Error> {
        let around = around(booking.range());
        let query = PeopleQuery { organization: booking.organization_id, people: None, around };
        let now = self.app.store.people(scope, &query).await?;
        let ids: Vec<UserId> = now.iter().map(|person| person.id).collect();
        let profiles = self.profiles(&now).await?;
        let serving = self.serving(booking.organization_id, &now).await?;
        let mut declared = self.declared(&ids, &booking.range()).await?;
        let mut shifts = self.shifts(&ids, around).await?;
        let (start, known) = (booking.scheduled_start, self.moment.time);
        let reliability = self.app.store.reliability(ids, start, known).await?;
        let person = |record: PersonRecord| {
            let profile = profiles.get(&record.id.0)?.clone();
            let nothing = || Declarations::default().during(&booking.range());
            Some(Person {
                id: record.id,
                display_name: record.display_name,
                profile: Some(profile),
                serves: serving.get(&record.id).copied().unwrap_or_default(),
                shifts: shifts.remove(&record.id).unwrap_or_default(),
                availability: declared.remove(&record.id).unwrap_or_else(nothing),
                reliability: reliability.get(&record.id).copied().unwrap_or_default(),
            })
        };
        Ok(now.into_iter().filter_map(person).collect())
    }

    async fn profiles(
        &mut self,
        now: &[PersonRecord],
    ) -> Result<HashMap<Uuid, StaffProfile>, Error> {
        const TYPES: &[&str] =
            &[StaffProfileCreated::TYPE, StaffProfileUpdated::TYPE, CertificationVerified::TYPE];
        let present = now.iter().filter_map(|person| {
            let profile = person.profile.clone()?;
            Some((person.id.0, profile.created_at, profile))
        });
        let present: Vec<_> = present.collect();
        self.told("staff", present, TYPES, profile).await
    }

    /// Who might sign in and did field work for the organization.
    async fn serving(
        &mut self,
        organization: OrganizationId,
        now: &[PersonRecord],
    ) -> Result<HashMap<UserId, bool>, Error> {
        const USERS: &[&str] = &[UserCreated::TYPE, UserUpdated::TYPE];
        const MEMBERSHIPS: &[&str] =
            &[MembershipCreated::TYPE, MembershipUpdated::TYPE, MembershipRemoved::TYPE];
        let upto = self.moment.position;
        let ids = now.iter().map(|person| person.id.0).collect();
        let users = self.app.store.newest("user", ids, USERS, upto).await?;
        let mut memberships: HashMap<MembershipId, Option<Membership>> = HashMap::new();
        let mut known: HashMap<UserId, Vec<MembershipId>> = HashMap::new();
        for event in self.app.store.of_types(MEMBERSHIPS, upto).await? {
            let (row, there) = membership(&event).map_err(unreadable)?;
            known.entry(row.user_id).or_default().push(row.id);
            memberships.insert(row.id, there.then_some(row));
        }
        let mut serving = HashMap::with_capacity(now.len());
        for person in now {
            let active = match users.get(&person.id.0) {
                Some(event) => user(event).map_err(unreadable)?.status == UserStatus::Active,
                None => true,
            };
            let serves = match known.get(&person.id) {
                Some(ids) => {
                    let rows = ids.iter().filter_map(|id| memberships.get(id)?.clone());
                    works_for(&rows.collect::<Vec<_>>()).contains(&organization)
                }
                None if self.moment.removed > 0 => {
                    self.assumed = true;
                    person.serves
                }
                None => false,
            };
            serving.insert(person.id, active && serves);
        }
        Ok(serving)
    }

    /// What people had declared about a range.
    async fn declared(
        &mut self,
        people: &[UserId],
        range: &TimeRange,
    ) -> Result<HashMap<UserId, rishi_domain::availability::Availability>, Error> {
        const TYPES: &[&str] = &[
            AvailabilityBlockCreated::TYPE,
            AvailabilityBlockUpdated::TYPE,
            AvailabilityBlockDeleted::TYPE,
            LeaveRequested::TYPE,
            LeaveApproved::TYPE,
            LeaveRejected::TYPE,
        ];
        let now = self.app.store.ever_declared(people.to_vec()).await?;
        let present = now.into_iter().map(|one| (one.id.0, one.created_at, one));
        let present: Vec<_> = present.collect();
        let then = self.told("availability", present, TYPES, block).await?;
        let mut by_person: HashMap<UserId, Vec<AvailabilityBlock>> = HashMap::new();
        for block in then.into_values() {
            by_person.entry(block.user_id).or_default().push(block);
        }
        let during = |(person, blocks): (UserId, Vec<AvailabilityBlock>)| {
            let declared =
                Declarations::new(&blocks).map_err(|error| Error::Internal(Box::new(error)))?;
            Ok((person, declared.during(range)))
        };
        by_person.into_iter().map(during).collect()
    }

    /// The shifts that people had around a time.
    async fn shifts(
        &mut self,
        people: &[UserId],
        around: TimeRange,
    ) -> Result<HashMap<UserId, Vec<Shift>>, Error> {
        let upto = self.moment.position;
        let bookings = self.app.store.once_on(people.to_vec(), around, upto).await?;
        let events = self.app.store.stories(bookings, upto).await?;
        let Stories { bookings, assignments } = Stories::of(&events)?;
        let mut shifts: HashMap<UserId, Vec<Shift>> = HashMap::new();
        for one in assignments.values() {
            let Some(booking) = bookings.get(&one.booking_id) else { continue };
            let live = one.status.is_live();
            let counts = live || one.status == AssignmentStatus::Completed;
            if counts && booking.range().overlaps(&around) {
                shifts.entry(one.staff_id).or_default().push(Shift {
                    booking_id: booking.id,
                    organization_id: booking.organization_id,
                    range: booking.range(),
                    live,
                });
            }
        }
        for own in shifts.values_mut() {
            own.sort_by_key(|shift| (shift.range.start, shift.booking_id));
        }
        Ok(shifts)
    }
}

/// Bookings and their assignments as their events leave them.
struct Stories {
    bookings: HashMap<BookingId, Booking>,
    assignments: HashMap<AssignmentId, Assignment>,
}

impl Stories {
    fn of(events: &[Arc<Envelope>]) -> Result<Self, Error> {
        let (mut bookings, mut assignments) = (HashMap::new(), HashMap::new());
        for event in events {
            let (kind, version) = (&*event.event_type, event.schema_version);
            let booking = snapshot(kind, version, &event.data).map_err(unreadable)?;
            bookings.extend(booking.map(|booking| (booking.id, booking)));
            let told = told(kind, version, &event.data).map_err(unreadable)?;
            assignments.extend(told.into_iter().map(|one| (one.id, one)));
        }
        Ok(Self { bookings, assignments })
    }
}

fn unreadable(error: ReadError) -> Error {
    Error::Internal(Box::new(error))
}

fn organization(event: &Envelope) -> Result<Option<Organization>, ReadError> {
    let (version, data) = (event.schema_version, &event.data);
    Ok(Some(match &*event.event_type {
        OrganizationCreated::TYPE => read::<OrganizationCreated>(version, data)?.organization,
        _ => read::<OrganizationUpdated>(version, data)?.organization,
    }))
}

fn location(event: &Envelope) -> Result<Option<Location>, ReadError> {
    let (version, data) = (event.schema_version, &event.data);
    Ok(Some(match &*event.event_type {
        LocationCreated::TYPE => read::<LocationCreated>(version, data)?.location,
        _ => read::<LocationUpdated>(version, data)?.location,
    }))
}

fn profile(event: &Envelope) -> Result<Option<StaffProfile>, ReadError> {
    let (version, data) = (event.schema_version, &event.data);
    Ok(Some(match &*event.event_type {
        StaffProfileCreated::TYPE => read::<StaffProfileCreated>(version, data)?.profile,
        StaffProfileUpdated::TYPE => read::<StaffProfileUpdated>(version, data)?.profile,
        _ => read::<CertificationVerified>(version, data)?.profile,
    }))
}

fn block(event: &Envelope) -> Result<Option<AvailabilityBlock>, ReadError> {
    let (version, data) = (event.schema_version, &event.data);
    Ok(Some(match &*event.event_type {
        AvailabilityBlockCreated::TYPE => read::<AvailabilityBlockCreated>(version, data)?.block,
        AvailabilityBlockUpdated::TYPE => read::<AvailabilityBlockUpdated>(version, data)?.block,
        AvailabilityBlockDeleted::TYPE => read::<AvailabilityBlockDeleted>(version, data)?.block,
        LeaveRequested::TYPE => read::<LeaveRequested>(version, data)?.block,
        LeaveApproved::TYPE => read::<LeaveApproved>(version, data)?.block,
        _ => read::<LeaveRejected>(version, data)?.block,
    }))
}

fn user(event: &Envelope) -> Result<User, ReadError> {
    let (version, data) = (event.schema_version, &event.data);
    Ok(match &*event.event_type {
        UserCreated::TYPE => read::<UserCreated>(version, data)?.user,
        _ => read::<UserUpdated>(version, data)?.user,
    })
}

/// A membership, and whether it was still there.
fn membership(event: &Envelope) -> Result<(Membership, bool), ReadError> {
    let (version, data) = (event.schema_version, &event.data);
    Ok(match &*event.event_type {
        MembershipCreated::TYPE => (read::<MembershipCreated>(version, data)?.membership, true),
        MembershipUpdated::TYPE => (read::<MembershipUpdated>(version, data)?.membership, true),
        _ => (read::<MembershipRemoved>(version, data)?.membership, false),
    })
}
