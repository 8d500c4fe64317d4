//! Settling what is left of a booking when it is over.
//!
//! Whoever is still on a completed booking has done the work: nobody need check out of it one by one,
//! and where presence is not recorded nobody ever would. Of a cancelled one only those have who came.
//! A check-out that was forgotten can be told later, see [`super::presence`].

use jiff::Timestamp;

use super::{Assignment, AssignmentStatus};
use crate::booking::{Booking, BookingStatus};
use crate::event::{AssignedStaff, BookingSettled, Fact, Unwritable};
use crate::id::UserId;
use crate::staffing::cost::{Costing, StaffCost};
use crate::time::{TimeRange, to_microsecond};

/// What the end of a booking is decided on.
#[derive(Debug, Clone, Copy)]
pub struct Ending<'a> {
    /// The present instant.
    pub now: Timestamp,
    /// Who ended the booking.
    pub actor: UserId,
    /// The booking.
    pub booking: &'a Booking,
}

/// Assignments that ended with their booking.
#[derive(Debug, Clone)]
pub struct Ended {
    /// The booking at its next version.
    pub booking: Booking,
    /// The assignments in their new state.
    pub assignments: Vec<Assignment>,
    /// What tells of it.
    pub fact: Fact,
}

impl Ended {
    pub(super) fn new(booking: Booking, staff: Vec<AssignedStaff>, fact: Fact) -> Self {
        let assignments = staff.into_iter().map(|one| one.assignment).collect();
        Self { booking, assignments, fact }
    }
}

/// Decides about everybody who was ever assigned to a booking that is over: `BOOKING_SETTLED`, or
/// nothing when nothing is left to settle.
///
/// The cost of a completed one is reckoned by the time for which people were checked in, else by the
/// scheduled time, unless somebody has stated it. It stays open when a rate is not known: a sum that
/// lacks something would pass for what the work cost.
pub fn settle(given: &Ending, staff: &[AssignedStaff]) -> Result<Option<Ended>, Unwritable> {
    let now = to_microsecond(given.now);
    let done = given.booking.status == BookingStatus::Completed;
    let ends = |one: &Assignment| match one.status {
        AssignmentStatus::CheckedIn => true,
        status => done && status.is_live(),
    };
    let after = |one: &AssignedStaff| {
        let ended =
            ends(&one.assignment).then(|| one.assignment.moved(AssignmentStatus::Completed, now));
        ended.unwrap_or_else(|| one.assignment.clone())
    };
    let mut booking = given.booking.touched(now);
    let cost = StaffCost::of(given.booking, staff.iter().map(|one| costing(&after(one))));
    let open = done && booking.actual_cost.is_none();
    let partial = cost.as_ref().is_some_and(|cost| cost.partial);
    if let Some(cost) = cost.filter(|_| open && !partial) {
        booking.actual_cost = Some(cost.actual.unwrap_or(cost.planned));
    }
    let ended = staff.iter().filter(|one| ends(&one.assignment));
    let assignments: Vec<_> = ended
        .map(|one| AssignedStaff { assignment: after(one), staff: one.staff.clone() })
        .collect();
    if assignments.is_empty() && booking.actual_cost == given.booking.actual_cost {
        return Ok(None);
    }
    let payload = BookingSettled {
        booking_id: booking.id,
        assignments,
        cost_is_partial: open && partial,
        settled_for: given.actor,
        booking,
    };
    let fact = Fact::new(&payload)?;
    Ok(Some(Ended::new(payload.booking, payload.assignments, fact)))
}

/// What was worked on a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkDone {
    /// How many people did.
    pub people: usize,
    /// For how long in all, by presence where it is known and else by the schedule.
    pub minutes: u32,
}

/// What was worked on a booking by those of `staff` who have completed it.
pub fn work_done(booking: &Booking, staff: &[Assignment]) -> WorkDone {
    let done = staff.iter().filter(|one| one.status == AssignmentStatus::Completed);
    let times: Vec<i64> = done
        .map(|one| costing(one).worked.unwrap_or_else(|| booking.range()).microseconds())
        .collect();
    let minutes = times.iter().sum::<i64>() / 60_000_000;
    WorkDone { people: times.len(), minutes: u32::try_from(minutes).unwrap_or(u32::MAX) }
}

fn costing(one: &Assignment) -> Costing {
    let worked = one.checked_in_at.zip(one.checked_out_at);
    let worked = worked.and_then(|(came, left)| TimeRange::new(came, left));
    Costing { status: one.status, rate: one.hourly_rate, worked }
}

#[cfg(test)]
pub(super) mod tests;
