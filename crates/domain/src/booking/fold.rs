//! A booking from its events.
//!
//! Every event that changes a booking carries the booking as it is afterwards, so the newest such
//! event is the state. Folding still reads all of them: it proves that the story has no gap, begins
//! with a creation, and stays with one booking. Events that leave the row alone, and types that this
//! version does not know, are passed over.

use serde_json::value::RawValue;

use super::Booking;
use crate::event::{
    AssignmentStatusChanged, BookingCreated, BookingSettled, BookingStatusChanged, BookingUpdated,
    Payload, ReadError, StaffAssignedToBooking, StaffCheckedIn, StaffCheckedOut,
    StaffReleasedFromBooking, read,
};

/// Why a story cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum FoldError {
    /// A payload cannot be read.
    #[error(transparent)]
    Unreadable(#[from] ReadError),
    /// The event does not follow on the one before.
    #[error("{event_type} tells of version {found} where version {expected} should be")]
    OutOfOrder {
        /// The event's type.
        event_type: String,
        /// The booking's version that should have come.
        expected: u64,
        /// The one that came.
        found: u64,
    },
    /// The event tells of another booking.
    #[error("{event_type} tells of another booking")]
    Stranger {
        /// The event's type.
        event_type: String,
    },
}

/// The booking that `events`, each (type, schema version, data) in order, tell of; nothing when
/// none of them tells of one.
pub fn fold<'a>(
    events: impl IntoIterator<Item = (&'a str, u16, &'a RawValue)>,
) -> Result<Option<Booking>, FoldError> {
    let mut state: Option<Booking> = None;
    for (event_type, schema_version, data) in events {
        let Some(next) = snapshot(event_type, schema_version, data)? else { continue };
        let expected = state.as_ref().map_or(1, |booking| booking.version + 1);
        // Version 1 is a creation and nothing else is.
        if next.version != expected || (expected == 1) != (event_type == BookingCreated::TYPE) {
            let event_type = event_type.to_owned();
            return Err(FoldError::OutOfOrder { event_type, expected, found: next.version });
        }
        if state.as_ref().is_some_and(|booking| booking.id != next.id) {
            return Err(FoldError::Stranger { event_type: event_type.to_owned() });
        }
        state = Some(next);
    }
    Ok(state)
}

/// The booking as it was after one event; nothing when the event leaves the row alone.
pub fn snapshot(
    event_type: &str,
    schema_version: u16,
    data: &RawValue,
) -> Result<Option<Booking>, ReadError> {
    let booking = match event_type {
        BookingCreated::TYPE => read::<BookingCreated>(schema_version, data)?.booking,
        BookingUpdated::TYPE => read::<BookingUpdated>(schema_version, data)?.booking,
        BookingStatusChanged::TYPE => read::<BookingStatusChanged>(schema_version, data)?.booking,
        StaffAssignedToBooking::TYPE => {
            read::<StaffAssignedToBooking>(schema_version, data)?.booking
        }
        StaffReleasedFromBooking::TYPE => {
            read::<StaffReleasedFromBooking>(schema_version, data)?.booking
        }
        AssignmentStatusChanged::TYPE => {
            read::<AssignmentStatusChanged>(schema_version, data)?.booking
        }
        StaffCheckedIn::TYPE => read::<StaffCheckedIn>(schema_version, data)?.booking,
        BookingSettled::TYPE => read::<BookingSettled>(schema_version, data)?.booking,
        StaffCheckedOut::TYPE => read::<StaffCheckedOut>(schema_version, data)?.booking,
        _ => return Ok(None),
    };
    Ok(Some(booking))
}

#[cfg(test)]
mod tests;
