//! Cancelling a series: one occurrence, one and all that follow, or all of it.

use super::BookingSeries;
use super::edit::{Given, Revised, SeriesError};
use super::select::Selection;
use crate::booking::{BookingStatus, ChangeStatus, TransitionGiven, transition};
use crate::decision::Decision;
use crate::event::{BookingSeriesCancelled, Fact};
use crate::recurrence::EditScope;
use crate::time::to_microsecond;

/// Decides about cancelling what is selected: each booking by itself, with `notes` as its remark. What
/// follows is taken from the rule's count; the whole is marked as cancelled.
pub fn cancel(
    given: &Given,
    series: &BookingSeries,
    selection: &Selection,
    notes: Option<&str>,
) -> Result<Revised, SeriesError> {
    let by = TransitionGiven { now: given.now, actor: given.actor };
    let mut bookings = Vec::with_capacity(selection.bookings.len());
    for booking in &selection.bookings {
        let notes = notes.map(str::to_owned);
        let step = ChangeStatus { status: BookingStatus::Cancelled, notes };
        bookings.push(transition(&by, booking, step)?);
    }
    let now = to_microsecond(given.now);
    let mut rest = BookingSeries { updated_at: now, version: series.version + 1, ..series.clone() };
    if selection.scope != EditScope::This {
        if selection.first > 1 {
            let rule = series.rule()?;
            let left = rule.count().unwrap_or(u32::MAX).min(selection.first - 1);
            rest.recurrence = rule.counted(left).to_string();
        } else {
            rest.cancelled_at = Some(now);
        }
    }
    let payload = BookingSeriesCancelled {
        series_id: series.id,
        scope: selection.scope,
        booking_ids: bookings.iter().map(|one| one.state.id).collect(),
        series: rest,
        cancelled_by: given.actor,
        notes: notes.map(str::to_owned),
    };
    let fact = Fact::new(&payload)?;
    Ok(Revised { series: vec![Decision::new(payload.series, fact)], bookings })
}
