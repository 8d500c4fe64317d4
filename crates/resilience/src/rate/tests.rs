use std::sync::atomic::AtomicU64;

use proptest::prelude::*;

use super::*;

/// A clock set by hand, in milliseconds.
#[derive(Clone, Default)]
struct Hands(Arc<AtomicU64>);

impl Hands {
    fn pass(&self, millis: u64) {
        self.0.fetch_add(millis, Ordering::Relaxed);
    }

    fn elapsed(&self) -> Elapsed {
        let time = Arc::clone(&self.0);
        Arc::new(move || Duration::from_millis(time.load(Ordering::Relaxed)))
    }
}

fn limiter(count: u32, per: u64, most: usize) -> (RateLimiter<u64>, Hands) {
    let hands = Hands::default();
    let rate = Rate { count: NonZeroU32::new(count).unwrap(), per: Duration::from_secs(per) };
    (RateLimiter::new(rate, most, hands.elapsed()), hands)
}

#[test]
fn a_key_spends_its_allowance_at_once_and_gets_it_back_evenly() {
    let (limiter, hands) = limiter(3, 60, 100);
    let left: Vec<u32> = (0..3).map(|_| limiter.check(&1).unwrap().remaining).collect();
    assert_eq!(left, [2, 1, 0]);
    let refused = limiter.check(&1).unwrap_err();
    assert_eq!(refused.retry_after, Duration::from_secs(20));
    assert_eq!(limiter.check(&2).unwrap().remaining, 2, "another key is not concerned");
    hands.pass(19_999);
    assert!(limiter.check(&1).is_err());
    hands.pass(1);
    let allowance = limiter.check(&1).unwrap();
    assert_eq!(allowance, Allowance { remaining: 0, reset: Duration::from_mins(1) });
    assert!(limiter.check(&1).is_err());
    hands.pass(600_000);
    assert_eq!(limiter.check(&1).unwrap().remaining, 2, "but never more than it had");
}

#[test]
fn a_refused_attempt_costs_nothing() {
    let (limiter, hands) = limiter(1, 10, 100);
    assert!(limiter.check(&1).is_ok());
    for _ in 0..100 {
        assert!(limiter.check(&1).is_err());
    }
    hands.pass(10_000);
    assert!(limiter.check(&1).is_ok());
}

#[test]
fn keys_that_have_their_allowance_back_are_forgotten() {
    let (limiter, hands) = limiter(10, 10, 1_000_000);
    for round in 0..100 {
        for key in 0..1_000 {
            limiter.check(&(round * 1_000 + key)).unwrap();
        }
        hands.pass(10_000);
    }
    assert!(limiter.keys() <= 2 * FEW, "{}", limiter.keys());
}

#[test]
fn strangers_cannot_make_it_forget_who_is_at_the_limit() {
    let (limiter, _) = limiter(2, 3_600, 2_000);
    for key in 0..100 {
        while limiter.check(&key).is_ok() {}
    }
    for stranger in 1_000..101_000 {
        assert!(limiter.check(&stranger).is_ok(), "a newcomer is let in");
    }
    assert!(limiter.keys() <= 2_001, "{}", limiter.keys());
    for key in 0..100 {
        assert!(limiter.check(&key).is_err(), "{key} is still at the limit");
    }
}

proptest! {
    /// Whatever the order and the pauses: in any window no more than the allowance and what came
    /// back meanwhile is let through, and whoever waits as long as told is let through.
    #[test]
    fn no_key_gets_more_than_its_rate(
        count in 1_u32..20,
        steps in prop::collection::vec((0_u64..3, 0_u64..4_000), 1..200),
    ) {
        let (limiter, hands) = limiter(count, 20, 1_000);
        let mut passed: HashMap<u64, Vec<u64>> = HashMap::new();
        let mut now = 0;
        for (key, pause) in steps {
            now += pause;
            hands.pass(pause);
            match limiter.check(&key) {
                Ok(_) => passed.entry(key).or_default().push(now),
                Err(exceeded) => {
                    let wait = u64::try_from(exceeded.retry_after.as_millis()).unwrap() + 1;
                    now += wait;
                    hands.pass(wait);
                    prop_assert!(limiter.check(&key).is_ok());
                    passed.entry(key).or_default().push(now);
                }
            }
        }
        for times in passed.values() {
            for (first, from) in times.iter().enumerate() {
                for (last, to) in times.iter().enumerate().skip(first) {
                    let let_in = u64::try_from(last - first + 1).unwrap();
                    let back = (to - from) * u64::from(count) / 20_000;
                    prop_assert!(let_in <= u64::from(count) + back + 1);
                }
            }
        }
    }
}
