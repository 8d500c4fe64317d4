//! Making a series.

use rishi_domain::booking::Given;
use rishi_domain::id::BookingId;
use rishi_domain::permission::Capability;
use rishi_domain::series::{CreateSeries, Revised, create};

use super::{SeriesView, slot};
use crate::auth::Caller;
use crate::commit::{Answer, Guard};
use crate::{App, Error};

impl App {
    /// Makes every booking of a series and the series itself in one commit, or nothing: loads
    /// organization and location, asks the domain, commits while the location is guarded for all of them.
    pub async fn create_series(
        &self,
        caller: &Caller,
        command: &CreateSeries,
        reply: fn(&SeriesView) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let now = self.now();
        let principal = &caller.principal;
        let (organization, location) =
            self.to_book(principal, command.organization_id, command.location_id).await?;
        let given = Given {
            now,
            actor: principal.user_id(),
            id: BookingId(uuid::Uuid::nil()),
            organization: &organization,
            location: location.as_ref(),
        };
        let created = create(&given, self.ids.next(), command, || self.ids.next())?;
        let bookings = created.bookings.iter().map(|one| &one.state);
        let answer = reply(&SeriesView::new(created.series.state.clone(), bookings.clone()))?;
        let slots = bookings.map(|booking| slot(booking, None)).collect();
        let revised = Revised { series: vec![created.series], bookings: created.bookings };
        let mut commit = self.put_series(caller, None, revised);
        commit.guards = vec![Guard::TogetherFree(slots)];
        self.finish(caller, Capability::ReadBookings, commit, answer, false).await
    }
}
