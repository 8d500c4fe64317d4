//! Times and rates.

use std::time::Duration;

use serde_json::{Value, json};

/// How long each of many took.
#[derive(Debug, Default)]
pub(super) struct Latencies(Vec<Duration>);

impl Latencies {
    pub(super) fn push(&mut self, time: Duration) {
        self.0.push(time);
    }

    pub(super) fn merge(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// The times that half and 99 of 100 stay within, in milliseconds (nearest rank).
    fn percentiles(&self) -> [f64; 2] {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        [50, 99].map(|percent| {
            let rank = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
            sorted.get(rank).map_or(0.0, |time| time.as_secs_f64() * 1e3)
        })
    }

    pub(super) fn shown(&self) -> [String; 2] {
        self.percentiles().map(|millis| format!("{millis:.2}"))
    }

    pub(super) fn json(&self) -> Value {
        let [median, slowest] = self.percentiles();
        json!({ "p50Ms": median, "p99Ms": slowest })
    }
}

/// What came of a piece of work.
#[derive(Debug)]
pub(super) struct Figure {
    pub(super) per_second: f64,
    pub(super) latencies: Latencies,
}

impl Figure {
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
    pub(super) fn of(latencies: Latencies, time: Duration) -> Self {
        let per_second = latencies.0.len() as f64 / time.as_secs_f64().max(f64::EPSILON);
        Self { per_second, latencies }
    }

    pub(super) fn json(&self) -> Value {
        let mut figure = self.latencies.json();
        figure["perSecond"] = json!(self.per_second);
        figure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let mut times = Latencies::default();
        (1..=200).rev().for_each(|millis| times.push(Duration::from_millis(millis)));
        assert_eq!(times.shown(), ["100.00", "198.00"]);
        let mut lone = Latencies::default();
        lone.merge(Latencies(vec![Duration::from_micros(70)]));
        assert_eq!(lone.shown(), ["0.07", "0.07"]);
        assert_eq!(Latencies::default().shown(), ["0.00", "0.00"]);
    }

    #[test]
    fn a_rate_is_what_was_done_over_the_time_it_took() {
        let times = Latencies(vec![Duration::from_millis(1); 30]);
        let figure = Figure::of(times, Duration::from_secs(2));
        assert_eq!(figure.json()["perSecond"], 15.0);
    }
}
