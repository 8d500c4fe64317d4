//! Whether the platform is well: the words of the seed over figures that were measured.
//!
//! Only the judgement lies here. Who measures (the API, with a clock, a timeout and a cache) hands
//! the figures over, so that what is degraded at which figure can be read and tested in one place.

use rishi_bus::{HealthLevel, SubscriptionStatus};
use schemars::JsonSchema;
use serde::Serialize;

use super::circuits::CircuitView;
use super::external::ExternalStanding;

/// How something is; the worse the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// As it should be.
    Healthy,
    /// It works; somebody should look at it.
    Degraded,
    /// It does not do what it is there for; somebody must look at it.
    Unhealthy,
}

/// How long a trivial query may take before the database is degraded, in milliseconds.
pub const SLOW_MILLIS: u64 = 1_000;
/// Share of the memory, in percent, beyond which it is degraded.
pub const MEMORY_DEGRADED: u64 = 75;
/// Share of the memory, in percent, beyond which it is unhealthy.
pub const MEMORY_UNHEALTHY: u64 = 90;

/// The memory of this process, in bytes, and what it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// Resident now.
    pub resident: u64,
    /// The control group's limit, or the machine's memory.
    pub limit: u64,
}

impl Memory {
    /// The share that is in use, in percent.
    pub fn percent(self) -> u64 {
        self.resident.saturating_mul(100).checked_div(self.limit).unwrap_or(0)
    }
}

/// A database that answered a trivial query after so long, or did not (in time); and whether it takes writes.
pub fn database(answered_after_millis: Option<u64>, writable: bool) -> Health {
    match answered_after_millis {
        None => Health::Unhealthy,
        Some(_) if !writable => Health::Unhealthy,
        Some(millis) if millis < SLOW_MILLIS => Health::Healthy,
        Some(_) => Health::Degraded,
    }
}

/// The subscriptions of this process: by failures of the last hour and by lag, as the bus judges.
pub fn event_bus(subscriptions: &[SubscriptionStatus]) -> Health {
    match rishi_bus::health(subscriptions) {
        HealthLevel::Healthy => Health::Healthy,
        HealthLevel::Degraded => Health::Degraded,
        HealthLevel::Unhealthy => Health::Unhealthy,
    }
}

/// The circuits: whatever is known to be down is worth a look.
pub fn circuits(circuits: &[CircuitView]) -> Health {
    if circuits.iter().all(CircuitView::is_closed) { Health::Healthy } else { Health::Degraded }
}

/// What is used outside: bookings go on without it.
pub fn external(external: &[ExternalStanding]) -> Health {
    let works = |standing: &ExternalStanding| standing.error.is_none();
    if external.iter().all(works) { Health::Healthy } else { Health::Degraded }
}

/// The memory of this process.
pub fn memory(memory: Memory) -> Health {
    match memory.percent() {
        percent if percent > MEMORY_UNHEALTHY => Health::Unhealthy,
        percent if percent > MEMORY_DEGRADED => Health::Degraded,
        _ => Health::Healthy,
    }
}

/// As well as the worst of its components.
pub fn overall(components: impl IntoIterator<Item = Health>) -> Health {
    components.into_iter().max().unwrap_or(Health::Healthy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_is_as_well_as_its_worst_part() {
        assert_eq!(overall([Health::Healthy, Health::Healthy]), Health::Healthy);
        assert_eq!(overall([Health::Healthy, Health::Degraded]), Health::Degraded);
        assert_eq!(overall([Health::Unhealthy, Health::Degraded]), Health::Unhealthy);
        assert_eq!(overall([]), Health::Healthy);
    }

    #[test]
    fn a_database_is_judged_by_how_soon_it_answers() {
        assert_eq!(database(Some(999), true), Health::Healthy);
        assert_eq!(database(Some(1_000), true), Health::Degraded);
        assert_eq!(database(None, true), Health::Unhealthy);
        assert_eq!(database(Some(0), false), Health::Unhealthy);
    }

    #[test]
    fn memory_is_judged_by_its_share() {
        let used = |resident| memory(Memory { resident, limit: 1_000 });
        assert_eq!(used(759), Health::Healthy);
        assert_eq!(used(760), Health::Degraded);
        assert_eq!(used(910), Health::Unhealthy);
        assert_eq!(Memory { resident: 1, limit: 0 }.percent(), 0);
    }

    #[test]
    fn eleven_failures_in_an_hour_are_degraded_and_fifty_one_unhealthy() {
        let failed = |errors_last_hour| {
            let status = SubscriptionStatus { alive: true, errors_last_hour, ..Default::default() };
            event_bus(&[status])
        };
        assert_eq!([failed(10), failed(11)], [Health::Healthy, Health::Degraded]);
        assert_eq!([failed(50), failed(51)], [Health::Degraded, Health::Unhealthy]);
    }
}
