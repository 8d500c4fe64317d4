//! Taking a booking from one state to the next.

use rishi_domain::booking::transition::{
    ChangeStatus, TransitionError, TransitionGiven, transition,
};
use rishi_domain::booking::{BookingStatus, due};
use rishi_domain::id::BookingId;
use rishi_domain::organization::{Organization, OrganizationStatus};
use rishi_domain::permission::{Capability, permits_transition};

use super::load::{expected, guards, matches, only_staff_changed};
use super::{BookingRecord, BookingView};
use crate::auth::Caller;
use crate::commit::{Answer, Change};
use crate::events::{Cause, Place, subject};
use crate::staffing::TRIES;
use crate::{App, Commit, Error, timers};

impl App {
    /// Takes a booking to another state. A step that the lifecycle does not have is refused before
    /// the caller's permission for it is asked, because no permission would help.
    ///
    /// Whoever loses a race against another change of the booking itself is told so; against one of its
    /// staff, is decided about again.
    ///
    /// Approving, also after a hold, checks again that the location is free, and everybody who is on
    /// the booking.
    pub async fn change_booking_status(
        &self,
        caller: &Caller,
        id: BookingId,
        if_match: Option<u64>,
        command: ChangeStatus,
        reply: fn(&BookingView) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let mut seen = self.visible_booking(&caller.principal, id).await?;
        for _ in 1..TRIES {
            let before = seen.0.booking.clone();
            let outcome = self.try_status(caller, seen, if_match, command.clone(), reply).await;
            if if_match.is_some() || !matches!(outcome, Err(Error::VersionConflict { .. })) {
                return outcome;
            }
            seen = self.visible_booking(&caller.principal, id).await?;
            if !only_staff_changed(&before, &seen.0.booking) {
                return outcome;
            }
        }
        self.try_status(caller, seen, if_match, command, reply).await
    }

    async fn try_status(
        &self,
        caller: &Caller,
        (record, organization): (BookingRecord, Organization),
        if_match: Option<u64>,
        command: ChangeStatus,
        reply: fn(&BookingView) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let now = self.now();
        let (principal, id) = (&caller.principal, record.booking.id);
        matches(if_match, record.booking.version)?;
        let to = command.status;
        let given = TransitionGiven { now, actor: principal.user_id() };
        let decision = match transition(&given, &record.booking, command) {
            Err(step @ TransitionError::InvalidTransition { .. }) => return Err(step.into()),
            decided => decided,
        };
        let assigned = record.involves(principal.user_id());
        let target = principal.target(&organization, Some((&record.booking, assigned)), now);
        if !permits_transition(principal.grants(), &target, to) {
            return Err(Error::Forbidden("change this booking's status in this way"));
        }
        if organization.status == OrganizationStatus::Suspended {
            return Err(Error::OrganizationSuspended);
        }
        let decision = decision?;
        if to == BookingStatus::Approved {
            let place = self.place_of(&decision.state).await?;
            let (after, place) = (&decision.state, place.as_ref());
            self.recheck_staff(principal, after, &organization, place, &record).await?;
        }

        let place = Place {
            source: super::SOURCE,
            subject: subject::booking(id),
            organization: Some(organization.id),
        };
        // With the same transaction nobody is reminded any more of what does not take place.
        let from = record.booking.status;
        let dropped = due::reminds(from) && !due::reminds(to);
        let dropped = dropped.then(|| timers::reminders(id).map(timers::cancel));
        let commit = Commit {
            timers: dropped.into_iter().flatten().collect(),
            expected: vec![expected(&record.booking)],
            changes: vec![Change::Booking(Box::new(decision.state.clone()))],
            events: self.tell(&place, &Cause::from(caller), now, decision.facts),
            guards: match to {
                BookingStatus::Approved => guards(&decision.state, Some(&record)),
                _ => Vec::new(),
            },
            ..Commit::default()
        };
        let record = BookingRecord { booking: decision.state, ..record };
        let answer = reply(&BookingView::new(record, principal, &organization, now))?;
        self.finish(caller, Capability::ReadBookings, commit, answer, if_match.is_some()).await
    }
}
