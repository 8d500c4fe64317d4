//! What work costs.
//!
//! An hour costs what the assignment states, else what the person's profile does, else what the
//! organization pays by default; else it is not known, and a sum that lacks it says so. Nothing is a
//! price too.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::StaffProfile;
use crate::assignment::AssignmentStatus;
use crate::booking::Booking;
use crate::money::Money;
use crate::organization::OrganizationSettings;
use crate::time::TimeRange;

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

/// What is said of what a booking's staff costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StaffCost {
    /// What the scheduled time of everybody costs who is to come or has come.
    pub planned: Money,
    /// The same by the time for which people were checked in; by the scheduled time where that is not
    /// known. Absent until somebody has left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<Money>,
    /// Whether a rate is not known, so that both sums lack it.
    pub partial: bool,
    /// What somebody should look at.
    pub warnings: Vec<CostWarning>,
}

words! {
    /// Something about costs that somebody should look at.
    pub enum CostWarning {
        /// What is planned costs more than the budget.
        PlannedOverBudget = "planned_over_budget",
        /// What was worked cost more than the budget.
        ActualOverBudget = "actual_over_budget",
        /// A rate is not known.
        RateUnknown = "rate_unknown",
    }
}

/// An assignment as far as it costs something.
#[derive(Debug, Clone, Copy)]
pub struct Costing {
    /// How far it has come.
    pub status: AssignmentStatus,
    /// Rate per hour.
    pub rate: Option<Money>,
    /// From coming to leaving.
    pub worked: Option<TimeRange>,
}

impl StaffCost {
    /// The costs of `booking` with these assignments; nothing without any that costs.
    pub fn of(booking: &Booking, staff: impl Iterator<Item = Costing>) -> Option<Self> {
        let scheduled = booking.range().microseconds();
        let (mut planned, mut actual) = (Cost::default(), Cost::default());
        let (mut any, mut left) = (false, false);
        let counts = |one: &Costing| one.status.counts();
        for one in staff.filter(counts) {
            any = true;
            left |= one.worked.is_some();
            planned.add(one.rate, scheduled);
            actual.add(one.rate, one.worked.map_or(scheduled, |worked| worked.microseconds()));
        }
        let actual_amount = left.then_some(actual.amount);
        let over = |amount: Money| booking.budget.is_some_and(|budget| amount > budget);
        let warnings = [
            (over(planned.amount), CostWarning::PlannedOverBudget),
            (actual_amount.is_some_and(over), CostWarning::ActualOverBudget),
            (planned.partial, CostWarning::RateUnknown),
        ];
        any.then(|| Self {
            planned: planned.amount,
            actual: actual_amount,
            partial: planned.partial,
            warnings: warnings
                .into_iter()
                .filter(|(holds, _)| *holds)
                .map(|(_, one)| one)
                .collect(),
        })
    }
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
    use crate::booking::BookingStatus;
    use crate::testing::{booking, hours_from_now, profile};

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
    fn costs_are_planned_by_schedule_and_actual_by_presence() {
        use AssignmentStatus::{Assigned, CheckedIn, Completed, Declined, NoShow, Released};
        // Two hours, from 24 hours on.
        let booking = Booking { budget: Some(cents(5_000)), ..booking(BookingStatus::Approved) };
        let hours = |from, to| TimeRange::new(hours_from_now(from), hours_from_now(to));
        let one =
            |status, rate: Option<i64>, worked| Costing { status, rate: rate.map(cents), worked };
        let of = |staff: &[Costing]| StaffCost::of(&booking, staff.iter().copied());
        let gone = [Declined, Released, NoShow].map(|status| one(status, Some(9_999), None));
        assert_eq!(of(&gone), None);
        let planned = of(&[one(Assigned, Some(1_000), None), one(CheckedIn, Some(1_500), None)]);
        let expected =
            StaffCost { planned: cents(5_000), actual: None, partial: false, warnings: vec![] };
        assert_eq!(planned, Some(expected.clone()), "at the budget is not over it");
        let done =
            of(&[one(Completed, Some(1_000), hours(24, 27)), one(CheckedIn, Some(1_500), None)]);
        let warnings = vec![CostWarning::ActualOverBudget];
        let actual = Some(cents(6_000));
        assert_eq!(done, Some(StaffCost { actual, warnings, ..expected.clone() }));
        let unknown = of(&[one(Assigned, Some(2_000), None), one(Assigned, None, None)]).unwrap();
        assert_eq!(unknown.warnings, [CostWarning::RateUnknown]);
        assert!(unknown.partial);
        let dear = of(&[one(Assigned, Some(2_501), None)]).unwrap();
        assert_eq!(
            (dear.planned, dear.warnings),
            (cents(5_002), vec![CostWarning::PlannedOverBudget])
        );
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
