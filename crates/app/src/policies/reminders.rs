//! `BOOKING_REMINDER_DUE`: live staff and the creator are reminded.

use async_trait::async_trait;
use jiff::SignedDuration;
use rishi_bus::{Envelope, HandlerError, Policy, Start, Subscription, SubscriptionSpec};
use rishi_domain::booking::due::reminds;
use rishi_domain::event::{BookingReminderDue, Payload};
use rishi_domain::id::UserId;
use rishi_domain::notification::NotificationKind;

use super::present::Present;
use super::read;
use super::tell::{tell, unless_empty};
use crate::notifications::Facts;
use crate::{App, Commit};

struct Remind(App);

/// Never of a booking that was cancelled, held or moved, or that has begun by then: the commit rests on the
/// booking as it is.
/// It begins with now, so that nobody is reminded of what was before.
pub(super) fn subscription(app: App) -> Subscription<Commit> {
    let spec =
        SubscriptionSpec::new("reminders").on_type(BookingReminderDue::TYPE).starting(Start::Now);
    Subscription::policy(spec, Remind(app))
}

#[async_trait]
impl Policy<Commit> for Remind {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let due = read::<BookingReminderDue>(event)?;
        let Some(now) = Present::load(&self.0, due.booking_id).await? else { return Ok(None) };
        let booking = now.booking();
        let left = booking.scheduled_start.duration_since(self.0.now());
        let moved = booking.scheduled_start != due.scheduled_start;
        if !reminds(booking.status) || moved || !left.is_positive() {
            return Ok(None);
        }
        // As said in the setting, or less if the platform was not there in time.
        let hours = (left + SignedDuration::from_mins(30)).as_hours().max(1);
        let recipients: Vec<UserId> = now.live().chain([booking.created_by]).collect();
        let whom = (NotificationKind::BookingReminder, &recipients[..]);
        let facts = Facts::of_booking(booking).with("hours", hours);
        let told = tell(&self.0, (event, booking), whom, facts).await?;
        Ok(unless_empty(now.commit().and(told)))
    }
}
