//! `STAFF_RELEASED_FROM_BOOKING`: each of them is told.

use async_trait::async_trait;
use rishi_bus::{Envelope, HandlerError, Policy, Start, Subscription, SubscriptionSpec};
use rishi_domain::booking::BookingStatus;
use rishi_domain::event::{Payload, StaffReleasedFromBooking};
use rishi_domain::notification::NotificationKind;

use super::read;
use super::tell::{tell, unless_empty};
use crate::notifications::Facts;
use crate::{App, Commit};

struct TellReleased(App);

/// But for a booking that was cancelled: of that they are told as such. It begins with now, so that nobody is
/// told late of what was before.
pub(super) fn subscription(app: App) -> Subscription<Commit> {
    let spec = SubscriptionSpec::new("staff-released")
        .on_type(StaffReleasedFromBooking::TYPE)
        .starting(Start::Now);
    Subscription::policy(spec, TellReleased(app))
}

#[async_trait]
impl Policy<Commit> for TellReleased {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let told = read::<StaffReleasedFromBooking>(event)?;
        if told.booking.status == BookingStatus::Cancelled {
            return Ok(None);
        }
        let mut commit = Commit::default();
        for one in told.assignments.iter().map(|one| &one.assignment) {
            let whom = (NotificationKind::StaffReleased, &[one.staff_id][..]);
            let facts = Facts::of_booking(&told.booking).with("role", one.role.as_str());
            commit = commit.and(tell(&self.0, (event, &told.booking), whom, facts).await?);
        }
        Ok(unless_empty(commit))
    }
}
