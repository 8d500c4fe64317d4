//! An organization's figures, put together from lines of sums: those that are kept, or those of one aggregate.

use std::collections::BTreeMap;

use rishi_app::bookings::{MonthlyTrend, Statistics};
use rishi_domain::money::Money;

use crate::rows::{Fields, number};

const NO_LOCATION: &str = "No Location";

/// One line of sums.
pub(crate) struct Sums {
    total: u64,
    completed: u64,
    cancelled: u64,
    revenue: i64,
    budget: i64,
    actual_cost: i64,
}

impl Sums {
    /// Reads them from columns of that order, from one on.
    pub(crate) fn read<R: Fields>(row: &R, from: usize) -> Result<Self, R::Error> {
        Ok(Self {
            total: number(row, from)?,
            completed: number(row, from + 1)?,
            cancelled: number(row, from + 2)?,
            revenue: number(row, from + 3)?,
            budget: number(row, from + 4)?,
            actual_cost: number(row, from + 5)?,
        })
    }
}

/// Figures in the making.
#[derive(Default)]
pub(crate) struct Figures {
    statistics: Statistics,
    months: BTreeMap<String, MonthlyTrend>,
}

impl Figures {
    /// One line of the sums that are kept, with what it is about.
    pub(crate) fn kept(&mut self, dimension: &str, key: String, sums: &Sums) {
        match dimension {
            "status" => self.status(key, sums),
            "location" => self.location(key, sums),
            "operation_type" => self.operation(key, sums),
            _ => self.month(key, sums),
        }
    }

    /// One line of an aggregate over bookings.
    pub(crate) fn counted(
        &mut self,
        [status, location, operation, month]: [String; 4],
        sums: &Sums,
    ) {
        self.status(status, sums);
        self.location(location, sums);
        self.operation(operation, sums);
        self.month(month, sums);
    }

    /// Every booking has one status, so the money of all is summed up here.
    fn status(&mut self, key: String, sums: &Sums) {
        let add = |to: &mut Option<Money>, minor: i64| {
            *to = Some(to.unwrap_or_default() + Money::from_minor(minor));
        };
        add(&mut self.statistics.total_revenue, sums.revenue);
        add(&mut self.statistics.total_budget, sums.budget);
        add(&mut self.statistics.total_actual_cost, sums.actual_cost);
        *self.statistics.by_status.entry(key).or_default() += sums.total;
    }

    fn location(&mut self, name: String, sums: &Sums) {
        let name = if name.is_empty() { NO_LOCATION.to_owned() } else { name };
        *self.statistics.by_location.entry(name).or_default() += sums.total;
    }

    fn operation(&mut self, key: String, sums: &Sums) {
        *self.statistics.by_operation_type.entry(key).or_default() += sums.total;
    }

    fn month(&mut self, month: String, sums: &Sums) {
        let trend = self.months.entry(month).or_insert_with_key(|month| MonthlyTrend {
            month: month.clone(),
            total: 0,
            completed: 0,
            cancelled: 0,
            revenue: Some(Money::ZERO),
        });
        trend.total += sums.total;
        trend.completed += sums.completed;
        trend.cancelled += sums.cancelled;
        trend.revenue = trend.revenue.map(|sum| sum + Money::from_minor(sums.revenue));
    }

    /// The whole; money that there is none of is zero.
    pub(crate) fn finish(mut self) -> Statistics {
        for sum in [
            &mut self.statistics.total_revenue,
            &mut self.statistics.total_budget,
            &mut self.statistics.total_actual_cost,
        ] {
            sum.get_or_insert(Money::ZERO);
        }
        self.statistics.monthly_trends = self.months.into_values().collect();
        self.statistics.derive();
        self.statistics
    }
}
