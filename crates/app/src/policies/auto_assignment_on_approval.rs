//! `BOOKING_APPROVED_NOTIFICATION_REQUIRED`: where the organization wants it, the platform chooses the
//! staff that still lacks.

use async_trait::async_trait;
use rishi_bus::{Envelope, HandlerError, Policy, Subscription, SubscriptionSpec};
use rishi_domain::booking::BookingStatus;
use rishi_domain::event::{
    AutoStaffAssignmentRequired, BookingApprovedNotificationRequired, Fact, Payload,
};
use rishi_domain::staffing::team::{headcount, open_places};

use super::present::{Present, about, on_behalf_of};
use super::{failed, read};
use crate::events::Cause;
use crate::staffing::best_team::present;
use crate::{App, Commit};

struct AskForStaff(App);

/// `AUTO_STAFF_ASSIGNMENT_REQUIRED` for an approved booking with open places, when it asks for it, or
/// says nothing about it and its organization does, up to the headcount that the organization sets.
pub(super) fn subscription(app: App) -> Subscription<Commit> {
    let spec = SubscriptionSpec::new("auto-assignment-on-approval")
        .on_type(BookingApprovedNotificationRequired::TYPE);
    Subscription::policy(spec, AskForStaff(app))
}

#[async_trait]
impl Policy<Commit> for AskForStaff {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let approved = read::<BookingApprovedNotificationRequired>(event)?;
        let Some(now) = Present::load(&self.0, approved.booking.id).await? else {
            return Ok(None);
        };
        let booking = now.booking();
        let approved = booking.status == BookingStatus::Approved && now.acts();
        if !approved || !wants(&now) || open_places(booking, &present(&now.record)).is_empty() {
            return Ok(None);
        }
        let asked = AutoStaffAssignmentRequired {
            booking: booking.clone(),
            requested_by: on_behalf_of(event, booking),
        };
        let fact = Fact::new(&asked).map_err(failed)?;
        let place = about(booking);
        let events = self.0.tell(&place, &Cause::from(event), self.0.now(), vec![fact]);
        Ok(Some(Commit { events, ..Commit::default() }))
    }
}

/// Whether staff is to be chosen by the platform: what the booking says stands before the setting.
fn wants(now: &Present) -> bool {
    let (booking, settings) = (now.booking(), &now.organization.settings);
    let stated = booking.staff_requirements.as_ref().and_then(|needs| needs.auto_assign);
    stated.unwrap_or_else(|| {
        let most = usize::from(settings.auto_assign_max_headcount);
        settings.auto_assign && headcount(booking) <= most
    })
}
