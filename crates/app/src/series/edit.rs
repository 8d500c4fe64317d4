//! Changing a series, or a part of it.

use rishi_domain::booking::EditBooking;
use rishi_domain::id::{BookingSeriesId, LocationId};
use rishi_domain::location::Location;
use rishi_domain::organization::{Organization, OrganizationStatus};
use rishi_domain::permission::Capability;
use rishi_domain::recurrence::EditScope;
use rishi_domain::series::{Given, Named, Revised, Selection, edit, select};

use super::{SeriesRecord, SeriesView, TRIES, before, slot};
use crate::auth::{Caller, Principal};
use crate::bookings::load::matches;
use crate::commit::{Answer, Guard};
use crate::scope::Scope;
use crate::staffing::people::MovedBooking;
use crate::{App, Error};

/// Which part of a series a change is about; all of it when nothing is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Part {
    /// How much.
    pub scope: Option<EditScope>,
    /// The occurrence that it starts from.
    pub from: Option<Named>,
}

impl App {
    /// Changes the bookings of a series that `part` means, all of them or none. Whatever moves is checked
    /// again: its location, and everybody who is on it. A booking that changed meanwhile is decided about
    /// again. The answer is the series that the change was about.
    pub async fn edit_series(
        &self,
        caller: &Caller,
        id: BookingSeriesId,
        if_match: Option<u64>,
        part: Part,
        command: &EditBooking,
        reply: fn(&SeriesView) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let mut outcome = self.try_edit_series(caller, id, if_match, part, command, reply).await;
        for _ in 1..TRIES {
            let Err(Error::VersionConflict { .. }) = outcome else { break };
            outcome = self.try_edit_series(caller, id, if_match, part, command, reply).await;
        }
        outcome
    }

    async fn try_edit_series(
        &self,
        caller: &Caller,
        id: BookingSeriesId,
        if_match: Option<u64>,
        part: Part,
        command: &EditBooking,
        reply: fn(&SeriesView) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let now = self.now();
        let principal = &caller.principal;
        let (record, organization) = self.visible_series(principal, id).await?;
        let what = "edit these bookings";
        Self::allowed_somewhere(principal, Capability::CreateBookings, what, &organization)?;
        matches(if_match, record.series.version)?;
        let bookings = record.bookings.iter().map(|one| &one.booking);
        let selection = select(bookings, part.scope.unwrap_or(EditScope::All), part.from, now)?;
        for booking in &selection.bookings {
            if let Some(one) = before(&record, booking.id) {
                let capability = Capability::CreateBookings;
                Self::require(principal, capability, what, &organization, one, now)?;
            }
        }
        let locations = self.locations_of(&organization, &selection, command).await?;
        let given = Given {
            now,
            actor: principal.user_id(),
            id: self.ids.next(),
            organization: &organization,
            locations: &locations,
        };
        let revised = edit(&given, &record.series, &selection, command)?;
        let answer = reply(&SeriesView::after(&record, &revised))?;
        if revised.series.is_empty() {
            return Ok(answer);
        }
        let guards =
            self.moved_together(principal, &organization, &locations, &record, &revised).await?;
        let mut commit = self.put_series(caller, Some(&record), revised);
        commit.guards = guards;
        self.finish(caller, Capability::ReadBookings, commit, answer, false).await
    }

    /// Refuses a caller who may not do it with any of the bookings, before anything else is said.
    pub(super) fn allowed_somewhere(
        principal: &Principal,
        capability: Capability,
        what: &'static str,
        organization: &Organization,
    ) -> Result<(), Error> {
        if !principal.scope(capability).names(organization.id) {
            return Err(Error::Forbidden(what));
        }
        if organization.status == OrganizationStatus::Suspended {
            return Err(Error::OrganizationSuspended);
        }
        Ok(())
    }

    /// Every location that the selected bookings have or are to have.
    async fn locations_of(
        &self,
        organization: &Organization,
        selection: &Selection<'_>,
        command: &EditBooking,
    ) -> Result<Vec<Location>, Error> {
        let mut ids: Vec<LocationId> =
            selection.bookings.iter().filter_map(|booking| booking.location_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut found = Vec::with_capacity(ids.len() + 1);
        if let Some(Some(wanted)) = command.location_id {
            ids.retain(|id| *id != wanted);
            found.push(self.usable_location(organization.id, wanted).await?);
        }
        for id in ids {
            found.extend(self.store.location(&Scope::system(), id).await?);
        }
        Ok(found)
    }

    /// What must be free for the bookings that change time or place, once everybody on them has been
    /// checked.
    async fn moved_together(
        &self,
        principal: &Principal,
        organization: &Organization,
        locations: &[Location],
        record: &SeriesRecord,
        revised: &Revised,
    ) -> Result<Vec<Guard>, Error> {
        let mut moved = Vec::new();
        for booking in revised.bookings.iter().map(|one| &one.state) {
            let Some(before) = before(record, booking.id) else { continue };
            let same = booking.range() == before.booking.range()
                && booking.location_id == before.booking.location_id;
            if !same {
                let there = |found: &&Location| Some(found.id) == booking.location_id;
                let location = locations.iter().find(there);
                moved.push(MovedBooking { booking, before, location });
            }
        }
        if moved.is_empty() {
            return Ok(Vec::new());
        }
        self.recheck_together(principal, organization, &moved).await?;
        let slots = moved.iter().map(|one| slot(one.booking, Some(one.before))).collect();
        Ok(vec![Guard::TogetherFree(slots)])
    }
}
