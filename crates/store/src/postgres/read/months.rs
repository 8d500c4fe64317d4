//! A stretch of time cut where months begin on a zone's clocks.
//!
//! Which month it is is said by the zones that the platform knows, not by those of the server; the server compares
//! numbers, and an index takes it to each stretch.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use rishi_domain::time::month_in;

/// A time that lies in one month.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    /// Its first microsecond.
    pub(super) since: i64,
    /// The microsecond after its last.
    pub(super) until: i64,
    /// `YYYY-MM`.
    pub(super) month: String,
}

/// The stretches from one instant through another. A month may be in several of them: where clocks go back over the
/// turn of a month, a part of the old month comes after the beginning of the new one.
pub(super) fn stretches(zone: &TimeZone, first: Timestamp, last: Timestamp) -> Vec<Stretch> {
    let mut found: Vec<Stretch> = Vec::new();
    let mut since = Some(first);
    while let Some(from) = since {
        let next = change(&from.to_zoned(zone.clone())).filter(|next| *next <= last);
        let until = next.map_or(last.as_microsecond() + 1, Timestamp::as_microsecond);
        let month = month_in(from, zone);
        match found.last_mut().filter(|before| before.month == month) {
            Some(before) => before.until = until,
            None => found.push(Stretch { since: from.as_microsecond(), until, month }),
        }
        since = next;
    }
    found
}

/// When the month may next be another one: as its last day ends, or as the clocks are moved.
fn change(now: &Zoned) -> Option<Timestamp> {
    let turn = now.date().last_of_month().tomorrow().ok();
    let turn = turn.and_then(|day| now.offset().to_timestamp(day.at(0, 0, 0, 0)).ok());
    let mut following = now.time_zone().following(now.timestamp());
    let moved = following.next().map(|moved| moved.timestamp());
    turn.into_iter().chain(moved).min()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rishi_domain::time::zone;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_that_the_clocks_come_back_to_is_in_two_stretches() {
        let zone = zone("America/St_Johns").unwrap();
        let (first, last) = (at("2009-10-31T00:00:00Z"), at("2009-11-02T00:00:00Z"));
        let found: Vec<_> = stretches(&zone, first, last)
            .into_iter()
            .map(|one| ((one.until - one.since) / 60_000_000, one.month))
            .collect();
        let wanted = [(1_590, "2009-10"), (1, "2009-11"), (59, "2009-10"), (1_230, "2009-11")];
        assert_eq!(found, wanted.map(|(minutes, month)| (minutes, month.to_owned())));
    }

    #[test]
    fn an_instant_is_a_stretch_also_at_the_end_of_time() {
        let zone = zone("Pacific/Kiritimati").unwrap();
        for instant in [Timestamp::UNIX_EPOCH, at("9999-12-30T20:00:00Z")] {
            let found = stretches(&zone, instant, instant);
            assert_eq!((found.len(), found[0].until - found[0].since), (1, 1));
        }
    }

    proptest! {
        #[test]
        fn whatever_lies_in_a_stretch_is_in_its_month(
            name in proptest::sample::select(vec![
                "UTC", "America/Denver", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia",
                "Australia/Lord_Howe", "Africa/Monrovia", "Pacific/Kiritimati", "America/Havana",
            ]),
            first in -1_500_000_000_i64..3_000_000_000,
            lasting in 0_i64..200_000_000,
            places in proptest::collection::vec(0.0_f64..1.0, 20),
        ) {
            let zone = zone(name).unwrap();
            let second = |second| Timestamp::from_second(second).unwrap();
            let found = stretches(&zone, second(first), second(first + lasting));
            prop_assert_eq!(found[0].since, first * 1_000_000);
            prop_assert_eq!(found.last().unwrap().until, (first + lasting) * 1_000_000 + 1);
            for pair in found.windows(2) {
                prop_assert_eq!(pair[0].until, pair[1].since);
                prop_assert_ne!(&pair[0].month, &pair[1].month);
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a place between")]
            for place in places {
                let micros = first * 1_000_000 + (place * (lasting * 1_000_000) as f64) as i64;
                let one = found.iter().find(|one| one.since <= micros && micros < one.until).unwrap();
                let there = Timestamp::from_microsecond(micros).unwrap();
                prop_assert_eq!(&one.month, &month_in(there, &zone));
            }
        }
    }
}
