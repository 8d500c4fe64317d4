//! `STAFF_ASSIGNED_TO_BOOKING`: each of them is told.

use async_trait::async_trait;
use rishi_bus::{Envelope, HandlerError, Policy, Start, Subscription, SubscriptionSpec};
use rishi_domain::event::{Payload, StaffAssignedToBooking};
use rishi_domain::notification::NotificationKind;

use super::present::Present;
use super::read;
use super::tell::{tell, unless_empty};
use crate::notifications::Facts;
use crate::{App, Commit};

struct TellAssigned(App);

/// Who is still on the booking by then. It begins with now, so that nobody is told late of what was before.
pub(super) fn subscription(app: App) -> Subscription<Commit> {
    let spec = SubscriptionSpec::new("staff-assigned")
        .on_type(StaffAssignedToBooking::TYPE)
        .starting(Start::Now);
    Subscription::policy(spec, TellAssigned(app))
}

#[async_trait]
impl Policy<Commit> for TellAssigned {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let app = &self.0;
        let told = read::<StaffAssignedToBooking>(event)?;
        let Some(now) = Present::load(app, told.booking_id).await? else { return Ok(None) };
        let (mut commit, booking) = (Commit::default(), now.booking());
        for one in told.assignments.iter().map(|one| &one.assignment) {
            let brief = now.record.staff.iter().find(|brief| brief.id == one.id);
            if brief.is_some_and(|brief| brief.status.is_live()) {
                let whom = (NotificationKind::StaffAssigned, &[one.staff_id][..]);
                let facts = Facts::of_booking(booking).with("role", one.role.as_str());
                commit = commit.and(tell(app, (event, booking), whom, facts).await?);
            }
        }
        Ok(unless_empty(commit))
    }
}
