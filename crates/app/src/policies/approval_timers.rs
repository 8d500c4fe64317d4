//! `BOOKING_STATUS_CHANGED`: what waits for approval is looked at again after a while.

use async_trait::async_trait;
use rishi_bus::{Envelope, HandlerError, Policy, Subscription, SubscriptionSpec};
use rishi_domain::booking::{BookingStatus, due};
use rishi_domain::event::{BookingApprovalOverdue, BookingStatusChanged, Fact, Payload};

use super::present::{Present, about};
use super::{failed, read};
use crate::events::Cause;
use crate::{App, Commit, timers};

struct WatchApproval(App);

/// A timer from the submission on, dropped with the decision.
pub(super) fn subscription(app: App) -> Subscription<Commit> {
    let spec = SubscriptionSpec::new("approval-timers").on_type(BookingStatusChanged::TYPE);
    Subscription::policy(spec, WatchApproval(app))
}

#[async_trait]
impl Policy<Commit> for WatchApproval {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let app = &self.0;
        let changed = read::<BookingStatusChanged>(event)?;
        let waits = BookingStatus::PendingApproval;
        let key = timers::approval(changed.booking_id);
        if changed.old_status == waits {
            let timers = vec![timers::cancel(key)];
            return Ok(Some(Commit { timers, ..Commit::default() }));
        }
        if changed.new_status != waits {
            return Ok(None);
        }
        let Some(now) = Present::load(app, changed.booking_id).await? else { return Ok(None) };
        if now.booking().status != waits {
            return Ok(None);
        }
        let submitted_at = event.timestamp;
        let due = due::approval(now.booking(), submitted_at, &now.organization.settings);
        let fact =
            Fact::new(&BookingApprovalOverdue { booking_id: changed.booking_id, submitted_at })
                .map_err(failed)?;
        let (place, cause) = (about(now.booking()), Cause::from(event));
        let timer = app.timer(key, due, (&place, &cause), fact);
        Ok(Some(Commit { timers: timer.into_iter().collect(), ..now.commit() }))
    }
}
