//! Exponential backoff with jitter.
//!
//! The wait before attempt `n + 1` is `first × factorⁿ⁻¹`, at most `max`, times a share between one half and one that
//! the jitter decides ("equal jitter", M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015). The
//! lower bound keeps a burst of failures from retrying at once; the spread keeps it from retrying together.

use std::time::Duration;

/// How often a thing is attempted and how long to wait in between.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backoff {
    /// The wait after the first failed attempt, before jitter.
    pub first: Duration,
    /// What each wait is multiplied with to give the next; 1 is a constant wait.
    pub factor: f64,
    /// No wait is longer than this.
    pub max: Duration,
    /// Attempts in all, the first one included. With 1 there is no retry; 0 is taken as 1.
    pub attempts: u32,
}

impl Backoff {
    /// The wait after `attempt` attempts have failed (1, 2, …), or `None` when that was the last one.
    ///
    /// `jitter` lies in `0..=1` and scales the wait between one half (0) and the whole (1) of it; values outside are
    /// clamped.
    pub fn delay(&self, attempt: u32, jitter: f64) -> Option<Duration> {
        if attempt >= self.attempts.max(1) {
            return None;
        }
        let max = self.max.as_secs_f64();
        let exponent = f64::from(attempt.saturating_sub(1));
        // `min` also takes the infinity of a large exponent, and a NaN of absurd settings, back to `max`.
        let whole = (self.first.as_secs_f64() * self.factor.powf(exponent)).min(max);
        let share = if jitter.is_nan() { 1.0 } else { 0.5 + jitter.clamp(0.0, 1.0) / 2.0 };
        Some(Duration::try_from_secs_f64(whole * share).unwrap_or(self.max))
    }

    /// The longest time between the first attempt and the last, handlers' own time not counted.
    pub fn span(&self) -> Duration {
        (1..self.attempts.max(1))
            .filter_map(|attempt| self.delay(attempt, 1.0))
            .fold(Duration::ZERO, Duration::saturating_add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: Backoff = Backoff {
        first: Duration::from_secs(1),
        factor: 3.0,
        max: Duration::from_secs(20),
        attempts: 6,
    };

    #[test]
    fn each_wait_grows_by_the_factor_up_to_the_maximum() {
        let waits: Vec<_> =
            (1..=5).filter_map(|n| STEP.delay(n, 1.0)).map(|d| d.as_secs()).collect();
        assert_eq!(waits, [1, 3, 9, 20, 20]);
    }

    #[test]
    fn the_last_attempt_has_no_wait_after_it() {
        assert!(STEP.delay(5, 0.0).is_some());
        assert_eq!(STEP.delay(6, 0.0), None);
        assert_eq!(STEP.delay(u32::MAX, 0.0), None);
    }

    #[test]
    fn jitter_takes_at_most_half_of_the_wait_away() {
        assert_eq!(STEP.delay(2, 0.0), Some(Duration::from_millis(1500)));
        assert_eq!(STEP.delay(2, 0.5), Some(Duration::from_millis(2250)));
        assert_eq!(STEP.delay(2, 1.0), Some(Duration::from_secs(3)));
        assert_eq!(STEP.delay(2, -7.0), STEP.delay(2, 0.0));
        assert_eq!(STEP.delay(2, f64::NAN), STEP.delay(2, 1.0));
    }

    #[test]
    fn a_wait_too_long_to_count_is_the_maximum() {
        let wild = Backoff { factor: 1e300, attempts: u32::MAX, ..STEP };
        assert_eq!(wild.delay(1_000_000, 1.0), Some(STEP.max));
    }

    #[test]
    fn zero_attempts_is_one_attempt() {
        assert_eq!(Backoff { attempts: 0, ..STEP }.delay(1, 1.0), None);
    }

    #[test]
    fn the_span_is_the_sum_of_the_whole_waits() {
        assert_eq!(STEP.span(), Duration::from_secs(53));
    }
}
