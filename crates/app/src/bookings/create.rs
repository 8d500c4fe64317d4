//! Making a booking.

use rishi_domain::booking::create::{CreateBooking, Given, create};
use rishi_domain::id::BookingId;
use rishi_domain::permission::Capability;

use super::load::guards;
use super::{BookingRecord, BookingView, LocationBrief, PersonBrief};
use crate::auth::Caller;
use crate::commit::{Answer, Change};
use crate::events::{Cause, Place, subject};
use crate::{App, Commit, Error};

impl App {
    /// Makes a booking in `draft`: loads organization and location, asks the domain, commits row
    /// and `BOOKING_CREATED` together while the location is guarded.
    pub async fn create_booking(
        &self,
        caller: &Caller,
        command: CreateBooking,
        reply: fn(&BookingView) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let now = self.now();
        let principal = &caller.principal;
        let (organization, location) =
            self.to_book(principal, command.organization_id, command.location_id).await?;
        let id: BookingId = self.ids.next();
        let given = Given {
            now,
            actor: principal.user_id(),
            id,
            organization: &organization,
            location: location.as_ref(),
        };
        let decision = create(&given, command)?;

        let booking = decision.state;
        let place = Place {
            source: super::SOURCE,
            subject: subject::booking(id),
            organization: Some(organization.id),
        };
        let events = self.tell(&place, &Cause::from(caller), now, decision.facts);
        let guards = guards(&booking, None);
        let record = BookingRecord {
            location: location.as_ref().map(LocationBrief::from),
            creator: PersonBrief {
                id: principal.user_id(),
                display_name: principal.display_name().to_owned(),
            },
            staff: Vec::new(),
            booking: booking.clone(),
        };
        let answer = reply(&BookingView::new(record, principal, &organization, now))?;
        let commit = Commit {
            expected: Vec::new(),
            changes: vec![Change::Booking(Box::new(booking))],
            events,
            guards,
            ..Commit::default()
        };
        self.finish(caller, Capability::ReadBookings, commit, answer, false).await
    }
}
