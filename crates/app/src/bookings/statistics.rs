//! An organization's figures.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use rishi_domain::booking::BookingStatus;
use rishi_domain::id::OrganizationId;
use rishi_domain::money::Money;
use rishi_domain::permission::Capability;
use schemars::JsonSchema;
use serde::Serialize;

use crate::auth::Principal;
use crate::staffing::StaffUtilization;
use crate::{App, Error};

/// Whose figures, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatisticsQuery {
    /// Whose.
    pub organization: OrganizationId,
    /// Only bookings ending after this instant.
    pub from: Option<Timestamp>,
    /// Only bookings starting before this instant.
    pub to: Option<Timestamp>,
}

/// A month of an organization's bookings, by their start on the organization's clocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MonthlyTrend {
    /// `YYYY-MM`.
    pub month: String,
    /// How many start in it.
    pub total: u64,
    /// Of these, completed.
    pub completed: u64,
    /// Of these, cancelled.
    pub cancelled: u64,
    /// What the completed ones brought in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revenue: Option<Money>,
}

/// An organization's figures. Money is absent for callers who may not see it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Statistics {
    /// All bookings.
    pub total_bookings: u64,
    /// Approved, confirmed or in progress.
    pub active_bookings: u64,
    /// Completed.
    pub completed_bookings: u64,
    /// Cancelled.
    pub cancelled_bookings: u64,
    /// Sum over completed bookings of the actual cost, else the budget, else 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_revenue: Option<Money>,
    /// Sum of all budgets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_budget: Option<Money>,
    /// Sum of all actual costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_actual_cost: Option<Money>,
    /// Revenue over completed bookings (over 1 when there is none), rounded half up to hundredths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub average_booking_value: Option<Money>,
    /// How many bookings stand in each status; statuses without any are left out.
    pub by_status: BTreeMap<String, u64>,
    /// How many bookings each location has, by its name; `No Location` for those without.
    pub by_location: BTreeMap<String, u64>,
    /// How many bookings each branch of work has.
    pub by_operation_type: BTreeMap<String, u64>,
    /// From the first month with a booking to the last, without gaps.
    pub monthly_trends: Vec<MonthlyTrend>,
    /// How much of their time people work for the organization, at most 200 of them; without a range, in
    /// the four weeks until now.
    pub staff_utilization: Vec<StaffUtilization>,
}

impl Statistics {
    /// Fills in what follows from the sums: active, completed, cancelled, total and average.
    pub fn derive(&mut self) {
        let count = |status: BookingStatus| {
            self.by_status.get(status.as_str()).copied().unwrap_or_default()
        };
        self.total_bookings = self.by_status.values().sum();
        self.active_bookings = count(BookingStatus::Approved)
            + count(BookingStatus::Confirmed)
            + count(BookingStatus::InProgress);
        self.completed_bookings = count(BookingStatus::Completed);
        self.cancelled_bookings = count(BookingStatus::Cancelled);
        self.average_booking_value = self.total_revenue.map(|revenue| {
            let completed = i64::try_from(self.completed_bookings.max(1)).unwrap_or(i64::MAX);
            let rounded = (2 * i128::from(revenue.minor()) + i128::from(completed))
                .div_euclid(2 * i128::from(completed));
            Money::from_minor(i64::try_from(rounded).unwrap_or(i64::MAX))
        });
        self.monthly_trends = without_gaps(std::mem::take(&mut self.monthly_trends));
    }

    fn without_money(mut self) -> Self {
        self.total_revenue = None;
        self.total_budget = None;
        self.total_actual_cost = None;
        self.average_booking_value = None;
        for month in &mut self.monthly_trends {
            month.revenue = None;
        }
        self
    }
}

/// Months that are put where bookings are missing, in all: ten years, wherever they lie.
const FILLED: usize = 120;

/// Puts a month of zeros wherever one is missing between the first and the last. One booking in a far century does not
/// make a list of every month until then: of a gap, what is beyond the most that is filled stays out.
fn without_gaps(mut months: Vec<MonthlyTrend>) -> Vec<MonthlyTrend> {
    months.sort_by(|a, b| a.month.cmp(&b.month));
    let mut filled: Vec<MonthlyTrend> = Vec::with_capacity(months.len());
    let mut left = FILLED;
    for next in months {
        while let Some(missing) = filled
            .last()
            .and_then(|last| following(&last.month))
            .filter(|month| left > 0 && *month < next.month)
        {
            left -= 1;
            filled.push(MonthlyTrend {
                month: missing,
                total: 0,
                completed: 0,
                cancelled: 0,
                revenue: next.revenue.map(|_| Money::ZERO),
            });
        }
        filled.push(next);
    }
    filled
}

fn following(month: &str) -> Option<String> {
    let first: Date = format!("{month}-01").parse().ok()?;
    let next = first.checked_add(jiff::Span::new().months(1)).ok()?;
    Some(format!("{:04}-{:02}", next.year(), next.month()))
}

impl App {
    /// The figures of an organization that the caller may read them of.
    pub async fn statistics(
        &self,
        principal: &Principal,
        query: &StatisticsQuery,
    ) -> Result<Statistics, Error> {
        let scope = principal.scope(Capability::ReadStatistics);
        if !scope.covers(query.organization) {
            let visible = principal.scope(Capability::ReadBookings).touches(query.organization);
            return Err(if visible {
                Error::Forbidden("read statistics")
            } else {
                Error::NotFound("organization")
            });
        }
        let organization = self
            .store
            .organization(&scope, query.organization)
            .await?
            .ok_or(Error::NotFound("organization"))?;
        let mut statistics = self.store.statistics(&scope, query).await?;
        statistics.staff_utilization = self.utilization(&organization, query).await?;
        let now = self.now();
        Ok(if principal.may(Capability::SeeMoneyInStatistics, &organization, None, now) {
            statistics
        } else {
            statistics.without_money()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(name: &str) -> MonthlyTrend {
        let revenue = Some(Money::from_minor(5));
        MonthlyTrend { month: name.to_owned(), total: 1, completed: 1, cancelled: 0, revenue }
    }

    #[test]
    fn a_gap_over_new_year_is_filled_with_zeros() {
        let filled = without_gaps(vec![month("2027-02"), month("2026-11")]);
        let names: Vec<&str> = filled.iter().map(|one| one.month.as_str()).collect();
        assert_eq!(names, ["2026-11", "2026-12", "2027-01", "2027-02"]);
        assert_eq!((filled[1].total, filled[1].revenue), (0, Some(Money::ZERO)));
    }

    #[test]
    fn the_average_is_rounded_half_up_and_survives_no_completed_booking() {
        let mut three =
            Statistics { total_revenue: Some(Money::from_minor(500)), ..Statistics::default() };
        three.by_status.insert("completed".into(), 3);
        three.derive();
        assert_eq!(three.average_booking_value, Some(Money::from_minor(167)));
        let mut none = Statistics { total_revenue: Some(Money::ZERO), ..Statistics::default() };
        none.derive();
        assert_eq!(none.average_booking_value, Some(Money::ZERO));
    }
}
