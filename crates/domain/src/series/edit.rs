//! Changing a series: one occurrence, one and all that follow, or all of it.
//!
//! - `this` is an ordinary edit of the booking, which remembers what was changed in it alone.
//! - `this_and_following` parts the series: what is to come from the occurrence on becomes a series of
//!   its own.
//! - Times are given for one occurrence (the named one, else the first that is still to come); the
//!   others move by as much on their clock.
//! - The named occurrence takes everything that is asked for; the others keep what was changed in them
//!   alone.

use jiff::Timestamp;
use serde_json::Value;

use super::select::{Selection, number};
use super::times::{Moved, instants, moved};
use super::{BookingSeries, SeriesReference};
use crate::booking::edit::revise;
use crate::booking::{self, Booking, EditBooking, EditError, TransitionError};
use crate::decision::Decision;
use crate::error::{Checks, Invalid};
use crate::event::{BookingSeriesCreated, BookingSeriesUpdated, Fact, Unwritable};
use crate::id::{BookingSeriesId, UserId};
use crate::local_time::LocalTime;
use crate::location::Location;
use crate::organization::Organization;
use crate::recurrence::{EditScope, Occurrence, SpanError};
use crate::time::{TimeRange, to_microsecond};

/// What decisions about a series need to know.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The present instant.
    pub now: Timestamp,
    /// Who asks.
    pub actor: UserId,
    /// A fresh id, for a series that is parted from this one.
    pub id: BookingSeriesId,
    /// The organization that it belongs to.
    pub organization: &'a Organization,
    /// Every location that its bookings have or will have, as far as found.
    pub locations: &'a [Location],
}

/// Why a series is not changed.
#[derive(Debug, thiserror::Error)]
pub enum SeriesError {
    /// The input breaks rules.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Nothing of what is meant is still to come.
    #[error("no occurrence that is meant is still to come; change single bookings instead")]
    Over,
    /// A booking cannot be changed so.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// A booking cannot be cancelled.
    #[error(transparent)]
    Transition(#[from] TransitionError),
    /// The stored rule means no time: it was checked before it was stored.
    #[error(transparent)]
    Unreadable(#[from] SpanError),
    /// A fact could not be written down.
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
}

/// What becomes of a series and its bookings.
#[derive(Debug, Default)]
pub struct Revised {
    /// Series that were made or changed; the one that the change is about comes last.
    pub series: Vec<Decision<BookingSeries>>,
    /// Bookings that were changed, in the order in which they have to be written so that none stands
    /// where another still is.
    pub bookings: Vec<Decision<Booking>>,
}

/// Decides about a change of what is selected; nothing is in the answer when every given field already
/// has its value.
pub fn edit(
    given: &Given,
    series: &BookingSeries,
    selection: &Selection,
    command: &EditBooking,
) -> Result<Revised, SeriesError> {
    let fields = names(command);
    if selection.scope == EditScope::This {
        let mut bookings = Vec::new();
        for booking in &selection.bookings {
            bookings.extend(booking::edit(
                &about(given, booking, command),
                booking,
                command.clone(),
            )?);
        }
        return revised(given, series, selection, series.clone(), bookings, fields);
    }
    let mut checks = Checks::new();
    for field in ["timezone", "actualCost"] {
        let message = format_args!("{field} is changed in one occurrence at a time");
        checks.require(!fields.iter().any(|one| one == field), field, "one_occurrence", message);
    }
    checks.done()?;

    let nominal = series.occurrences()?;
    let part = nominal.get(selection.first as usize - 1..).unwrap_or_default();
    if part.is_empty() {
        return Err(SeriesError::Over);
    }
    let moved = match times(selection, command) {
        Some((reference, start, end)) => {
            let range = instants(start, end)?;
            Some(moved(series, part, lies(series, &nominal, reference), range)?)
        }
        None => None,
    };
    let target = target(given, series, selection, part, moved.as_ref())?;
    let mut bookings = Vec::new();
    for booking in &selection.bookings {
        let place = SeriesReference {
            id: target.id,
            number: number(booking) + 1 - selection.first,
            changed: booking.series.as_ref().map(|one| one.changed.clone()).unwrap_or_default(),
        };
        let named = selection.named.is_some_and(|named| named.id == booking.id);
        let (command, place) = own(command, place, named, moved.as_ref());
        bookings.extend(revise(&about(given, booking, &command), booking, command, Some(place))?);
    }
    if moved.is_none_or(|moved| !moved.earlier) {
        bookings.reverse();
    }
    revised(given, series, selection, target, bookings, fields)
}

/// The names of the given fields.
fn names(command: &EditBooking) -> Vec<String> {
    match serde_json::to_value(command) {
        Ok(Value::Object(members)) => members.into_iter().map(|(name, _)| name).collect(),
        _ => Vec::new(),
    }
}

/// What a decision about one of the bookings needs to know.
fn about<'a>(given: &Given<'a>, booking: &Booking, command: &EditBooking) -> booking::Given<'a> {
    let location = command.location_id.unwrap_or(booking.location_id);
    booking::Given {
        now: given.now,
        actor: given.actor,
        id: booking.id,
        organization: given.organization,
        location: given.locations.iter().find(|found| Some(found.id) == location),
    }
}

/// The times that an occurrence is to have, if that is another than it has.
fn times<'a>(
    selection: &Selection<'a>,
    command: &EditBooking,
) -> Option<(&'a Booking, Timestamp, Timestamp)> {
    let reference = selection.named.or_else(|| selection.bookings.first().copied())?;
    let start = command.scheduled_start.unwrap_or(reference.scheduled_start);
    let end = command.scheduled_end.unwrap_or(reference.scheduled_end);
    let same = (start, end) == (reference.scheduled_start, reference.scheduled_end);
    (!same).then_some((reference, start, end))
}

/// Where the rule puts an occurrence, on the clock.
fn lies(
    series: &BookingSeries,
    nominal: &[Occurrence],
    booking: &Booking,
) -> jiff::civil::DateTime {
    let by_rule = nominal.get((number(booking) as usize).saturating_sub(1));
    by_rule.map_or_else(
        || {
            let zone = crate::time::zone(&series.timezone).unwrap_or(jiff::tz::TimeZone::UTC);
            booking.scheduled_start.to_zoned(zone).datetime()
        },
        |one| one.local,
    )
}

/// The series that the changed bookings belong to afterwards: this one, or one that is parted from it.
fn target(
    given: &Given,
    series: &BookingSeries,
    selection: &Selection,
    part: &[Occurrence],
    moved: Option<&Moved>,
) -> Result<BookingSeries, SeriesError> {
    let mut target = series.clone();
    if selection.first > 1 {
        let now = to_microsecond(given.now);
        let count = u32::try_from(part.len()).unwrap_or(u32::MAX);
        target.id = given.id;
        target.recurrence = series.rule()?.counted(count).to_string();
        if let Some(first) = part.first() {
            target.local_start = LocalTime::new(first.local);
        }
        target.split_from = Some(series.id);
        target.created_by = given.actor;
        (target.created_at, target.updated_at, target.version) = (now, now, 1);
    }
    if let Some(moved) = moved {
        target.recurrence = moved.rule.to_string();
        target.local_start = moved.local_start;
        target.duration_seconds = moved.duration_seconds;
    }
    Ok(target)
}

/// The command as one of the bookings takes it, and its place in the series afterwards.
fn own(
    command: &EditBooking,
    mut place: SeriesReference,
    named: bool,
    moved: Option<&Moved>,
) -> (EditBooking, SeriesReference) {
    let mut own = command.clone();
    (own.scheduled_start, own.scheduled_end) = (None, None);
    if named {
        let fields = names(command);
        let on_the_rule = |field: &String| moved.is_some() && field.starts_with("scheduled");
        place.changed.retain(|field| !fields.contains(field) && !on_the_rule(field));
    }
    macro_rules! keep {
        ($($field:ident $name:literal),*) => {
            $(if place.keeps($name) { own.$field = None; })*
        };
    }
    keep!(title "title", description "description", operation_type "operationType",
        activity_type "activityType", priority "priority", location_id "locationId",
        budget "budget", requirements "requirements", staff_requirements "staffRequirements",
        equipment_requirements "equipmentRequirements", notes "notes");
    if let Some(moved) = moved
        && !place.keeps_time()
        && let Some(one) = moved.occurrences.get((place.number as usize).saturating_sub(1))
    {
        let TimeRange { start, end } = one.range;
        (own.scheduled_start, own.scheduled_end) = (Some(start), Some(end));
    }
    (own, place)
}

/// The decisions about the series, beside those about its bookings.
fn revised(
    given: &Given,
    series: &BookingSeries,
    selection: &Selection,
    mut target: BookingSeries,
    bookings: Vec<Decision<Booking>>,
    changed: Vec<String>,
) -> Result<Revised, SeriesError> {
    // A booking that only changes its place in the series makes no difference to anybody.
    let moved_on = |one: &Decision<Booking>| {
        let before = selection.bookings.iter().find(|booking| booking.id == one.state.id);
        before.is_none_or(|before| {
            let same = Booking {
                series: one.state.series.clone(),
                updated_at: one.state.updated_at,
                version: one.state.version,
                ..(*before).clone()
            };
            same != one.state
        })
    };
    if !bookings.iter().any(moved_on) {
        return Ok(Revised::default());
    }
    let booking_ids: Vec<_> = bookings.iter().map(|one| one.state.id).collect();
    let now = to_microsecond(given.now);
    let mut decided = Vec::new();
    if target.id == series.id {
        (target.updated_at, target.version) = (now, series.version + 1);
        let payload = BookingSeriesUpdated {
            series_id: target.id,
            scope: selection.scope,
            changed,
            booking_ids,
            series: target,
            changed_by: given.actor,
        };
        let fact = Fact::new(&payload)?;
        decided.push(Decision::new(payload.series, fact));
    } else {
        decided.push(shortened(given, series, selection)?);
        let payload = BookingSeriesCreated { series: target, booking_ids };
        let fact = Fact::new(&payload)?;
        decided.push(Decision::new(payload.series, fact));
    }
    Ok(Revised { series: decided, bookings })
}

/// The series up to before the first that is selected.
fn shortened(
    given: &Given,
    series: &BookingSeries,
    selection: &Selection,
) -> Result<Decision<BookingSeries>, SeriesError> {
    let rest = BookingSeries {
        recurrence: series.rule()?.counted(selection.first - 1).to_string(),
        updated_at: to_microsecond(given.now),
        version: series.version + 1,
        ..series.clone()
    };
    let payload = BookingSeriesUpdated {
        series_id: rest.id,
        scope: selection.scope,
        changed: vec!["recurrence".to_owned()],
        booking_ids: Vec::new(),
        series: rest,
        changed_by: given.actor,
    };
    let fact = Fact::new(&payload)?;
    Ok(Decision::new(payload.series, fact))
}
