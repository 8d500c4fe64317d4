//! How often a thing may be done, key by key.
//!
//! The generic cell rate algorithm (ITU-T I.371; `governor` does the arithmetic): each key may spend its
//! whole allowance at once and gets it back evenly. What is kept of a key is one instant, so a key that
//! has its whole allowance again needs no memory.
//!
//! Guarantee: memory is bounded, and a stranger cannot use that to be forgotten. When there are too many
//! keys, those that have spent least are forgotten first: that gives each of them no more than it had
//! to begin with, and whoever is near the limit stays there.

use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use governor::Quota;
use governor::clock::Clock;
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::ShrinkableKeyedStateStore;

#[cfg(test)]
mod tests;

/// Time since some beginning; it never runs backwards.
pub type Elapsed = Arc<dyn Fn() -> Duration + Send + Sync>;

/// How many, in which time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many at once.
    pub count: NonZeroU32,
    /// How long it takes to get all of them back. Zero is taken as a nanosecond each.
    pub per: Duration,
}

/// What a key has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// How many more at once.
    pub remaining: u32,
    /// When all of them are back, if none is spent meanwhile.
    pub reset: Duration,
}

/// The key has nothing left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exceeded {
    /// When there is one again.
    pub retry_after: Duration,
}

/// Fewer keys than this are not looked through.
const FEW: usize = 1024;

/// Allows each key its rate.
pub struct RateLimiter<K: Hash + Eq + Clone> {
    rate: Rate,
    most: usize,
    /// How many keys there may be until those that need no memory are looked for.
    look_at: AtomicUsize,
    limiter: governor::RateLimiter<K, Keys<K>, Watch, StateInformationMiddleware>,
}

impl<K: Hash + Eq + Clone> RateLimiter<K> {
    /// `rate` for each of at most `most` keys, by a clock.
    pub fn new(rate: Rate, most: usize, elapsed: Elapsed) -> Self {
        let period = rate.per / rate.count.get();
        let period = period.max(Duration::from_nanos(1));
        let quota = Quota::with_period(period)
            .unwrap_or(Quota::per_second(rate.count))
            .allow_burst(rate.count);
        let keys = Keys { most, instants: Mutex::default() };
        let limiter = governor::RateLimiter::new(quota, keys, Watch(elapsed));
        Self { rate, most, look_at: AtomicUsize::new(FEW.min(most)), limiter }
    }

    /// What it allows.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// Spends one of the key's allowance.
    pub fn check(&self, key: &K) -> Result<Allowance, Exceeded> {
        let checked = self.limiter.check_key(key);
        if self.limiter.len() > self.look_at.load(Ordering::Relaxed) {
            self.limiter.retain_recent();
            // Looked at again when there are twice as many: a look costs each new key a constant.
            let next = (self.limiter.len() * 2).clamp(FEW.min(self.most), self.most);
            self.look_at.store(next, Ordering::Relaxed);
        }
        match checked {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                let spent = self.rate.count.get().saturating_sub(remaining);
                let reset = state.quota().replenish_interval().saturating_mul(spent);
                Ok(Allowance { remaining, reset })
            }
            Err(refused) => {
                let retry_after = refused.wait_time_from(self.limiter.clock().now());
                Err(Exceeded { retry_after })
            }
        }
    }

    /// How many keys it remembers.
    pub fn keys(&self) -> usize {
        self.limiter.len()
    }
}

/// The clock that was passed in, as `governor` reads it.
#[derive(Clone)]
struct Watch(Elapsed);

impl Clock for Watch {
    type Instant = Duration;

    fn now(&self) -> Duration {
        (self.0)()
    }
}

/// For each key the instant at which its allowance is whole again.
struct Keys<K> {
    most: usize,
    instants: Mutex<HashMap<K, Nanos>>,
}

impl<K> Keys<K> {
    fn lock(&self) -> MutexGuard<'_, HashMap<K, Nanos>> {
        self.instants.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Hash + Eq + Clone> StateStore for Keys<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut instants = self.lock();
        if let Some(instant) = instants.get_mut(key) {
            let (decision, next) = f(Some(*instant))?;
            *instant = next;
            return Ok(decision);
        }
        let (decision, next) = f(None)?;
        instants.insert(key.clone(), next);
        Ok(decision)
    }
}

impl<K: Hash + Eq + Clone> ShrinkableKeyedStateStore<K> for Keys<K> {
    /// Forgets the keys that have their whole allowance, and if there are still too many, the half
    /// that has spent least.
    fn retain_recent(&self, drop_below: Nanos) {
        let mut instants = self.lock();
        instants.retain(|_, instant| *instant > drop_below);
        if instants.len() >= self.most {
            let mut all: Vec<Nanos> = instants.values().copied().collect();
            let middle = all.len() / 2;
            let (_, median, _) = all.select_nth_unstable(middle);
            let median = *median;
            instants.retain(|_, instant| *instant > median);
        }
    }

    fn len(&self) -> usize {
        self.lock().len()
    }

    fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }
}
