//! `BOOKING_CREATED`: the organization's managers find it in their inbox.

use async_trait::async_trait;
use rishi_bus::{Envelope, HandlerError, Policy, Subscription, SubscriptionSpec};
use rishi_domain::event::{BookingCreated, Payload};
use rishi_domain::notification::Notification;

use super::{failed, read};
use crate::commit::Change;
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
        let created: BookingCreated = read(event)?;
        let booking = created.booking;
        let managers = self.0.store.managers(booking.organization_id).await.map_err(failed)?;
        let notice = |manager| {
            Change::Notification(Box::new(Notification {
                id: self.0.ids.next(),
                user_id: manager,
                organization_id: booking.organization_id,
                kind: "booking_created".to_owned(),
                title: "New Booking Created".to_owned(),
                message: format!(
                    "A new {} booking \"{}\" has been created",
                    created.cannabis_operation_type.as_str(),
                    booking.title
                ),
                related_entity_type: "booking".to_owned(),
                related_entity_id: booking.id.0,
                read_at: None,
                created_at: self.0.now(),
            }))
        };
        let changes: Vec<Change> = managers.into_iter().map(notice).collect();
        Ok((!changes.is_empty()).then(|| Commit { changes, ..Commit::default() }))
    }
}
