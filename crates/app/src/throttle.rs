//! What keeps sign-in from being tried too often.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rishi_resilience::{SignInAttempts, SignInRate};

/// How long to wait before the next attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryAfter(pub Duration);

/// Counts attempts to sign in, by account and by address. It is asked before anything else is done for
/// an attempt, so it decides at once and holds little.
pub trait SignInThrottle: Send + Sync + 'static {
    /// Whether another attempt on this account (its address in lower case, also one that is not there)
    /// from this address may be made.
    fn admit(&self, account: &str, address: IpAddr, now: Timestamp) -> Result<(), RetryAfter>;

    /// The attempt failed.
    fn failed(&self, account: &str, address: IpAddr, now: Timestamp);

    /// The attempt succeeded.
    fn succeeded(&self, account: &str, address: IpAddr, now: Timestamp);
}

/// How far back attempts count.
const WITHIN: Duration = Duration::from_mins(15);
/// How many accounts, and how many addresses, are remembered.
const REMEMBERED: usize = 50_000;

/// Allows each account and each address so many attempts in 15 minutes, the last of them after rising
/// pauses; [`SignInAttempts`] says how the owner of an account under attack still gets in.
#[derive(Debug)]
pub struct Throttle(Mutex<SignInAttempts>);

impl Throttle {
    /// So many in 15 minutes.
    pub fn new(count: NonZeroU32) -> Self {
        let rate = SignInRate { count: count.get(), within: WITHIN };
        Self(Mutex::new(SignInAttempts::new(rate, REMEMBERED)))
    }

    fn with<T>(&self, work: impl FnOnce(&mut SignInAttempts) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The time since the beginning of 1970, before which nobody signs in.
fn elapsed(now: Timestamp) -> Duration {
    Duration::try_from(now.as_duration()).unwrap_or_default()
}

impl SignInThrottle for Throttle {
    fn admit(&self, account: &str, address: IpAddr, now: Timestamp) -> Result<(), RetryAfter> {
        self.with(|attempts| attempts.admit(account, address, elapsed(now))).map_err(RetryAfter)
    }

    /// It was counted when it began.
    fn failed(&self, _: &str, _: IpAddr, _: Timestamp) {}

    fn succeeded(&self, account: &str, address: IpAddr, now: Timestamp) {
        self.with(|attempts| attempts.succeeded(account, address, elapsed(now)));
    }
}

/// Lets everybody try: for tests and benchmarks, and where limits are switched off.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unthrottled;

impl SignInThrottle for Unthrottled {
    fn admit(&self, _: &str, _: IpAddr, _: Timestamp) -> Result<(), RetryAfter> {
        Ok(())
    }

    fn failed(&self, _: &str, _: IpAddr, _: Timestamp) {}

    fn succeeded(&self, _: &str, _: IpAddr, _: Timestamp) {}
}
