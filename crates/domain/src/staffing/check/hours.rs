//! Rest between shifts, and hours of work on a day and in a week.
//!
//! Days and weeks (Monday to Sunday) are those of the booking's clocks, so a day on which clocks change
//! has 23 or 25 hours; what is counted is elapsed time. Limits are the person's and the organization's,
//! whichever is stricter.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::{Code, Finding, Work};
use crate::organization::OrganizationSettings;
use crate::staffing::StaffProfile;
use crate::staffing::person::Person;
use crate::time::TimeRange;

const HOUR: i64 = 3_600_000_000;

/// How much a person may work for an organization: the person's limits and the organization's, whichever
/// are stricter, in hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) rest: Option<u16>,
    pub(crate) day: Option<u16>,
    pub(crate) week: Option<u16>,
}

impl Limits {
    pub(crate) fn of(profile: &StaffProfile, settings: &OrganizationSettings) -> Self {
        let stricter = |one: Option<u16>, other: Option<u16>| match (one, other) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        Self {
            rest: profile.min_rest_hours.max(settings.min_rest_hours),
            day: stricter(profile.max_hours_per_day, settings.max_hours_per_day),
            week: stricter(profile.max_hours_per_week, settings.max_hours_per_week),
        }
    }
}

pub(super) fn check(work: &Work, person: &Person, profile: &StaffProfile) -> Vec<Finding> {
    let limits = Limits::of(profile, work.settings);
    let range = work.booking.range();
    let others: Vec<TimeRange> = person
        .shifts
        .iter()
        .filter(|shift| shift.booking_id != work.booking.id)
        .map(|shift| shift.range)
        .collect();
    let zone = work.zone();
    let too_long = |period, most| exceeded(&range, &others, &zone, period, most);
    let mut findings = Vec::new();
    findings.extend(limits.rest.and_then(|hours| too_little_rest(&range, &others, hours)));
    findings.extend(limits.day.and_then(|most| too_long(Period::Day, most)));
    findings.extend(limits.week.and_then(|most| too_long(Period::Week, most)));
    findings
}

fn too_little_rest(range: &TimeRange, others: &[TimeRange], hours: u16) -> Option<Finding> {
    let gap = |other: &TimeRange| {
        // What overlaps is another matter.
        (!other.overlaps(range)).then(|| {
            if other.end <= range.start {
                range.start.as_microsecond() - other.end.as_microsecond()
            } else {
                other.start.as_microsecond() - range.end.as_microsecond()
            }
        })
    };
    let least = others.iter().filter_map(gap).min()?;
    (least < i64::from(hours) * HOUR).then(|| {
        let message = format!("would rest {} h between shifts and needs {hours} h", figure(least));
        Finding::soft(Code::RestTooShort, message)
    })
}

/// What hours are counted over.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Period {
    Day,
    Week,
}

impl Period {
    /// The first day of the period that `date` lies in.
    fn first(self, date: Date) -> Date {
        match self {
            Self::Day => date,
            Self::Week => {
                let back = i64::from(date.weekday().since(Weekday::Monday));
                date.checked_sub(back.days()).unwrap_or(date)
            }
        }
    }

    /// The first day of the period after the one that begins on `first`.
    fn next(self, first: Date) -> Option<Date> {
        let days = match self {
            Self::Day => 1,
            Self::Week => 7,
        };
        first.checked_add(days.days()).ok()
    }
}

/// The days or weeks, by the clocks of `zone`, that `range` touches, each with its first day.
pub(crate) fn periods(
    range: TimeRange,
    zone: &TimeZone,
    period: Period,
) -> impl Iterator<Item = (Date, TimeRange)> {
    let begin = |date: Date| date.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp());
    let mut first = Some(period.first(range.start.to_zoned(zone.clone()).date()));
    std::iter::from_fn(move || {
        let day = first?;
        first = period.next(day);
        let whole = TimeRange::new(begin(day)?, begin(first?)?)?;
        (whole.start < range.end).then_some((day, whole))
    })
}

/// The first period in which the booking brings the hours above `most`.
fn exceeded(
    range: &TimeRange,
    others: &[TimeRange],
    zone: &TimeZone,
    period: Period,
    most: u16,
) -> Option<Finding> {
    periods(*range, zone, period).find_map(|(first, whole)| {
        let own = shared(range, &whole);
        let sum = own + others.iter().map(|other| shared(other, &whole)).sum::<i64>();
        (own > 0 && sum > i64::from(most) * HOUR).then(|| {
            let name = match period {
                Period::Day => format!("on {first}"),
                Period::Week => format!("in the week from {first}"),
            };
            let message =
                format!("would work {} h {name}, at most {most} h are allowed", figure(sum));
            Finding::soft(Code::HoursExceeded, message)
        })
    })
}

/// How long two ranges go together, in microseconds.
fn shared(one: &TimeRange, other: &TimeRange) -> i64 {
    let start: Timestamp = one.start.max(other.start);
    let end = one.end.min(other.end);
    (end.as_microsecond() - start.as_microsecond()).max(0)
}

/// Microseconds as hours with at most two decimals, rounded down: 5400000000 is `1.5`.
pub fn figure(micros: i64) -> String {
    let hundredths = micros.div_euclid(HOUR / 100);
    let (whole, part) = (hundredths / 100, hundredths % 100);
    match part {
        0 => whole.to_string(),
        part if part % 10 == 0 => format!("{whole}.{}", part / 10),
        part => format!("{whole}.{part:02}"),
    }
}
