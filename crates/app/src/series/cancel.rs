//! Cancelling a series, or a part of it.

use rishi_domain::booking::BookingStatus;
use rishi_domain::id::BookingSeriesId;
use rishi_domain::permission::{Capability, permits_transition};
use rishi_domain::recurrence::EditScope;
use rishi_domain::series::{Given, cancel, select};

use super::{Part, SeriesView, TRIES, before};
use crate::auth::Caller;
use crate::bookings::load::matches;
use crate::commit::Answer;
use crate::{App, Error};

impl App {
    /// Cancels the bookings of a series that `part` means, all of them or none; each takes the step that
    /// a booking takes alone.
    pub async fn cancel_series(
        &self,
        caller: &Caller,
        id: BookingSeriesId,
        if_match: Option<u64>,
        part: Part,
        notes: Option<&str>,
        reply: fn(&SeriesView) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let mut outcome = self.try_cancel_series(caller, id, if_match, part, notes, reply).await;
        for _ in 1..TRIES {
            let Err(Error::VersionConflict { .. }) = outcome else { break };
            outcome = self.try_cancel_series(caller, id, if_match, part, notes, reply).await;
        }
        outcome
    }

    async fn try_cancel_series(
        &self,
        caller: &Caller,
        id: BookingSeriesId,
        if_match: Option<u64>,
        part: Part,
        notes: Option<&str>,
        reply: fn(&SeriesView) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let now = self.now();
        let principal = &caller.principal;
        let (record, organization) = self.visible_series(principal, id).await?;
        let what = "cancel these bookings";
        Self::allowed_somewhere(principal, Capability::CancelBookings, what, &organization)?;
        matches(if_match, record.series.version)?;
        let bookings = record.bookings.iter().map(|one| &one.booking);
        let selection = select(bookings, part.scope.unwrap_or(EditScope::All), part.from, now)?;
        let given = Given {
            now,
            actor: principal.user_id(),
            id: self.ids.next(),
            organization: &organization,
            locations: &[],
        };
        let revised = cancel(&given, &record.series, &selection, notes)?;
        for booking in &selection.bookings {
            let assigned =
                before(&record, booking.id).is_some_and(|one| one.involves(principal.user_id()));
            let target = principal.target(&organization, Some((booking, assigned)), now);
            if !permits_transition(principal.grants(), &target, BookingStatus::Cancelled) {
                return Err(Error::Forbidden(what));
            }
        }
        let answer = reply(&SeriesView::after(&record, &revised))?;
        let commit = self.put_series(caller, Some(&record), revised);
        self.finish(caller, Capability::ReadBookings, commit, answer, false).await
    }
}
