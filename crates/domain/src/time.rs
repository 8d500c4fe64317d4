//! Half-open ranges of time and IANA zones.
//!
//! A range `[start, end)` contains its start and not its end, so two bookings back to back do not
//! overlap. Instants are UTC with microsecond precision, the finest that both engines store; finer
//! digits are dropped when an instant enters the system.

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A half-open range of time, `[start, end)`, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct TimeRange {
    /// The first instant inside.
    pub start: Timestamp,
    /// The first instant after.
    pub end: Timestamp,
}

impl TimeRange {
    /// The range from `start` to `end`, or nothing unless `start < end`.
    pub fn new(start: Timestamp, end: Timestamp) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// Whether the two ranges share an instant: `a.start < b.end && b.start < a.end`.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Elapsed time in whole microseconds.
    pub fn microseconds(&self) -> i64 {
        self.end.as_microsecond() - self.start.as_microsecond()
    }
}

/// Drops what is finer than a microsecond (toward the earlier instant).
pub fn to_microsecond(instant: Timestamp) -> Timestamp {
    let floor = instant.as_nanosecond().div_euclid(1_000);
    i64::try_from(floor)
        .ok()
        .and_then(|micros| Timestamp::from_microsecond(micros).ok())
        .unwrap_or(instant)
}

/// The zone of an IANA name such as `America/Denver`; nothing when the name is unknown.
///
/// Names are spelled exactly as in the database: no offsets, no POSIX rules, no other case. The
/// database is the one compiled in, so that every node knows the same zones and rules.
pub fn zone(name: &str) -> Option<TimeZone> {
    let zone = TimeZoneDatabase::bundled().get(name).ok()?;
    (zone.iana_name() == Some(name) && !zone.is_unknown()).then_some(zone)
}

/// The calendar month (`YYYY-MM`) that an instant falls in, on the clocks of `zone`.
pub fn month_in(instant: Timestamp, zone: &TimeZone) -> String {
    let date = instant.to_zoned(zone.clone()).date();
    format!("{:04}-{:02}", date.year(), date.month())
}
