//! Which occurrences a change of a series is about.

use jiff::Timestamp;

use super::edit::SeriesError;
use crate::booking::Booking;
use crate::error::{FieldError, Invalid};
use crate::id::BookingId;
use crate::recurrence::EditScope;

/// The occurrence that a change starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// This booking.
    Booking(BookingId),
    /// The one that starts then; for what follows, the first that starts then or later.
    Time(Timestamp),
}

/// The occurrences that a change is about.
#[derive(Debug, Clone)]
pub struct Selection<'a> {
    /// How much of the series.
    pub scope: EditScope,
    /// The occurrence that was named.
    pub named: Option<&'a Booking>,
    /// The number from which on the series is changed: 1 for all of it.
    pub first: u32,
    /// The bookings to be changed, by number; never empty.
    pub bookings: Vec<&'a Booking>,
}

/// The bookings of a series that `scope` and `from` mean: of what follows and of all, those that are
/// neither over nor begun. `this` takes the one that is named, whatever its state.
pub fn select<'a>(
    bookings: impl IntoIterator<Item = &'a Booking>,
    scope: EditScope,
    from: Option<Named>,
    now: Timestamp,
) -> Result<Selection<'a>, SeriesError> {
    let mut all: Vec<&Booking> = bookings.into_iter().collect();
    all.sort_by_key(|booking| number(booking));
    let named = from.map(|from| find(&all, scope, from)).transpose()?;
    if scope == EditScope::All {
        let bookings = to_come(&all, 1, now)?;
        return Ok(Selection { scope, named, first: 1, bookings });
    }
    let Some(named) = named else {
        let message = "from names an occurrence: the id of its booking, or when it starts";
        return Err(Invalid(vec![FieldError::new("from", "required", message)]).into());
    };
    let first = number(named);
    let bookings = if scope == EditScope::This { vec![named] } else { to_come(&all, first, now)? };
    // With nothing before it, it is the whole series.
    let first = if all.first().is_some_and(|one| number(one) == first) { 1 } else { first };
    Ok(Selection { scope, named: Some(named), first, bookings })
}

/// The number of an occurrence.
pub(super) fn number(booking: &Booking) -> u32 {
    booking.series.as_ref().map_or(0, |series| series.number)
}

fn find<'a>(all: &[&'a Booking], scope: EditScope, from: Named) -> Result<&'a Booking, Invalid> {
    let found = match from {
        Named::Booking(id) => all.iter().find(|booking| booking.id == id),
        Named::Time(time) if scope == EditScope::ThisAndFollowing => {
            all.iter().find(|booking| booking.scheduled_start >= time)
        }
        Named::Time(time) => all.iter().find(|booking| booking.scheduled_start == time),
    };
    found.copied().ok_or_else(|| {
        let message = "no occurrence of the series is named by this";
        Invalid(vec![FieldError::new("from", "no_occurrence", message)])
    })
}

/// Those from a number on that are neither over nor begun.
fn to_come<'a>(
    all: &[&'a Booking],
    first: u32,
    now: Timestamp,
) -> Result<Vec<&'a Booking>, SeriesError> {
    let open = |booking: &&&Booking| {
        number(booking) >= first && !booking.status.is_final() && booking.scheduled_start > now
    };
    let found: Vec<&Booking> = all.iter().filter(open).copied().collect();
    if found.is_empty() { Err(SeriesError::Over) } else { Ok(found) }
}
