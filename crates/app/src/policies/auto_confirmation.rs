//! `BOOKING_AUTO_CONFIRMATION_REQUIRED`: the booking is confirmed by the platform.

use async_trait::async_trait;
use rishi_bus::{Envelope, HandlerError, Policy, Subscription, SubscriptionSpec};
use rishi_domain::booking::BookingStatus;
use rishi_domain::booking::transition::{ChangeStatus, TransitionGiven, transition};
use rishi_domain::event::{BookingAutoConfirmationRequired, Payload};

use super::auto_confirmation_request::staffed;
use super::present::{Present, about, on_behalf_of};
use super::{failed, read};
use crate::commit::Change;
use crate::events::Cause;
use crate::{App, Commit};

struct Confirm(App);

/// From `approved` to `confirmed`, if the booking still has the people it needs.
pub(super) fn subscription(app: App) -> Subscription<Commit> {
    let spec =
        SubscriptionSpec::new("auto-confirmation").on_type(BookingAutoConfirmationRequired::TYPE);
    Subscription::policy(spec, Confirm(app))
}

#[async_trait]
impl Policy<Commit> for Confirm {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let asked = read::<BookingAutoConfirmationRequired>(event)?;
        let Some(now) = Present::load(&self.0, asked.booking.id).await? else { return Ok(None) };
        if !staffed(&self.0, &now).await? {
            return Ok(None);
        }
        let booking = now.booking();
        let given = TransitionGiven { now: self.0.now(), actor: on_behalf_of(event, booking) };
        let command = ChangeStatus { status: BookingStatus::Confirmed, notes: None };
        let decision = transition(&given, booking, command).map_err(failed)?;
        let (place, cause) = (about(booking), Cause::from(event));
        Ok(Some(Commit {
            changes: vec![Change::Booking(Box::new(decision.state))],
            events: self.0.tell(&place, &cause, given.now, decision.facts),
            ..now.commit()
        }))
    }
}
