//! Which steps of a booking's life the caller may take.

use super::{Capability, Grant, Target, permits};
use crate::booking::BookingStatus;

/// The capability that a step asks for.
///
/// Submitting belongs to whoever writes bookings, approving to approvers, leaving a hold (whether
/// it was approved before or not) to those who hold, everything to `cancelled` to those who cancel.
/// A rejection is a cancellation that approvers may make too: see [`permits_transition`].
pub const fn capability_of(from: BookingStatus, to: BookingStatus) -> Capability {
    match (from, to) {
        (_, BookingStatus::Draft | BookingStatus::PendingApproval) => Capability::CreateBookings,
        (BookingStatus::OnHold, BookingStatus::Approved) | (_, BookingStatus::OnHold) => {
            Capability::HoldBookings
        }
        (_, BookingStatus::Approved) => Capability::ApproveBookings,
        (_, BookingStatus::Confirmed | BookingStatus::InProgress | BookingStatus::Completed) => {
            Capability::RunBookings
        }
        (_, BookingStatus::Cancelled) => Capability::CancelBookings,
    }
}

/// Whether one of `grants` permits the booking of `target` to go to `to`.
///
/// A booking that waits for approval may be cancelled by those who cancel (its owner takes it back)
/// and by those who approve (they reject it), so that an approver can turn down even what has since
/// passed its start, and a submitter can take back what only others may approve. The step itself
/// must be in the table of the booking's life; a target without a booking takes none.
pub fn permits_transition(grants: &[Grant], target: &Target, to: BookingStatus) -> bool {
    let Some(from) = target.booking.map(|booking| booking.status) else { return false };
    let rejection = from == BookingStatus::PendingApproval && to == BookingStatus::Cancelled;
    from.next().contains(&to)
        && (permits(grants, capability_of(from, to), target)
            || (rejection && permits(grants, Capability::ApproveBookings, target)))
}

/// The states to which `grants` permit the booking of `target` to go, in the order of the table.
pub fn allowed_transitions(grants: &[Grant], target: &Target) -> Vec<BookingStatus> {
    let Some(booking) = target.booking else { return Vec::new() };
    let steps = booking.status.next().iter().copied();
    steps.filter(|to| permits_transition(grants, target, *to)).collect()
}

#[cfg(test)]
mod tests;
