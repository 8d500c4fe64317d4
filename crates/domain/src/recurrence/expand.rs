//! From a span to its occurrences.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rrule2::RRuleSet;

use super::rule::Until;
use super::span::instant;
use super::{Frequency, Rule, Span};
use crate::time::TimeRange;

/// How far a local clock may differ from itself a moment before, and more: expansion looks this much
/// further on both sides of a range.
pub(super) const SLACK: jiff::SignedDuration = jiff::SignedDuration::from_hours(36);

/// One time that a span happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// Its start on the local clock as the rule makes it, also where the clock skips it: its name.
    pub local: DateTime,
    /// When it really is.
    pub range: TimeRange,
}

impl Span {
    /// The occurrences that overlap `range`, by start. One that falls together with another, because
    /// the clock was put forward, is there once.
    pub fn overlapping(&self, range: &TimeRange) -> Vec<Occurrence> {
        let local = |instant: Timestamp| instant.to_zoned(self.zone.clone()).datetime();
        let (Ok(from), Ok(to)) = (
            local(range.start).checked_sub(self.elapsed).and_then(|from| from.checked_sub(SLACK)),
            local(range.end).checked_add(SLACK),
        ) else {
            return Vec::new();
        };
        let mut found: Vec<Occurrence> = self
            .occurrences_from(from)
            .take_while(|one| one.local <= to)
            .filter(|one| one.range.overlaps(range))
            .collect();
        found.sort_by_key(|one| (one.range.start, one.local));
        found.dedup_by_key(|one| one.range.start);
        found
    }

    /// Every occurrence whose local start is not before `from`, by local start, exceptions left out.
    /// Lazy; endless when the rule is.
    pub fn occurrences_from(&self, from: DateTime) -> impl Iterator<Item = Occurrence> + '_ {
        self.nominal_starts(from)
            .filter(move |local| *local >= from && self.exceptions.binary_search(local).is_err())
            .map_while(|local| self.occurrence(local))
            .filter(|one| match self.rule().and_then(|rule| rule.until) {
                Some(Until::Instant(last)) => one.range.start <= last,
                _ => true,
            })
    }

    /// What a local start means as an instant.
    fn occurrence(&self, local: DateTime) -> Option<Occurrence> {
        let start = instant(&self.zone, local)?;
        let end = start.checked_add(self.elapsed).ok()?;
        Some(Occurrence { local, range: TimeRange::new(start, end)? })
    }

    /// The starts that the rule makes, from shortly before `from` on, exceptions included.
    pub(super) fn nominal_starts(&self, from: DateTime) -> Box<dyn Iterator<Item = DateTime> + '_> {
        let Some((rule, set)) = &self.recurrence else {
            return Box::new(std::iter::once(self.start));
        };
        let last = match rule.until {
            None => DateTime::MAX,
            Some(Until::Local(last)) => last,
            Some(Until::Instant(last)) => {
                let local = last.to_zoned(self.zone.clone()).datetime();
                local.checked_add(SLACK).unwrap_or(DateTime::MAX)
            }
        };
        let starts = near(rule, set, self.start, from).into_iter();
        Box::new(
            starts.map_while(|start| civil(start.timestamp())).take_while(move |one| *one <= last),
        )
    }
}

/// The same rule, started as late as it can be without losing what happens from `from` on: by whole
/// intervals, so that the same periods count. A rule with a count has to be counted from its start.
fn near<'a>(
    rule: &Rule,
    set: &'a RRuleSet,
    start: DateTime,
    from: DateTime,
) -> std::borrow::Cow<'a, RRuleSet> {
    use std::borrow::Cow;

    if rule.count.is_some() {
        return Cow::Borrowed(set);
    }
    let every = i64::from(rule.interval);
    // Whole intervals between the two, and one less, because a period begins before the start does.
    let steps = |units: i64| (units.div_euclid(every) - 1).max(0) * every;
    let seconds = seconds(from) - seconds(start);
    let later = match rule.frequency {
        Frequency::Hourly => Some(steps(seconds.div_euclid(3_600)) * 3_600),
        Frequency::Daily => Some(steps(seconds.div_euclid(86_400)) * 86_400),
        Frequency::Weekly => Some(steps(seconds.div_euclid(604_800)) * 604_800),
        Frequency::Monthly => to_month(start, steps(months(from) - months(start))),
        Frequency::Yearly => {
            let years = i64::from(from.year()) - i64::from(start.year());
            to_month(start, steps(years) * 12 - i64::from(start.month() - 1))
        }
    };
    match later.and_then(|later| u64::try_from(later).ok()) {
        None | Some(0) => Cow::Borrowed(set),
        Some(later) => {
            let begun = *set.get_dt_start() + Duration::from_secs(later);
            let later = RRuleSet::new(begun).set_rrules(set.get_rrule().clone());
            Cow::Owned(later.limit())
        }
    }
}

/// Seconds from `start` to the same time on the first day of the month that lies `months` later.
fn to_month(start: DateTime, months: i64) -> Option<i64> {
    let later = jiff::Span::new().try_months(months).ok()?;
    let first = start.first_of_month().checked_add(later).ok()?;
    Some(seconds(first) - seconds(start))
}

fn months(local: DateTime) -> i64 {
    i64::from(local.year()) * 12 + i64::from(local.month())
}

/// Seconds since 1970 on the local clock.
fn seconds(local: DateTime) -> i64 {
    TimeZone::UTC.to_timestamp(local).map_or(0, Timestamp::as_second)
}

fn civil(seconds: i64) -> Option<DateTime> {
    Timestamp::from_second(seconds).ok().map(|instant| TimeZone::UTC.to_datetime(instant))
}
