//! Whether a location may hold a booking, as far as that can be told without other bookings.

use super::Booking;
use crate::location::{Location, LocationStatus};

/// Why it may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unfit {
    /// Not found, or another organization's.
    Unknown,
    /// Takes no new bookings.
    Inactive,
}

/// Checks `location`, which was loaded for `booking`. A booking without a location fits anywhere.
pub(super) fn check(booking: &Booking, location: Option<&Location>) -> Result<(), Unfit> {
    let Some(id) = booking.location_id else { return Ok(()) };
    let location = location.filter(|found| found.id == id).ok_or(Unfit::Unknown)?;
    let shared_or_own =
        location.organization_id.is_none_or(|owner| owner == booking.organization_id);
    match location.status {
        _ if !shared_or_own => Err(Unfit::Unknown),
        LocationStatus::Inactive => Err(Unfit::Inactive),
        LocationStatus::Active => Ok(()),
    }
}
