//! What the database does, in figures.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Counts how often something came to at most so much. Cheap to add to, from many threads.
#[derive(Debug)]
pub struct Histogram<const N: usize> {
    /// The upper bounds, rising.
    bounds: [u64; N],
    counts: [AtomicU64; N],
    more: AtomicU64,
    sum: AtomicU64,
}

/// What a histogram holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Distribution {
    /// For each upper bound, how often it came to at most that much.
    pub up_to: Vec<(u64, u64)>,
    /// How often in all.
    pub count: u64,
    /// All of it together.
    pub sum: u64,
}

impl<const N: usize> Histogram<N> {
    /// With these upper bounds, which rise.
    pub const fn new(bounds: [u64; N]) -> Self {
        Self {
            bounds,
            counts: [const { AtomicU64::new(0) }; N],
            more: AtomicU64::new(0),
            sum: AtomicU64::new(0),
        }
    }

    /// It came to so much.
    pub fn add(&self, value: u64) {
        let place = self.bounds.iter().position(|bound| value <= *bound);
        place.map_or(&self.more, |place| &self.counts[place]).fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// It took so long, in microseconds.
    pub fn took(&self, time: Duration) {
        self.add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
    }

    /// What it holds now.
    pub fn now(&self) -> Distribution {
        let mut count = 0;
        let up_to = self.bounds.iter().zip(&self.counts).map(|(bound, counted)| {
            count += counted.load(Ordering::Relaxed);
            (*bound, count)
        });
        let up_to: Vec<_> = up_to.collect();
        count += self.more.load(Ordering::Relaxed);
        Distribution { up_to, count, sum: self.sum.load(Ordering::Relaxed) }
    }
}

/// What the engine has been doing, and how it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StorageFigures {
    /// Commits that wait for the writer.
    pub waiting_writes: u64,
    /// How many may.
    pub most_waiting_writes: u64,
    /// Queries that wait for a connection.
    pub waiting_reads: u64,
    /// How many may.
    pub most_waiting_reads: u64,
    /// How many commits shared a flush.
    pub batches: Distribution,
    /// How long a flush took, in microseconds.
    pub flushes: Distribution,
    /// Batches that changed nothing because the database could not take them.
    pub failed_batches: u64,
    /// Why the newest batch could not be written, if it could not.
    pub unwritable: Option<&'static str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_counts_at_its_bound_and_all_above() {
        let histogram = Histogram::new([1, 10, 100]);
        for value in [0, 1, 2, 10, 11, 1_000] {
            histogram.add(value);
        }
        histogram.took(Duration::from_micros(50));
        let now = histogram.now();
        assert_eq!(now.up_to, [(1, 2), (10, 4), (100, 6)]);
        assert_eq!((now.count, now.sum), (7, 1_074));
    }
}
