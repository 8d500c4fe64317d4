//! What keeps sign-in from being tried too often.

use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;

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
