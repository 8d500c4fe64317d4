//! `BOOKING_COMPLETION_TASKS_REQUIRED`: assignments are completed and the cost is reckoned.

use async_trait::async_trait;
use rishi_bus::{Envelope, HandlerError, Policy, Subscription, SubscriptionSpec};
use rishi_domain::assignment::{Assignment, Ending, settle, work_done};
use rishi_domain::booking::{Booking, BookingStatus};
use rishi_domain::event::{AssignedStaff, BookingCompletionTasksRequired, Payload};
use rishi_domain::notification::NotificationKind;

use super::present::{Present, add};
use super::tell::{tell, unless_empty};
use super::{failed, read};
use crate::events::Cause;
use crate::notifications::Facts;
use crate::{App, Commit};

struct Settle(App);

/// `BOOKING_SETTLED`, when anything is left to settle, and managers are told what it took.
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
        let mut commit = now.commit();
        let mut done = (now.booking().clone(), whole(staff.clone()));
        if let Some(ended) = settle(&given, &staff).map_err(failed)? {
            done.0 = ended.booking.clone();
            for after in &ended.assignments {
                done.1.retain(|before| before.id != after.id);
                done.1.push(after.clone());
            }
            add(app, &mut commit, &Cause::from(event), ended);
        }
        let (booking, staff) = &done;
        let managers = now.managers(app).await?;
        let whom = (NotificationKind::CompletionSummary, &managers[..]);
        let facts = summary(booking, staff, &now.organization.currency);
        commit = commit.and(tell(app, (event, booking), whom, facts).await?);
        Ok(unless_empty(commit))
    }
}

fn whole(staff: Vec<AssignedStaff>) -> Vec<Assignment> {
    staff.into_iter().map(|one| one.assignment).collect()
}

/// What a booking took, in hours to one decimal.
fn summary(booking: &Booking, staff: &[Assignment], currency: &str) -> Facts {
    let done = work_done(booking, staff);
    let hours = (f64::from(done.minutes) / 6.0).round() / 10.0;
    let cost = booking.actual_cost.map(|cost| format!("{cost} {currency}"));
    Facts::of_booking(booking)
        .with("staffCount", done.people)
        .with("workedHours", hours)
        .with_some("actualCost", cost)
}
