//! What an operator may set of the limits, with the defaults of the contract.

use std::num::NonZeroU32;
use std::time::Duration;

use rishi_resilience::Rate;

/// The allowance of each class of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimits {
    /// Of everything that is in no other class.
    pub general: Rate,
    /// Of POST and PATCH on bookings.
    pub booking_writes: Rate,
    /// Of a booking's staff, candidates and automatic assignment.
    pub staff: Rate,
    /// Of probes and metrics.
    pub probes: Rate,
}

impl RateLimits {
    /// So many a minute.
    pub const fn per_minute(count: NonZeroU32) -> Rate {
        Rate { count, per: Duration::from_mins(1) }
    }
}

impl Default for RateLimits {
    fn default() -> Self {
        const fn minutely(count: u32) -> Rate {
            RateLimits::per_minute(NonZeroU32::MIN.saturating_add(count - 1))
        }
        Self {
            general: minutely(100),
            booking_writes: minutely(50),
            staff: minutely(200),
            probes: minutely(1000),
        }
    }
}
