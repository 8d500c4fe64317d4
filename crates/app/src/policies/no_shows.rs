//! `ASSIGNMENT_NO_SHOW_DUE`: who should have come and has not is missing.

use async_trait::async_trait;
use rishi_bus::{Envelope, HandlerError, Policy, Subscription, SubscriptionSpec};
use rishi_domain::assignment::{StepGiven, missed};
use rishi_domain::event::{AssignmentNoShowDue, Payload};
use rishi_domain::notification::NotificationKind;

use super::present::{Present, about, on_behalf_of};
use super::tell::tell;
use super::{failed, read};
use crate::commit::Change;
use crate::events::Cause;
use crate::notifications::Facts;
use crate::{App, Commit};

struct FindMissing(App);

/// `ASSIGNMENT_STATUS_CHANGED` to `no_show`, and managers are told.
pub(super) fn subscription(app: App) -> Subscription<Commit> {
    let spec = SubscriptionSpec::new("no-shows").on_type(AssignmentNoShowDue::TYPE);
    Subscription::policy(spec, FindMissing(app))
}

#[async_trait]
impl Policy<Commit> for FindMissing {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let app = &self.0;
        let due = read::<AssignmentNoShowDue>(event)?;
        let Some(now) = Present::load(app, due.booking_id).await? else { return Ok(None) };
        let booking = now.booking();
        let row = app.store.assignment(due.booking_id, due.assignment_id).await.map_err(failed)?;
        // A booking that was moved has another timer.
        let Some(row) = row.filter(|_| booking.scheduled_start == due.scheduled_start) else {
            return Ok(None);
        };
        let brief = now.record.staff.iter().find(|brief| brief.id == row.id);
        let given = StepGiven {
            now: app.now(),
            actor: on_behalf_of(event, booking),
            manages: true,
            booking,
            staff_name: brief.map_or("", |brief| brief.staff.display_name.as_str()),
        };
        let Some(stepped) = missed(&given, &row).map_err(failed)? else { return Ok(None) };
        let (place, cause) = (about(booking), Cause::from(event));
        let facts = Facts::of_booking(booking)
            .with("staff", given.staff_name)
            .with("role", row.role.as_str());
        let mut commit = Commit {
            changes: vec![
                Change::Booking(Box::new(stepped.booking)),
                Change::Assignment(Box::new(stepped.assignment)),
            ],
            events: app.tell(&place, &cause, given.now, vec![stepped.fact]),
            ..now.commit()
        };
        let managers = now.managers(app).await?;
        let whom = (NotificationKind::NoShow, &managers[..]);
        commit = commit.and(tell(app, (event, booking), whom, facts).await?);
        Ok(Some(commit))
    }
}
