//! What an answer means for a delivery: done, once more and when, or given up.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rishi_bus::RetryPolicy;

use crate::webhooks::{DeliveryStatus, Reply, Unsent};

/// No receiver is left alone for longer because it asks for it.
const PATIENCE: Duration = Duration::from_hours(24);
/// The answer of an endpoint that is gone for good.
const GONE: u16 = 410;

/// What becomes of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Where it stands.
    pub(super) now: DeliveryStatus,
    /// When it is attempted next, if it is.
    pub(super) due_at: Option<Timestamp>,
    /// What went wrong, if anything.
    pub(super) error: Option<String>,
    /// Whether the endpoint is gone for good.
    pub(super) gone: bool,
}

/// Judges the outcome of the `number`th attempt (1, 2, …) that ended at `at`: ten within 75 hours.
pub(super) fn judge(
    outcome: &Result<Reply, Unsent>,
    number: u32,
    at: Timestamp,
    jitter: f64,
) -> Verdict {
    let (error, asked, gone) = match outcome {
        Ok(Reply { status: 200..=299, .. }) => {
            let now = DeliveryStatus::Delivered;
            return Verdict { now, due_at: None, error: None, gone: false };
        }
        Ok(Reply { status: 300..=399, .. }) => {
            ("redirects are not followed".to_owned(), None, false)
        }
        Ok(Reply { status, retry_after }) => {
            (format!("answered {status}"), *retry_after, *status == GONE)
        }
        Err(unsent) => (unsent.to_string(), None, false),
    };
    let wait = RetryPolicy::effect().0.delay(number, jitter).filter(|_| !gone);
    let wait = wait.map(|wait| wait.max(asked.unwrap_or_default().min(PATIENCE)));
    let due_at = wait.map(|wait| {
        let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
        at.saturating_add(wait).unwrap_or(Timestamp::MAX)
    });
    let now = if due_at.is_some() { DeliveryStatus::Pending } else { DeliveryStatus::Failed };
    Verdict { now, due_at, error: Some(error), gone }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    fn answered(status: u16, retry_after: Option<u64>, number: u32) -> Verdict {
        let retry_after = retry_after.map(Duration::from_secs);
        judge(&Ok(Reply { status, retry_after }), number, AT, 1.0)
    }

    fn seconds(verdict: &Verdict) -> Option<i64> {
        verdict.due_at.map(Timestamp::as_second)
    }

    #[test]
    fn any_2xx_is_delivered_and_nothing_else_is() {
        for status in [200, 202, 204, 299] {
            assert_eq!(answered(status, None, 1).now, DeliveryStatus::Delivered);
        }
        for status in [100, 199, 301, 302, 304, 400, 404, 429, 500, 503] {
            assert_eq!(answered(status, None, 1).now, DeliveryStatus::Pending, "{status}");
        }
        let unsent = judge(&Err(Unsent("no answer within 15 s".to_owned())), 1, AT, 1.0);
        assert_eq!(unsent.error.as_deref(), Some("no answer within 15 s"));
        assert_eq!(seconds(&unsent), Some(30));
    }

    #[test]
    fn the_last_of_ten_attempts_within_75_hours_is_the_end() {
        let mut hours = 0.0;
        for number in 1..10 {
            let wait = seconds(&answered(500, None, number)).unwrap();
            hours += f64::from(i32::try_from(wait).unwrap()) / 3_600.0;
        }
        assert!((60.0..=75.0).contains(&hours), "{hours} hours");
        let last = answered(500, None, 10);
        assert_eq!((last.now, last.due_at), (DeliveryStatus::Failed, None));
    }

    #[test]
    fn a_receiver_that_asks_for_time_gets_it_up_to_a_day() {
        assert_eq!(seconds(&answered(503, Some(600), 1)), Some(600));
        assert_eq!(seconds(&answered(429, Some(1), 1)), Some(30), "never sooner than otherwise");
        assert_eq!(seconds(&answered(503, Some(u64::MAX), 1)), Some(24 * 3_600));
    }

    #[test]
    fn gone_for_good_is_not_tried_again() {
        let gone = answered(410, None, 1);
        assert_eq!((gone.now, gone.due_at, gone.gone), (DeliveryStatus::Failed, None, true));
    }
}
