//! How often requests may come, and what answers say of it.
//!
//! Four classes of routes have an allowance each ([`Class`]). It is a person's when a session signs the
//! request and a token's when a token does; whoever is not signed in spends that of the client's
//! address, and so does every request whose sign-in fails. Addresses of version 6 count by their first
//! 64 bits, since whoever has one has all of them.
//!
//! Where processes share a Redis they count together there, and each by itself while it does not answer. Probes ask how one
//! process is and are counted by that one, so that whether it lives never rests on anything outside.
//!
//! What is left stands in every answer of a limited route (`RateLimit` and `RateLimit-Policy`, as in
//! draft-ietf-httpapi-ratelimit-headers-10); 429 also says when to come again.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use rishi_app::auth::{Means, Principal};
use rishi_app::limits::SharedAllowances;
use rishi_resilience::{Allowance, Elapsed, Exceeded, Rate, RateLimiter, network};
use uuid::Uuid;

use crate::problem::{Code, Problem};

mod enforce;
mod settings;
#[cfg(test)]
mod tests;

pub(crate) use enforce::{by_address, by_caller};
pub use settings::RateLimits;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// How many callers each class remembers.
const CALLERS: usize = 50_000;

/// What a request is counted as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Anything else.
    General,
    /// Making and changing bookings.
    BookingWrites,
    /// Finding, assigning and releasing the people of a booking.
    Staff,
    /// What the machinery around the platform asks.
    Probes,
}

impl Class {
    /// The class of a route by its method and its path as it is declared.
    pub(crate) fn of(method: &Method, route: &str) -> Self {
        let booking = route.strip_prefix("/api/booking");
        let Some(rest) = booking.filter(|rest| rest.starts_with(['s', '-'])) else {
            let probe =
                !route.starts_with("/api/") && matches!(route, "/livez" | "/readyz" | "/metrics");
            return if probe { Self::Probes } else { Self::General };
        };
        if let Some(deed) = rest.strip_prefix("s/{id}/") {
            let deed = deed.split('/').next().unwrap_or_default();
            if matches!(deed, "staff" | "candidates" | "auto-assign") {
                return Self::Staff;
            }
        }
        if matches!(*method, Method::POST | Method::PATCH) {
            Self::BookingWrites
        } else {
            Self::General
        }
    }
}

/// Whose allowance is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// A person's, or a program's by its token.
    Caller(Uuid),
    /// A client's that is not signed in.
    Address(IpAddr),
}

impl Key {
    /// Of who is signed in.
    pub(crate) fn of(principal: &Principal) -> Self {
        Self::Caller(match principal.means() {
            Means::Token(id) => id.0,
            Means::Session(_) | Means::Operator => principal.user_id().0,
        })
    }

    /// Of who is not.
    pub(crate) fn from(address: IpAddr) -> Self {
        Self::Address(network(address))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Caller(id) => id.fmt(f),
            Self::Address(address) => address.fmt(f),
        }
    }
}

/// One class's allowances.
struct Limit {
    name: &'static str,
    policy: HeaderValue,
    limiter: RateLimiter<Key>,
}

impl Limit {
    fn new(name: &'static str, rate: Rate, elapsed: &Elapsed) -> Self {
        let text = format!("\"{name}\";q={};w={}", rate.count, seconds(rate.per));
        // Letters and digits are always a header's value.
        let policy = HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""));
        Self { name, policy, limiter: RateLimiter::new(rate, CALLERS, elapsed.clone()) }
    }

    fn standing(&self, remaining: u32, reset: u64) -> HeaderValue {
        let text = format!("\"{}\";r={remaining};t={reset}", self.name);
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
    }
}

/// What an answer says of its caller's allowance.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    policy: HeaderValue,
    standing: HeaderValue,
}

impl Standing {
    /// Says it.
    pub(crate) fn put(self, headers: &mut HeaderMap) {
        headers.insert(RATE_LIMIT_POLICY, self.policy);
        headers.insert(RATE_LIMIT, self.standing);
    }
}

/// The allowances of all callers.
pub(crate) struct Limits {
    general: Limit,
    booking_writes: Limit,
    staff: Limit,
    probes: Limit,
    shared: Option<Shared>,
}

/// Where processes count together, and how often that was possible.
struct Shared {
    allowances: Arc<dyn SharedAllowances>,
    counted: AtomicU64,
    missed: AtomicU64,
}

impl Shared {
    async fn spend(&self, limit: &Limit, key: Key) -> Option<Result<Allowance, Exceeded>> {
        let spent =
            self.allowances.spend(&format!("{}:{key}", limit.name), limit.limiter.rate()).await;
        let times = if spent.is_some() { &self.counted } else { &self.missed };
        times.fetch_add(1, Ordering::Relaxed);
        spent
    }
}

impl Limits {
    pub(crate) fn new(
        rates: &RateLimits,
        elapsed: &Elapsed,
        shared: Option<Arc<dyn SharedAllowances>>,
    ) -> Self {
        let shared = shared.map(|allowances| Shared {
            allowances,
            counted: AtomicU64::new(0),
            missed: AtomicU64::new(0),
        });
        Self {
            shared,
            general: Limit::new("general", rates.general, elapsed),
            booking_writes: Limit::new("booking-writes", rates.booking_writes, elapsed),
            staff: Limit::new("staff", rates.staff, elapsed),
            probes: Limit::new("probes", rates.probes, elapsed),
        }
    }

    /// How many callers and addresses are remembered, each once for each class.
    pub(crate) fn callers(&self) -> u64 {
        let all = [&self.general, &self.booking_writes, &self.staff, &self.probes];
        all.iter().map(|limit| limit.limiter.keys() as u64).sum()
    }

    /// Where processes count together: how many requests were counted there, and how many could not be.
    pub(crate) fn shared(&self) -> Option<[(&'static str, u64); 2]> {
        let shared = self.shared.as_ref()?;
        let of = |times: &AtomicU64| times.load(Ordering::Relaxed);
        Some([("counted", of(&shared.counted)), ("missed", of(&shared.missed))])
    }

    /// Spends one request of the caller's allowance, or refuses it.
    pub(crate) async fn spend(&self, class: Class, key: Key) -> Result<Standing, Problem> {
        let limit = match class {
            Class::General => &self.general,
            Class::BookingWrites => &self.booking_writes,
            Class::Staff => &self.staff,
            Class::Probes => &self.probes,
        };
        let policy = limit.policy.clone();
        let together = match &self.shared {
            Some(shared) if class != Class::Probes => shared.spend(limit, key).await,
            _ => None,
        };
        match together.unwrap_or_else(|| limit.limiter.check(&key)) {
            Ok(left) => {
                let standing = limit.standing(left.remaining, seconds(left.reset));
                Ok(Standing { policy, standing })
            }
            Err(exceeded) => {
                let rate = limit.limiter.rate();
                let detail = format!(
                    "more than {} requests in {} s; Retry-After says when to come again",
                    rate.count,
                    seconds(rate.per)
                );
                let standing = limit.standing(0, seconds(exceeded.retry_after));
                let problem = Problem::new(Code::RateLimited, detail)
                    .retry_after(exceeded.retry_after)
                    .with_header(RATE_LIMIT_POLICY, policy)
                    .with_header(RATE_LIMIT, standing);
                Err(problem)
            }
        }
    }
}

/// Whole seconds, rounded up.
fn seconds(duration: std::time::Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}
