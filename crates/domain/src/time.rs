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
    (zone.iana_name() == Some(name)).then_some(zone)
}

/// The calendar month (`YYYY-MM`) that an instant falls in, on the clocks of `zone`.
pub fn month_in(instant: Timestamp, zone: &TimeZone) -> String {
    let date = instant.to_zoned(zone.clone()).date();
    format!("{:04}-{:02}", date.year(), date.month())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn range(start: i64, end: i64) -> TimeRange {
        let at = |second| Timestamp::from_second(second).unwrap();
        TimeRange::new(at(start), at(end)).unwrap()
    }

    fn ranges() -> impl Strategy<Value = TimeRange> {
        (0_i64..40, 1_i64..20).prop_map(|(start, length)| range(start, start + length))
    }

    proptest! {
        #[test]
        fn ranges_overlap_when_they_share_a_second(a in ranges(), b in ranges()) {
            let seconds = |r: &TimeRange| r.start.as_second()..r.end.as_second();
            let shared = seconds(&a).any(|second| seconds(&b).contains(&second));
            prop_assert_eq!(a.overlaps(&b), shared);
            prop_assert_eq!(b.overlaps(&a), shared);
            prop_assert!(a.overlaps(&a));
        }

        #[test]
        fn truncation_never_moves_an_instant_later_and_is_done_once(nanos in any::<i64>()) {
            let instant = Timestamp::from_nanosecond(nanos.into()).unwrap();
            let truncated = to_microsecond(instant);
            prop_assert!(truncated <= instant);
            prop_assert!(instant.as_nanosecond() - truncated.as_nanosecond() < 1_000);
            prop_assert_eq!(to_microsecond(truncated), truncated);
        }
    }

    #[test]
    fn enclosing_overlaps_and_back_to_back_does_not() {
        assert!(range(0, 10).overlaps(&range(3, 4)));
        assert!(range(3, 4).overlaps(&range(0, 10)));
        assert!(!range(0, 5).overlaps(&range(5, 10)));
        assert!(!range(5, 10).overlaps(&range(0, 5)));
    }

    #[test]
    fn an_empty_or_backward_range_is_none() {
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(TimeRange::new(at(5), at(5)), None);
        assert_eq!(TimeRange::new(at(5), at(4)), None);
    }

    #[test]
    fn only_exact_database_names_are_zones() {
        for name in ["America/Denver", "UTC", "Europe/Berlin", "Etc/GMT+7"] {
            assert!(zone(name).is_some(), "{name}");
        }
        let strange = ["america/denver", "utc", "Etc/Unknown", "+02:00", "EST5EDT,M3.2.0,M11.1.0"];
        for name in strange.into_iter().chain(["", "Mars/Olympus", "../../etc/passwd"]) {
            assert!(zone(name).is_none(), "{name}");
        }
    }

    #[test]
    fn a_month_begins_on_the_zones_clock() {
        let instant: Timestamp = "2026-08-01T03:00:00Z".parse().unwrap();
        assert_eq!(month_in(instant, &zone("UTC").unwrap()), "2026-08");
        assert_eq!(month_in(instant, &zone("America/Denver").unwrap()), "2026-07");
    }
}
