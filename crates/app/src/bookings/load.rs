//! Loading what a booking's use cases decide on, with the refusals that loading can bring.

use jiff::Timestamp;
use rishi_domain::booking::Booking;
use rishi_domain::id::{BookingId, LocationId, OrganizationId};
use rishi_domain::location::Location;
use rishi_domain::organization::{Organization, OrganizationStatus};
use rishi_domain::permission::Capability;

use super::BookingRecord;
use crate::auth::Principal;
use crate::commit::{Expected, Guard};
use crate::events::subject;
use crate::scope::Scope;
use crate::{App, Error};

impl App {
    /// For whom and where something is to be booked, if the caller may book it.
    pub(crate) async fn to_book(
        &self,
        principal: &Principal,
        organization: OrganizationId,
        location: Option<LocationId>,
    ) -> Result<(Organization, Option<Location>), Error> {
        let organization = self.booking_organization(principal, organization).await?;
        if !principal.may(Capability::CreateBookings, &organization, None, self.now()) {
            return Err(Error::Forbidden("create bookings for this organization"));
        }
        let location = match location {
            Some(id) => Some(self.usable_location(organization.id, id).await?),
            None => None,
        };
        Ok((organization, location))
    }

    /// The organization a booking is made for; 404 when the caller may not know of it.
    async fn booking_organization(
        &self,
        principal: &Principal,
        id: OrganizationId,
    ) -> Result<Organization, Error> {
        let scope = principal.scope(Capability::ReadBookings);
        let found = if scope.names(id) {
            self.store.organization(&Scope::system(), id).await?
        } else {
            None
        };
        found.ok_or(Error::NotFound("organization"))
    }

    /// A location that bookings of `organization` may use: its own, or one shared by all.
    pub(crate) async fn usable_location(
        &self,
        organization: OrganizationId,
        id: LocationId,
    ) -> Result<Location, Error> {
        let location = self.store.location(&Scope::system(), id).await?;
        location
            .filter(|found| found.organization_id.is_none_or(|owner| owner == organization))
            .ok_or_else(Error::unknown_location)
    }

    /// A booking and its organization, as far as the caller may read them.
    pub(crate) async fn visible_booking(
        &self,
        principal: &Principal,
        id: BookingId,
    ) -> Result<(BookingRecord, Organization), Error> {
        let scope = principal.scope(Capability::ReadBookings);
        let record = self.store.booking(&scope, id).await?.ok_or(Error::NotFound("booking"))?;
        let organization = self
            .store
            .organization(&Scope::system(), record.booking.organization_id)
            .await?
            .ok_or(Error::NotFound("organization"))?;
        Ok((record, organization))
    }

    /// Refuses unless the caller has `capability` toward the booking.
    pub(crate) fn require(
        principal: &Principal,
        capability: Capability,
        what: &'static str,
        organization: &Organization,
        record: &BookingRecord,
        now: Timestamp,
    ) -> Result<(), Error> {
        let assigned = record.involves(principal.user_id());
        if !principal.may(capability, organization, Some((&record.booking, assigned)), now) {
            return Err(Error::Forbidden(what));
        }
        if organization.status == OrganizationStatus::Suspended {
            return Err(Error::OrganizationSuspended);
        }
        Ok(())
    }
}

/// Refuses when the caller named another version than the one that was read.
pub(crate) fn matches(wanted: Option<u64>, current: u64) -> Result<(), Error> {
    match wanted {
        Some(version) if version != current => Err(Error::PreconditionFailed { current }),
        _ => Ok(()),
    }
}

/// The version of a booking that a decision was made on.
pub(crate) fn expected(booking: &Booking) -> Expected {
    Expected { subject: subject::booking(booking.id), version: booking.version }
}

/// Whether a request that rests on no version of the caller's may be decided again: nothing was said about
/// the booking itself since it was read, only its staff has changed. The platform assigns people by itself,
/// so nobody can know of it.
pub(super) fn only_staff_changed(before: &Booking, now: &Booking) -> bool {
    let same = Booking { version: now.version, updated_at: now.updated_at, ..before.clone() };
    same == *now && before.version != now.version
}

/// What must be free for a booking to take place: its location, and everyone on it.
pub(super) fn guards(booking: &Booking, record: Option<&BookingRecord>) -> Vec<Guard> {
    let range = booking.range();
    let location = booking.location_id.map(|location| Guard::LocationFree {
        location,
        range,
        booking: booking.id,
    });
    let live =
        record.into_iter().flat_map(|record| &record.staff).filter(|one| one.status.is_live());
    let staff =
        live.map(|one| Guard::StaffFree { staff: one.staff.id, range, booking: booking.id });
    location.into_iter().chain(staff).collect()
}
