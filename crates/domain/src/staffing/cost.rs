//! What work costs.
//!
//! An hour costs what the assignment states, else what the person's profile does, else what the
//! organization pays by default; else it is not known, and a sum that lacks it says so. Nothing is a
//! price too.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::StaffProfile;
use crate::money::Money;
use crate::organization::OrganizationSettings;

const HOUR: i128 = 3_600_000_000;

/// A sum of costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Cost {
    /// What is known of it.
    pub amount: Money,
    /// Whether something lacks in it, because nobody knows its rate.
    pub partial: bool,
}

impl Cost {
    /// Adds work of so many microseconds at a rate.
    pub fn add(&mut self, rate: Option<Money>, micros: i64) {
        match rate {
            Some(rate) => self.amount = self.amount + price(rate, micros),
            None => self.partial = true,
        }
    }
}

/// What work of so many microseconds costs at a rate per hour, rounded half up to hundredths.
pub fn price(rate: Money, micros: i64) -> Money {
    let twice = 2 * i128::from(rate.minor()) * i128::from(micros) + HOUR;
    Money::from_minor(i64::try_from(twice.div_euclid(2 * HOUR)).unwrap_or(i64::MAX))
}

/// The rate that counts.
pub fn rate(
    stated: Option<Money>,
    profile: Option<&StaffProfile>,
    settings: &OrganizationSettings,
) -> Option<Money> {
    let usual = profile.and_then(|profile| profile.default_hourly_rate);
    stated.or(usual).or(settings.default_hourly_rate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::profile;

    fn cents(minor: i64) -> Money {
        Money::from_minor(minor)
    }

    #[test]
    fn the_nearest_rate_counts_and_nothing_is_a_rate() {
        let paid = StaffProfile { default_hourly_rate: Some(cents(20)), ..profile() };
        let free = StaffProfile { default_hourly_rate: Some(Money::ZERO), ..profile() };
        let with = |rate| OrganizationSettings {
            default_hourly_rate: rate,
            ..OrganizationSettings::default()
        };
        let (some, none) = (with(Some(cents(30))), with(None));
        assert_eq!(rate(Some(cents(10)), Some(&paid), &some), Some(cents(10)));
        assert_eq!(rate(Some(Money::ZERO), Some(&paid), &some), Some(Money::ZERO));
        assert_eq!(rate(None, Some(&paid), &some), Some(cents(20)));
        assert_eq!(rate(None, Some(&free), &some), Some(Money::ZERO));
        assert_eq!(rate(None, Some(&profile()), &some), Some(cents(30)));
        assert_eq!(rate(None, None, &none), None);
    }

    #[test]
    fn a_part_of_an_hour_costs_its_part_rounded_half_up() {
        let minutes = |count: i64| count * 60_000_000;
        assert_eq!(price(cents(2_500), minutes(90)), cents(3_750));
        assert_eq!(price(cents(1), minutes(30)), cents(1));
        assert_eq!(price(cents(1), minutes(29)), cents(0));
        assert_eq!(price(cents(3_333), minutes(20)), cents(1_111));
        assert_eq!(price(Money::ZERO, minutes(60)), Money::ZERO);
    }

    #[test]
    fn a_sum_says_when_something_lacks() {
        let mut sum = Cost::default();
        sum.add(Some(cents(100)), 3_600_000_000);
        assert_eq!(sum, Cost { amount: cents(100), partial: false });
        sum.add(None, 1);
        sum.add(Some(cents(100)), 7_200_000_000);
        assert_eq!(sum, Cost { amount: cents(300), partial: true });
    }
}
