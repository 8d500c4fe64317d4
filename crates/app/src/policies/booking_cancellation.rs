//! `BOOKING_STATUS_CHANGED` to cancelled: nobody is held by a booking that does not take place.

use async_trait::async_trait;
use rishi_bus::{Envelope, HandlerError, Policy, Subscription, SubscriptionSpec};
use rishi_domain::assignment::{Ending, release_all, settle};
use rishi_domain::booking::{Booking, BookingStatus};
use rishi_domain::event::{AssignedStaff, BookingStatusChanged, Payload};
use rishi_domain::id::UserId;
use rishi_domain::notification::NotificationKind;

use super::booking_status_changed::impact;
use super::present::{Present, add};
use super::tell::{tell, unless_empty};
use super::{failed, read};
use crate::events::Cause;
use crate::notifications::Facts;
use crate::{App, Commit};

/// Why assignments are taken back.
const REASON: &str = "The booking was cancelled.";

struct LetGo(App);

/// `STAFF_RELEASED_FROM_BOOKING` for all who have not come, `BOOKING_SETTLED` for those who had; all of them
/// are told, with how much it disturbs.
pub(super) fn subscription(app: App) -> Subscription<Commit> {
    let spec = SubscriptionSpec::new("booking-cancellation").on_type(BookingStatusChanged::TYPE);
    Subscription::policy(spec, LetGo(app))
}

#[async_trait]
impl Policy<Commit> for LetGo {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let app = &self.0;
        let changed = read::<BookingStatusChanged>(event)?;
        if changed.new_status != BookingStatus::Cancelled {
            return Ok(None);
        }
        let Some(now) = Present::load(app, changed.booking_id).await? else { return Ok(None) };
        let staff = now.staff(app).await?;
        let mut commit = now.commit();
        let mut booking: Booking = now.booking().clone();
        let steps: [fn(&Ending, &[AssignedStaff]) -> _; 2] =
            [|given, staff| release_all(given, staff, REASON), settle];
        for step in steps {
            let given = Ending { now: app.now(), actor: changed.changed_by, booking: &booking };
            if let Some(ended) = step(&given, &staff).map_err(failed)? {
                booking = ended.booking.clone();
                add(app, &mut commit, &Cause::from(event), ended);
            }
        }
        let recipients: Vec<UserId> = now.live().collect();
        let facts = Facts::of_booking(now.booking())
            .with("impact", impact(event)?)
            .with_some("notes", changed.notes.as_deref());
        let whom = (NotificationKind::BookingCancelled, &recipients[..]);
        commit = commit.and(tell(app, (event, now.booking()), whom, facts).await?);
        Ok(unless_empty(commit))
    }
}
