//! `BOOKING_COMPLETION_TASKS_REQUIRED`: assignments are completed and the cost is reckoned.

use async_trait::async_trait;
use rishi_bus::{Envelope, HandlerError, Policy, Subscription, SubscriptionSpec};
use rishi_domain::assignment::{Ending, settle};
use rishi_domain::booking::BookingStatus;
use rishi_domain::event::{BookingCompletionTasksRequired, Payload};

use super::present::{Present, add};
use super::{failed, read};
use crate::events::Cause;
use crate::{App, Commit};

struct Settle(App);

/// `BOOKING_SETTLED`, when anything is left to settle.
pub(super) fn subscription(app: App) -> Subscription<Commit> {
    let spec =
        SubscriptionSpec::new("booking-completion").on_type(BookingCompletionTasksRequired::TYPE);
    Subscription::policy(spec, Settle(app))
}

#[async_trait]
impl Policy<Commit> for Settle {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let app = &self.0;
        let asked = read::<BookingCompletionTasksRequired>(event)?;
        let Some(now) = Present::load(app, asked.booking.id).await? else { return Ok(None) };
        if now.booking().status != BookingStatus::Completed {
            return Ok(None);
        }
        let staff = now.staff(app).await?;
        let given = Ending { now: app.now(), actor: asked.completed_by, booking: now.booking() };
        let Some(ended) = settle(&given, &staff).map_err(failed)? else { return Ok(None) };
        let mut commit = now.commit();
        add(app, &mut commit, &Cause::from(event), ended);
        Ok(Some(commit))
    }
}
