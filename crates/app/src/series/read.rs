//! Reading a series.

use rishi_domain::id::BookingSeriesId;
use rishi_domain::permission::Capability;

use super::SeriesView;
use crate::auth::Principal;
use crate::{App, Error};

impl App {
    /// A series of which the caller may see a booking, with those that the caller may see.
    pub async fn series(
        &self,
        principal: &Principal,
        id: BookingSeriesId,
    ) -> Result<SeriesView, Error> {
        let scope = principal.scope(Capability::ReadBookings);
        let found = self.store.series(&scope, id).await?.ok_or(Error::NotFound("series"))?;
        Ok(SeriesView::new(found.series, found.bookings.iter().map(|one| &one.booking)))
    }
}
