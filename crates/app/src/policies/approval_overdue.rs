//! `BOOKING_APPROVAL_OVERDUE`: managers are told that somebody waits for them.

use async_trait::async_trait;
use rishi_bus::{Envelope, HandlerError, Policy, Start, Subscription, SubscriptionSpec};
use rishi_domain::booking::BookingStatus;
use rishi_domain::event::{BookingApprovalOverdue, Payload};
use rishi_domain::notification::NotificationKind;

use super::present::Present;
use super::read;
use super::tell::{tell, unless_empty};
use crate::notifications::Facts;
use crate::{App, Commit};

struct TellManagers(App);

/// Unless it was decided by then. It begins with now, so that nobody is told late of what was before.
pub(super) fn subscription(app: App) -> Subscription<Commit> {
    let spec = SubscriptionSpec::new("approval-overdue")
        .on_type(BookingApprovalOverdue::TYPE)
        .starting(Start::Now);
    Subscription::policy(spec, TellManagers(app))
}

#[async_trait]
impl Policy<Commit> for TellManagers {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let overdue = read::<BookingApprovalOverdue>(event)?;
        let Some(now) = Present::load(&self.0, overdue.booking_id).await? else { return Ok(None) };
        let booking = now.booking();
        if booking.status != BookingStatus::PendingApproval {
            return Ok(None);
        }
        let hours = event.timestamp.duration_since(overdue.submitted_at).as_hours();
        let managers = now.managers(&self.0).await?;
        let whom = (NotificationKind::ApprovalWaiting, &managers[..]);
        let facts = Facts::of_booking(booking).with("hours", hours);
        let told = tell(&self.0, (event, booking), whom, facts).await?;
        Ok(unless_empty(now.commit().and(told)))
    }
}
