//! Editing a booking.

use rishi_domain::booking::create::Given;
use rishi_domain::booking::edit::{EditBooking, edit};
use rishi_domain::id::BookingId;
use rishi_domain::organization::Organization;
use rishi_domain::permission::Capability;

use super::load::{expected, guards, matches, only_staff_changed};
use super::{BookingRecord, BookingView, LocationBrief};
use crate::auth::Caller;
use crate::commit::{Answer, Change};
use crate::events::{Cause, Place, subject};
use crate::scope::Scope;
use crate::staffing::TRIES;
use crate::{App, Commit, Error};

impl App {
    /// Edits a booking that is not final. An edit that changes nothing makes no event and answers
    /// the booking as it is. One that moves it checks again everybody who is on it. Races end as those
    /// about its status do.
    pub async fn edit_booking(
        &self,
        caller: &Caller,
        id: BookingId,
        if_match: Option<u64>,
        command: EditBooking,
        reply: fn(&BookingView) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let mut seen = self.visible_booking(&caller.principal, id).await?;
        for _ in 1..TRIES {
            let before = seen.0.booking.clone();
            let outcome = self.try_edit(caller, seen, if_match, command.clone(), reply).await;
            if if_match.is_some() || !matches!(outcome, Err(Error::VersionConflict { .. })) {
                return outcome;
            }
            seen = self.visible_booking(&caller.principal, id).await?;
            if !only_staff_changed(&before, &seen.0.booking) {
                return outcome;
            }
        }
        self.try_edit(caller, seen, if_match, command, reply).await
    }

    async fn try_edit(
        &self,
        caller: &Caller,
        (record, organization): (BookingRecord, Organization),
        if_match: Option<u64>,
        command: EditBooking,
        reply: fn(&BookingView) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let now = self.now();
        let (principal, id) = (&caller.principal, record.booking.id);
        let what = "edit this booking";
        Self::require(principal, Capability::CreateBookings, what, &organization, &record, now)?;
        matches(if_match, record.booking.version)?;

        let location = match command.location_id {
            Some(Some(wanted)) => Some(self.usable_location(organization.id, wanted).await?),
            Some(None) => None,
            None => match record.booking.location_id {
                Some(present) => self.store.location(&Scope::system(), present).await?,
                None => None,
            },
        };
        let given = Given {
            now,
            actor: principal.user_id(),
            id,
            organization: &organization,
            location: location.as_ref(),
        };
        let Some(decision) = edit(&given, &record.booking, command)? else {
            return reply(&BookingView::new(record, principal, &organization, now));
        };

        let place = Place {
            source: super::SOURCE,
            subject: subject::booking(id),
            organization: Some(organization.id),
        };
        let moved = decision.state.range() != record.booking.range()
            || decision.state.location_id != record.booking.location_id;
        if moved {
            let (after, place) = (&decision.state, location.as_ref());
            self.recheck_staff(principal, after, &organization, place, &record).await?;
        }
        let commit = Commit {
            expected: vec![expected(&record.booking)],
            changes: vec![Change::Booking(Box::new(decision.state.clone()))],
            events: self.tell(&place, &Cause::from(caller), now, decision.facts),
            guards: if moved { guards(&decision.state, Some(&record)) } else { Vec::new() },
            ..Commit::default()
        };
        let record = BookingRecord {
            booking: decision.state,
            location: location.as_ref().map(LocationBrief::from),
            ..record
        };
        let answer = reply(&BookingView::new(record, principal, &organization, now))?;
        self.finish(caller, Capability::ReadBookings, commit, answer, if_match.is_some()).await
    }
}
