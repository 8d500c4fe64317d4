//! Assignments and their bookings: whoever is expected is looked for when the time has come.

use async_trait::async_trait;
use jiff::Timestamp;
use rishi_bus::{Envelope, HandlerError, Policy, Subscription, SubscriptionSpec, TimerChange};
use rishi_domain::assignment::AssignmentStatus;
use rishi_domain::booking::due::{awaits_staff, missing_from};
use rishi_domain::event::{
    AssignedStaff, AssignmentNoShowDue, AssignmentStatusChanged, BookingStatusChanged,
    BookingUpdated, Fact, Payload, StaffAssignedToBooking, StaffCheckedIn,
    StaffReleasedFromBooking, Unwritable,
};
use rishi_domain::id::{AssignmentId, BookingId};

use super::present::{Present, about};
use super::{failed, moved, read};
use crate::bookings::AssignmentBrief;
use crate::events::Cause;
use crate::{App, Commit, timers};

struct WatchArrival(App);

/// A timer for each assignment of a booking that goes ahead, moved with its start, and dropped when the
/// person has come or need not come any more.
pub(super) fn subscription(app: App) -> Subscription<Commit> {
    let spec = SubscriptionSpec::new("no-show-timers")
        .on_type(BookingStatusChanged::TYPE)
        .on_type(BookingUpdated::TYPE)
        .on_type(StaffAssignedToBooking::TYPE)
        .on_type(StaffReleasedFromBooking::TYPE)
        .on_type(AssignmentStatusChanged::TYPE)
        .on_type(StaffCheckedIn::TYPE);
    Subscription::policy(spec, WatchArrival(app))
}

#[async_trait]
impl Policy<Commit> for WatchArrival {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let app = &self.0;
        let Some(concerned) = Concerned::by(event)? else { return Ok(None) };
        let Some(now) = Present::load(app, concerned.booking).await? else { return Ok(None) };
        // What does not go ahead lost its timers when it was stopped.
        if !awaits_staff(now.booking().status) && concerned.assignments.is_some() {
            return Ok(None);
        }
        let cause = Cause::from(event);
        let mut timers = Vec::new();
        for brief in now.record.staff.iter().filter(|brief| concerned.has(brief.id)) {
            timers.extend(self.change(&now, brief, &cause, app.now()).map_err(failed)?);
        }
        Ok((!timers.is_empty()).then(|| Commit { timers, ..now.commit() }))
    }
}

/// Whose timers an event may change.
struct Concerned {
    booking: BookingId,
    /// These; all of the booking when absent.
    assignments: Option<Vec<AssignmentId>>,
}

impl Concerned {
    fn by(event: &Envelope) -> Result<Option<Self>, HandlerError> {
        let one = |booking, staff: &[AssignedStaff]| {
            let assignments = staff.iter().map(|one| one.assignment.id).collect();
            Some(Self { booking, assignments: Some(assignments) })
        };
        Ok(match &*event.event_type {
            StaffAssignedToBooking::TYPE => {
                let told = read::<StaffAssignedToBooking>(event)?;
                one(told.booking_id, &told.assignments)
            }
            StaffReleasedFromBooking::TYPE => {
                let told = read::<StaffReleasedFromBooking>(event)?;
                one(told.booking_id, &told.assignments)
            }
            AssignmentStatusChanged::TYPE => {
                let told = read::<AssignmentStatusChanged>(event)?;
                one(told.booking_id, std::slice::from_ref(&told.assignment))
            }
            StaffCheckedIn::TYPE => {
                let told = read::<StaffCheckedIn>(event)?;
                one(told.booking_id, std::slice::from_ref(&told.assignment))
            }
            BookingUpdated::TYPE => {
                let told = read::<BookingUpdated>(event)?;
                moved(&told).then_some(Self { booking: told.booking_id, assignments: None })
            }
            _ => {
                let told = read::<BookingStatusChanged>(event)?;
                let stops = awaits_staff(told.old_status) != awaits_staff(told.new_status);
                stops.then_some(Self { booking: told.booking_id, assignments: None })
            }
        })
    }

    fn has(&self, assignment: AssignmentId) -> bool {
        self.assignments.as_ref().is_none_or(|some| some.contains(&assignment))
    }
}

impl WatchArrival {
    /// What becomes of the timer of an assignment.
    fn change(
        &self,
        now: &Present,
        brief: &AssignmentBrief,
        cause: &Cause,
        at: Timestamp,
    ) -> Result<Option<TimerChange>, Unwritable> {
        let (booking, key) = (now.booking(), timers::no_show(brief.id));
        let awaited = [AssignmentStatus::Assigned, AssignmentStatus::Confirmed];
        if !awaits_staff(booking.status) || !awaited.contains(&brief.status) {
            return Ok(Some(timers::cancel(key)));
        }
        let due = missing_from(booking, &now.organization.settings);
        // Nobody is missed who is asked for when the time is over.
        if due <= at {
            return Ok(Some(timers::cancel(key)));
        }
        let fact = Fact::new(&AssignmentNoShowDue {
            booking_id: booking.id,
            assignment_id: brief.id,
            staff_id: brief.staff.id,
            scheduled_start: booking.scheduled_start,
        })?;
        Ok(self.0.timer(key, due, (&about(booking), cause), fact))
    }
}
