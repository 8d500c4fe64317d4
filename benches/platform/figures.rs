//! Medians, percentiles and ratios.

use std::time::Duration;

use serde_json::{Value, json};

/// One figure per round.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rounds(pub(crate) Vec<f64>);

impl Rounds {
    pub(crate) fn push(&mut self, figure: f64) {
        self.0.push(figure);
    }

    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }

    /// The middle one; of an even number the lower middle, so that it is a figure that was measured.
    pub(crate) fn median(&self) -> f64 {
        let sorted = self.sorted();
        sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn min(&self) -> f64 {
        self.sorted().first().copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn max(&self) -> f64 {
        self.sorted().last().copied().unwrap_or(f64::NAN)
    }

    /// Round by round, this over that.
    pub(crate) fn over(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(one, other)| one / other).collect())
    }

    pub(crate) fn json(&self) -> Value {
        json!(self.0)
    }
}

/// How long each of many took.
#[derive(Debug, Clone, Default)]
pub(crate) struct Latencies {
    nanos: Vec<i64>,
    sorted: bool,
}

impl Latencies {
    pub(crate) fn push(&mut self, took: Duration) {
        self.push_signed(took, true);
    }

    /// Something may also come before what it is measured against.
    pub(crate) fn push_signed(&mut self, took: Duration, after: bool) {
        let nanos = i64::try_from(took.as_nanos()).unwrap_or(i64::MAX);
        self.nanos.push(if after { nanos } else { -nanos });
        self.sorted = false;
    }

    pub(crate) fn len(&self) -> usize {
        self.nanos.len()
    }

    /// In milliseconds; `share` 0.5 is the median.
    pub(crate) fn percentile(&mut self, share: f64) -> f64 {
        if !self.sorted {
            self.nanos.sort_unstable();
            self.sorted = true;
        }
        let last = self.nanos.len().saturating_sub(1);
        let index = (share * last as f64).round() as usize;
        self.nanos.get(index).map_or(f64::NAN, |nanos| *nanos as f64 / 1e6)
    }

    pub(crate) fn json(&mut self) -> Value {
        json!({
            "count": self.len(),
            "p50_ms": self.percentile(0.5),
            "p90_ms": self.percentile(0.9),
            "p99_ms": self.percentile(0.99),
            "max_ms": self.percentile(1.0),
        })
    }
}

/// How fast a limit is, and what it costs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// Per second.
    pub(crate) rate: f64,
    /// Microseconds of processor time to each.
    pub(crate) cost: f64,
}

impl Pace {
    /// So many in so long with so many nanoseconds of processor time.
    pub(crate) fn of(count: u64, elapsed: Duration, processor: u64) -> Self {
        Self { rate: rate(count, elapsed), cost: processor as f64 / 1e3 / count as f64 }
    }
}

/// So many in so long.
pub(crate) fn rate(count: u64, elapsed: Duration) -> f64 {
    count as f64 / elapsed.as_secs_f64()
}
