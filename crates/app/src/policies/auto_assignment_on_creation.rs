//! `BOOKING_CREATED`: a booking that asks for it gets its staff chosen by the platform.

use async_trait::async_trait;
use rishi_bus::{Envelope, HandlerError, Policy, Subscription, SubscriptionSpec};
use rishi_domain::event::{AutoStaffAssignmentRequired, BookingCreated, Fact, Payload};
use rishi_domain::staffing::team::headcount;

use super::present::{about, on_behalf_of};
use super::{failed, read};
use crate::events::Cause;
use crate::{App, Commit};

struct AskForStaff(App);

/// `AUTO_STAFF_ASSIGNMENT_REQUIRED` for a booking whose `staffRequirements` say `autoAssign` and how many.
pub(super) fn subscription(app: App) -> Subscription<Commit> {
    let spec = SubscriptionSpec::new("auto-assignment-on-creation").on_type(BookingCreated::TYPE);
    Subscription::policy(spec, AskForStaff(app))
}

#[async_trait]
impl Policy<Commit> for AskForStaff {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let created = read::<BookingCreated>(event)?;
        let booking = &created.booking;
        let needs = booking.staff_requirements.as_ref();
        let asks = needs.and_then(|needs| needs.auto_assign).unwrap_or_default();
        if !asks || headcount(booking) == 0 {
            return Ok(None);
        }
        let (place, requested_by) = (about(booking), on_behalf_of(event, booking));
        let asked = AutoStaffAssignmentRequired { booking: booking.clone(), requested_by };
        let fact = Fact::new(&asked).map_err(failed)?;
        let events = self.0.tell(&place, &Cause::from(event), self.0.now(), vec![fact]);
        Ok(Some(Commit { events, ..Commit::default() }))
    }
}
