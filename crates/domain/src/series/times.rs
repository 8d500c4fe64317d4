//! Where the occurrences of a series lie when it is made or moved.

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

use super::create::{invalid, seconds};
use super::{BookingSeries, OCCURRENCES_MAX};
use crate::booking::validate::DURATION_MAX;
use crate::error::{Checks, FieldError, Invalid};
use crate::local_time::LocalTime;
use crate::recurrence::{Occurrence, Rule, Span, SpanError};
use crate::time::{TimeRange, zone};

/// The time of an occurrence: in whole seconds, ending after it starts, not too long.
pub(super) fn instants(start: Timestamp, end: Timestamp) -> Result<TimeRange, Invalid> {
    let mut checks = Checks::new();
    for (field, instant) in [("scheduledStart", start), ("scheduledEnd", end)] {
        checks.require(
            instant.subsec_nanosecond() == 0,
            field,
            "whole_seconds",
            format_args!("{field} of a series is in whole seconds"),
        );
    }
    let Some(range) = TimeRange::new(start, end) else {
        let message = "scheduledEnd must lie after scheduledStart";
        checks.refuse("scheduledEnd", "end_not_after_start", message);
        return Err(checks.done().err().unwrap_or(Invalid(Vec::new())));
    };
    checks.require(
        end.duration_since(start) <= DURATION_MAX,
        "scheduledEnd",
        "too_long",
        "a booking may last at most 31 days",
    );
    checks.done().map(|()| range)
}

/// What a clock shows at an instant. Of an hour that comes twice only the first can recur.
pub(super) fn on_the_clock(timezone: &str, start: Timestamp) -> Result<DateTime, Invalid> {
    let zone = zone(timezone).ok_or_else(|| invalid(&SpanError::UnknownZone))?;
    let local = start.to_zoned(zone.clone()).datetime();
    let meant = zone.to_ambiguous_timestamp(local).compatible();
    if meant.is_ok_and(|meant| meant == start) {
        return Ok(local);
    }
    let message = "this local time comes twice that day; a series can only take the first";
    Err(Invalid(vec![FieldError::new("scheduledStart", "ambiguous_local_time", message)]))
}

/// Each ends before the next begins.
pub(super) fn without_overlap(checks: &mut Checks, occurrences: &[Occurrence]) {
    let apart = |pair: &[Occurrence]| pair[0].range.end <= pair[1].range.start;
    checks.require(
        occurrences.windows(2).all(apart),
        "recurrence",
        "overlaps_itself",
        "each occurrence must end before the next one begins",
    );
}

/// Where a series is moved to.
pub(super) struct Moved {
    pub(super) rule: Rule,
    pub(super) local_start: LocalTime,
    pub(super) duration_seconds: u32,
    /// From the first that is moved.
    pub(super) occurrences: Vec<Occurrence>,
    /// Whether it goes to an earlier time.
    pub(super) earlier: bool,
}

/// Moves `part` of the series' occurrences by as much, on the clock, as leads `nominal` to `range`, and
/// gives all of them its length. The days of the week that the rule names move along.
pub(super) fn moved(
    series: &BookingSeries,
    part: &[Occurrence],
    nominal: DateTime,
    range: TimeRange,
) -> Result<Moved, Invalid> {
    let local = on_the_clock(&series.timezone, range.start)?;
    let shift = local.duration_since(nominal);
    let shifted = part.iter().map(|one| one.local.checked_add(shift));
    let wanted: Vec<DateTime> =
        shifted.collect::<Result<_, _>>().map_err(|_| invalid(&SpanError::Start))?;
    let first = wanted.first().copied().unwrap_or(local);
    let rule = series.rule().map_err(|error| invalid(&error))?;
    let rule = rule.counted(u32::try_from(part.len()).unwrap_or(u32::MAX));
    let days = i64::from(local.date().since(nominal.date()).map_or(0, |days| days.get_days()));
    let elapsed = SignedDuration::from_secs(i64::from(seconds(range)));
    for rule in [Some(rule.clone()), rule.on_later_days(days)].into_iter().flatten() {
        let span = Span::lasting(first, elapsed, &series.timezone, &rule);
        let span = span.map_err(|error| invalid(&error))?;
        let found: Vec<_> = span.occurrences_from(first).take(OCCURRENCES_MAX).collect();
        if found.iter().map(|one| one.local).eq(wanted.iter().copied()) {
            let mut checks = Checks::new();
            without_overlap(&mut checks, &found);
            checks.done()?;
            return Ok(Moved {
                rule,
                local_start: LocalTime::new(first),
                duration_seconds: seconds(range),
                occurrences: found,
                earlier: shift.is_negative(),
            });
        }
    }
    let message = "the series' recurrence has no occurrences at these times; cancel it and make \
                   another, or change occurrences alone";
    Err(Invalid(vec![FieldError::new("scheduledStart", "not_by_rule", message)]))
}
