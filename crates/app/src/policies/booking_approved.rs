//! `BOOKING_APPROVED_NOTIFICATION_REQUIRED`: creator, managers and live staff are told.

use async_trait::async_trait;
use rishi_bus::{Envelope, HandlerError, Policy, Start, Subscription, SubscriptionSpec};
use rishi_domain::event::{BookingApprovedNotificationRequired, Payload};
use rishi_domain::id::UserId;
use rishi_domain::notification::NotificationKind;

use super::present::Present;
use super::read;
use super::tell::{tell, unless_empty};
use crate::notifications::Facts;
use crate::{App, Commit};

struct TellConcerned(App);

/// It begins with now, so that nobody is told late of what was before.
pub(super) fn subscription(app: App) -> Subscription<Commit> {
    let spec = SubscriptionSpec::new("booking-approved")
        .on_type(BookingApprovedNotificationRequired::TYPE)
        .starting(Start::Now);
    Subscription::policy(spec, TellConcerned(app))
}

#[async_trait]
impl Policy<Commit> for TellConcerned {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let app = &self.0;
        let told = read::<BookingApprovedNotificationRequired>(event)?;
        let booking = &told.booking;
        let Some(now) = Present::load(app, booking.id).await? else { return Ok(None) };
        let mut recipients: Vec<UserId> = vec![booking.created_by];
        recipients.extend(now.managers(app).await?);
        recipients.extend(now.live());
        let whom = (NotificationKind::BookingApproved, &recipients[..]);
        let commit = tell(app, (event, booking), whom, Facts::of_booking(booking)).await?;
        Ok(unless_empty(commit))
    }
}
