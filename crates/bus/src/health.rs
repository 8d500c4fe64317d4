//! Are the subscriptions well?
//!
//! Errors: more than 10 handler errors in the last hour, over all subscriptions, is degraded, more than 50 is unhealthy,
//! and so is a subscription whose task has ended.
//!
//! Lag: the age of the oldest event that a subscription has not *read* counts, not of the oldest one that it has not
//! handled: a webhook that retries over a weekend is an error of its receiver, but a subscription that does not get to
//! new events is one of ours. Commit to handler takes milliseconds, so a minute is degraded; after ten minutes reminders
//! and confirmations come too late to be of use, which is unhealthy. What an operator has paused or a gate holds back is
//! meant to lag and does not count.

use crate::SubscriptionStatus;

/// Errors in an hour beyond which the bus is degraded.
pub const ERRORS_DEGRADED: u64 = 10;
/// Errors in an hour beyond which the bus is unhealthy.
pub const ERRORS_UNHEALTHY: u64 = 50;
/// Seconds that reading is behind beyond which the bus is degraded.
pub const LAG_DEGRADED: u64 = 60;
/// Seconds that reading is behind beyond which the bus is unhealthy.
pub const LAG_UNHEALTHY: u64 = 600;

/// How well the bus is; the worse the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HealthLevel {
    /// Nothing out of the ordinary.
    Healthy,
    /// Somebody should look at it.
    Degraded,
    /// Somebody must look at it.
    Unhealthy,
}

/// How well these subscriptions are together.
pub fn health(subscriptions: &[SubscriptionStatus]) -> HealthLevel {
    let errors = subscriptions.iter().map(|one| one.errors_last_hour).sum();
    let working = subscriptions.iter().filter(|one| !one.paused && !one.gated);
    let lag = working.map(|one| one.unread_seconds).max().unwrap_or(0);
    if subscriptions.iter().any(|one| !one.alive) {
        return HealthLevel::Unhealthy;
    }
    let by_errors = level(errors, ERRORS_DEGRADED, ERRORS_UNHEALTHY);
    by_errors.max(level(lag, LAG_DEGRADED, LAG_UNHEALTHY))
}

fn level(figure: u64, degraded: u64, unhealthy: u64) -> HealthLevel {
    if figure > unhealthy {
        HealthLevel::Unhealthy
    } else if figure > degraded {
        HealthLevel::Degraded
    } else {
        HealthLevel::Healthy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(errors: u64, unread: u64) -> SubscriptionStatus {
        SubscriptionStatus {
            alive: true,
            errors_last_hour: errors,
            unread_seconds: unread,
            ..SubscriptionStatus::default()
        }
    }

    #[test]
    fn errors_of_all_subscriptions_count_together() {
        assert_eq!(health(&[]), HealthLevel::Healthy);
        assert_eq!(health(&[status(5, 0), status(5, 0)]), HealthLevel::Healthy);
        assert_eq!(health(&[status(5, 0), status(6, 0)]), HealthLevel::Degraded);
        assert_eq!(health(&[status(50, 0)]), HealthLevel::Degraded);
        assert_eq!(health(&[status(50, 0), status(1, 0)]), HealthLevel::Unhealthy);
    }

    #[test]
    fn the_one_that_is_furthest_behind_counts_unless_it_is_meant_to_be() {
        assert_eq!(health(&[status(0, 60), status(0, 0)]), HealthLevel::Healthy);
        assert_eq!(health(&[status(0, 61), status(0, 0)]), HealthLevel::Degraded);
        assert_eq!(health(&[status(0, 601)]), HealthLevel::Unhealthy);
        let paused = SubscriptionStatus { paused: true, ..status(0, 601) };
        let gated = SubscriptionStatus { gated: true, ..status(0, 601) };
        assert_eq!(health(&[paused, gated]), HealthLevel::Healthy);
    }

    #[test]
    fn a_task_that_has_ended_is_unhealthy() {
        let ended = SubscriptionStatus { alive: false, ..status(0, 0) };
        assert_eq!(health(&[status(0, 0), ended]), HealthLevel::Unhealthy);
    }
}
