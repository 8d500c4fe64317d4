//! What may complete a team: an approved booking that has the people it needs is to be confirmed.

use async_trait::async_trait;
use rishi_bus::{Envelope, HandlerError, Policy, Subscription, SubscriptionSpec};
use rishi_domain::booking::{BookingStatus, snapshot};
use rishi_domain::event::{
    AssignmentStatusChanged, BookingAutoConfirmationRequired, BookingStatusChanged, BookingUpdated,
    Fact, Payload, StaffAssignedToBooking, StaffReleasedFromBooking,
};
use rishi_domain::staffing::readiness::is_staffed;

use super::failed;
use super::present::{Present, about, on_behalf_of};
use crate::events::Cause;
use crate::scope::Scope;
use crate::staffing::best_team::present;
use crate::staffing::{PeopleQuery, PersonRecord};
use crate::{App, Commit};

struct AskForConfirmation(App);

/// `BOOKING_AUTO_CONFIRMATION_REQUIRED` when headcount and skills of an approved booking are met and, if
/// the organization wants it, all have accepted. Beside an assignment that is an approval of what had its
/// staff before, an acceptance, the release of the one who had not accepted, and an edit that asks for less.
pub(super) fn subscription(app: App) -> Subscription<Commit> {
    let spec = SubscriptionSpec::new("auto-confirmation-request")
        .on_type(StaffAssignedToBooking::TYPE)
        .on_type(StaffReleasedFromBooking::TYPE)
        .on_type(AssignmentStatusChanged::TYPE)
        .on_type(BookingStatusChanged::TYPE)
        .on_type(BookingUpdated::TYPE);
    Subscription::policy(spec, AskForConfirmation(app))
}

#[async_trait]
impl Policy<Commit> for AskForConfirmation {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let then =
            snapshot(&event.event_type, event.schema_version, &event.data).map_err(failed)?;
        let approved = then.filter(|booking| booking.status == BookingStatus::Approved);
        let Some(then) = approved else { return Ok(None) };
        let Some(now) = Present::load(&self.0, then.id).await? else { return Ok(None) };
        // What has changed since has an event of its own, which is decided on when its turn comes: so one
        // state is asked about once.
        if now.booking().version != then.version || !staffed(&self.0, &now).await? {
            return Ok(None);
        }
        let asked = BookingAutoConfirmationRequired {
            booking: now.booking().clone(),
            requested_by: on_behalf_of(event, now.booking()),
        };
        let fact = Fact::new(&asked).map_err(failed)?;
        let place = about(now.booking());
        let events = self.0.tell(&place, &Cause::from(event), self.0.now(), vec![fact]);
        Ok(Some(Commit { events, ..now.commit() }))
    }
}

/// Whether a booking, as it is now, can be confirmed without anybody's doing.
pub(super) async fn staffed(app: &App, now: &Present) -> Result<bool, HandlerError> {
    let mut staff = present(&now.record);
    staff.retain(|one| one.status.is_live());
    let booking = now.booking();
    if booking.status != BookingStatus::Approved || staff.is_empty() || !now.acts() {
        return Ok(false);
    }
    let query = PeopleQuery {
        organization: booking.organization_id,
        people: Some(staff.iter().map(|one| one.staff_id).collect()),
        around: booking.range(),
    };
    let people = app.store.people(&Scope::system(), &query).await.map_err(failed)?;
    let profiles: Vec<_> =
        people.iter().filter_map(|person: &PersonRecord| person.profile.as_ref()).collect();
    Ok(is_staffed(booking, &now.organization.settings, &staff, &profiles))
}
