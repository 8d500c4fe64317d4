//! `BOOKING_STATUS_CHANGED`, `BOOKING_UPDATED`: reminders are set, move with the booking, and are dropped
//! when it does not go ahead.

use async_trait::async_trait;
use jiff::Timestamp;
use rishi_bus::{Envelope, HandlerError, Policy, Subscription, SubscriptionSpec, TimerChange};
use rishi_domain::booking::due::{reminders, reminds};
use rishi_domain::event::{
    BookingReminderDue, BookingStatusChanged, BookingUpdated, Fact, Payload,
};

use super::present::{Present, about};
use super::{failed, moved, read};
use crate::events::Cause;
use crate::{App, Commit, timers};

struct SetReminders(App);

/// A timer for each of the organization's reminders that is still to come.
pub(super) fn subscription(app: App) -> Subscription<Commit> {
    let spec = SubscriptionSpec::new("reminder-timers")
        .on_type(BookingStatusChanged::TYPE)
        .on_type(BookingUpdated::TYPE);
    Subscription::policy(spec, SetReminders(app))
}

#[async_trait]
impl Policy<Commit> for SetReminders {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let app = &self.0;
        let (id, moved, reminded) = if *event.event_type == *BookingUpdated::TYPE {
            let updated = read::<BookingUpdated>(event)?;
            (updated.booking_id, moved(&updated), false)
        } else {
            let changed = read::<BookingStatusChanged>(event)?;
            let concerns = reminds(changed.old_status) != reminds(changed.new_status);
            (changed.booking_id, concerns, reminds(changed.old_status))
        };
        if !moved {
            return Ok(None);
        }
        let Some(now) = Present::load(app, id).await? else { return Ok(None) };
        let going = reminds(now.booking().status);
        if !going && !reminded {
            return Ok(None);
        }
        let timers = if going {
            self.changes(&now, &Cause::from(event), app.now()).map_err(failed)?
        } else {
            timers::reminders(id).map(timers::cancel).collect()
        };
        Ok(Some(Commit { timers, ..now.commit() }))
    }
}

impl SetReminders {
    /// Every reminder that is still to come, and none beside.
    fn changes(
        &self,
        now: &Present,
        cause: &Cause,
        at: Timestamp,
    ) -> Result<Vec<TimerChange>, rishi_domain::event::Unwritable> {
        let booking = now.booking();
        let mut wanted = reminders(booking, &now.organization.settings).into_iter();
        let mut changes = Vec::new();
        for key in timers::reminders(booking.id) {
            let Some(reminder) = wanted.next().filter(|one| one.due > at) else {
                changes.push(timers::cancel(key));
                continue;
            };
            let fact = Fact::new(&BookingReminderDue {
                booking_id: booking.id,
                hours_before: reminder.hours_before,
                scheduled_start: booking.scheduled_start,
            })?;
            changes.extend(self.0.timer(key, reminder.due, (&about(booking), cause), fact));
        }
        Ok(changes)
    }
}
