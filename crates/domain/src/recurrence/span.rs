//! A stretch of time on somebody's clock, once or again and again.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rrule2::RRuleSet;

use super::{Rule, RuleError};
use crate::time::zone;

/// The years that a local start may lie in.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2199;
/// Longest single span, in days.
const ONCE_DAYS_MAX: i64 = 366;
/// Longest span that recurs, in days.
const RECURRING_DAYS_MAX: i64 = 31;
/// Most exceptions of one span.
pub(crate) const EXCEPTIONS_MAX: usize = 1_000;

/// A local start and end in a zone, with a rule and exceptions if it recurs; checked and ready to be
/// expanded.
#[derive(Debug, Clone)]
pub struct Span {
    pub(super) start: DateTime,
    pub(super) zone: TimeZone,
    /// Elapsed time of each occurrence.
    pub(super) elapsed: jiff::SignedDuration,
    pub(super) recurrence: Option<(Rule, RRuleSet)>,
    /// Sorted.
    pub(super) exceptions: Vec<DateTime>,
}

/// Why a start, an end and a rule make no span. Each names the field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpanError {
    /// The zone is not in the database.
    #[error("timezone must be an IANA time zone such as America/Denver")]
    UnknownZone,
    /// A start with parts of a second, or in a strange year.
    #[error("the start must be in whole seconds, from 1970 to 2199")]
    Start,
    /// The end is not after the start.
    #[error("the end must be after the start")]
    EndNotAfterStart,
    /// Too long.
    #[error("it may take {ONCE_DAYS_MAX} days at most, or {RECURRING_DAYS_MAX} if it recurs")]
    TooLong,
    /// The rule's text is not taken.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// The rule's values are out of range, or do not go together.
    #[error("the recurrence is not valid: {0}")]
    Values(String),
    /// The rule matches nothing at all.
    #[error("the recurrence has no occurrence")]
    Never,
    /// Too many exceptions.
    #[error("there may be {EXCEPTIONS_MAX} exceptions at most")]
    TooManyExceptions,
}

impl SpanError {
    /// A stable word for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownZone => "unknown_timezone",
            Self::Start => "out_of_range",
            Self::EndNotAfterStart => "not_after_start",
            Self::TooLong => "too_long",
            Self::Rule(_) | Self::Values(_) | Self::Never => "invalid_recurrence",
            Self::TooManyExceptions => "too_many",
        }
    }
}

impl Span {
    /// A span from `start` to `end` on the clocks of `timezone`.
    ///
    /// `exceptions` are local starts, as the rule makes them, at which it does not happen.
    pub fn new(
        start: DateTime,
        end: DateTime,
        timezone: &str,
        recurrence: Option<&Rule>,
        exceptions: &[DateTime],
    ) -> Result<Self, SpanError> {
        let zone = zone(timezone).ok_or(SpanError::UnknownZone)?;
        let begins = begin(&zone, start)?;
        let ends = instant(&zone, end).ok_or(SpanError::EndNotAfterStart)?;
        if start >= end {
            return Err(SpanError::EndNotAfterStart);
        }
        Self::of(start, ends.duration_since(begins), zone, recurrence, exceptions)
    }

    /// A span whose first occurrence starts at `start` on the clocks of `timezone`, each of which takes
    /// `elapsed`.
    pub fn lasting(
        start: DateTime,
        elapsed: jiff::SignedDuration,
        timezone: &str,
        recurrence: &Rule,
    ) -> Result<Self, SpanError> {
        let zone = zone(timezone).ok_or(SpanError::UnknownZone)?;
        begin(&zone, start)?;
        Self::of(start, elapsed, zone, Some(recurrence), &[])
    }

    fn of(
        start: DateTime,
        elapsed: jiff::SignedDuration,
        zone: TimeZone,
        recurrence: Option<&Rule>,
        exceptions: &[DateTime],
    ) -> Result<Self, SpanError> {
        if !elapsed.is_positive() {
            return Err(SpanError::EndNotAfterStart);
        }
        let most = if recurrence.is_some() { RECURRING_DAYS_MAX } else { ONCE_DAYS_MAX };
        // A calendar's day may have 25 hours.
        if elapsed > jiff::SignedDuration::from_hours(most * 24 + 1) {
            return Err(SpanError::TooLong);
        }
        if exceptions.len() > EXCEPTIONS_MAX {
            return Err(SpanError::TooManyExceptions);
        }
        let recurrence =
            recurrence.map(|rule| Ok::<_, SpanError>((rule.clone(), compile(start, rule)?)));
        let mut exceptions = exceptions.to_vec();
        exceptions.sort_unstable();
        let recurrence = recurrence.transpose()?;
        let span = Self { start, zone, elapsed, recurrence, exceptions };
        if span.nominal_starts(start).next().is_none() {
            return Err(SpanError::Never);
        }
        Ok(span)
    }

    /// The rule, if it recurs.
    pub fn rule(&self) -> Option<&Rule> {
        self.recurrence.as_ref().map(|(rule, _)| rule)
    }

    /// Elapsed time of each occurrence.
    pub fn elapsed(&self) -> jiff::SignedDuration {
        self.elapsed
    }

    /// The zone of its clock.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }
}

/// The instant of a local start that a span may have.
fn begin(zone: &TimeZone, start: DateTime) -> Result<Timestamp, SpanError> {
    if start.subsec_nanosecond() != 0 || !YEARS.contains(&start.year()) {
        return Err(SpanError::Start);
    }
    instant(zone, start).ok_or(SpanError::Start)
}

/// The instant of a local time: in a gap moved forward by it, in a fold the first of two.
pub(super) fn instant(zone: &TimeZone, local: DateTime) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(local).compatible().ok()
}

/// The rule with its start, in the terms of `rrule2`. Local times stand there as if they were UTC, so
/// that it never meets a change of clocks.
fn compile(start: DateTime, rule: &Rule) -> Result<RRuleSet, SpanError> {
    let count = rule.count.map(|count| format!(";COUNT={count}")).unwrap_or_default();
    let start = start.strftime("%Y%m%dT%H%M%SZ");
    let text = format!("DTSTART:{start}\nRRULE:{}{count}", rule.pattern);
    let set: RRuleSet =
        text.parse().map_err(|error: rrule2::RRuleError| SpanError::Values(error.to_string()))?;
    Ok(set.limit())
}
