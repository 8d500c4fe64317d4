//! `BOOKING_CREATED`: the organization's managers find it in their inbox.

use async_trait::async_trait;
use rishi_bus::{Envelope, HandlerError, Policy, Subscription, SubscriptionSpec};
use rishi_domain::event::{BookingCreated, Payload};
use rishi_domain::notification::NotificationKind;

use super::{failed, read};
use crate::events::subject;
use crate::notifications::{Facts, Notice};
use crate::{App, Commit};

struct TellManagers(App);

/// One notification for each manager.
pub(super) fn subscription(app: App) -> Subscription<Commit> {
    let spec = SubscriptionSpec::new("booking-created").on_type(BookingCreated::TYPE);
    Subscription::policy(spec, TellManagers(app))
}

#[async_trait]
impl Policy<Commit> for TellManagers {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let created = read::<BookingCreated>(event)?;
        let booking = &created.booking;
        // Of a series the first tells of all.
        if booking.series.as_ref().is_some_and(|place| place.number > 1) {
            return Ok(None);
        }
        let managers = self.0.store.managers(booking.organization_id).await.map_err(failed)?;
        let notice = Notice {
            kind: NotificationKind::BookingCreated,
            organization: booking.organization_id,
            recipients: &managers,
            about: subject::booking(booking.id),
            facts: Facts::of_booking(booking),
        };
        let commit = self.0.notices(event, &notice).await.map_err(failed)?;
        Ok((!commit.changes.is_empty()).then_some(commit))
    }
}
