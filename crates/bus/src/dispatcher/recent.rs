//! How often something happened of late, in bounded memory.
//!
//! Sixty buckets, each for a second or a minute, used in turn. The window is therefore exact to one bucket.

use jiff::Timestamp;

/// Buckets in the window.
const SLOTS: usize = 60;
/// The same as a distance between buckets.
const SPAN: i64 = 60;

/// Counts over a sliding window.
#[derive(Clone, Debug)]
pub(crate) struct Recent {
    slots: [u64; SLOTS],
    /// Seconds in a bucket.
    width: i64,
    /// The newest bucket, counted from 1970.
    newest: i64,
}

impl Recent {
    /// Over a minute.
    pub(crate) const fn minute() -> Self {
        Self { slots: [0; SLOTS], width: 1, newest: 0 }
    }

    /// Over an hour.
    pub(crate) const fn hour() -> Self {
        Self { slots: [0; SLOTS], width: 60, newest: 0 }
    }

    /// It happened so many times.
    pub(crate) fn add(&mut self, count: u64, now: Timestamp) {
        self.turn(now);
        // After a small step back of the clock it counts for the newest.
        if let Some(slot) = self.slots.get_mut(slot(self.newest)) {
            *slot += count;
        }
    }

    /// How often in the window that ends now.
    pub(crate) fn sum(&mut self, now: Timestamp) -> u64 {
        self.turn(now);
        self.slots.iter().sum()
    }

    fn turn(&mut self, now: Timestamp) {
        let bucket = now.as_second().div_euclid(self.width);
        // A clock that was set far ahead or far back leaves nothing that is recent.
        if (bucket - self.newest).abs() >= SPAN {
            self.slots = [0; SLOTS];
            self.newest = bucket;
        }
        while self.newest < bucket {
            self.newest += 1;
            if let Some(slot) = self.slots.get_mut(slot(self.newest)) {
                *slot = 0;
            }
        }
    }
}

fn slot(bucket: i64) -> usize {
    usize::try_from(bucket.rem_euclid(SPAN)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn what_is_older_than_the_window_no_longer_counts() {
        let mut recent = Recent::hour();
        recent.add(3, at(0));
        recent.add(4, at(1800));
        assert_eq!((recent.sum(at(1800)), recent.sum(at(3599)), recent.sum(at(3600))), (7, 7, 4));
        assert_eq!(recent.sum(at(1_000_000)), 0);
    }

    #[test]
    fn a_clock_that_steps_back_loses_no_count_and_one_that_jumps_back_starts_anew() {
        let mut recent = Recent::minute();
        recent.add(1, at(1000));
        recent.add(1, at(990));
        assert_eq!(recent.sum(at(995)), 2);
        assert_eq!(recent.sum(at(100)), 0);
        recent.add(1, at(100));
        assert_eq!(recent.sum(at(101)), 1);
    }
}
