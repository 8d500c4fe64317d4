//! An organization's figures: from the counters, or in one aggregate over a range.

use std::collections::BTreeMap;

use rishi_app::bookings::{MonthlyTrend, Statistics, StatisticsQuery};
use rishi_domain::money::Money;
use rusqlite::{Connection, params_from_iter};

use super::bookings::ending_after;
use super::{Conditions, value};
use crate::sqlite::columns::text;
use crate::sqlite::error::StoreError;

const NO_LOCATION: &str = "No Location";

/// One line of sums.
struct Sums {
    total: u64,
    completed: u64,
    cancelled: u64,
    revenue: i64,
    budget: i64,
    actual_cost: i64,
}

impl Sums {
    fn read(row: &rusqlite::Row<'_>, from: usize) -> Result<Self, rusqlite::Error> {
        Ok(Self {
            total: row.get(from)?,
            completed: row.get(from + 1)?,
            cancelled: row.get(from + 2)?,
            revenue: row.get(from + 3)?,
            budget: row.get(from + 4)?,
            actual_cost: row.get(from + 5)?,
        })
    }
}

/// The figures of an organization without bookings, and of one out of scope.
pub(in crate::sqlite) fn nothing() -> Statistics {
    Figures::default().finish()
}

pub(in crate::sqlite) fn statistics(
    db: &Connection,
    query: &StatisticsQuery,
) -> Result<Statistics, StoreError> {
    let mut figures = Figures::default();
    if query.from.is_none() && query.to.is_none() {
        figures.add_counters(db, query)?;
    } else {
        figures.add_bookings(db, query)?;
    }
    Ok(figures.finish())
}

#[derive(Default)]
struct Figures {
    statistics: Statistics,
    months: BTreeMap<String, MonthlyTrend>,
}

impl Figures {
    fn add_counters(&mut self, db: &Connection, query: &StatisticsQuery) -> Result<(), StoreError> {
        let mut statement = db.prepare_cached(
            "SELECT c.dimension, coalesce(l.name, c.key), c.total, c.completed, c.cancelled, c.revenue,
                    c.budget, c.actual_cost, c.key
               FROM booking_counters c
               LEFT JOIN locations l ON c.dimension = 'location' AND c.key <> ''
                     AND l.id = unhex(replace(c.key, '-', ''))
              WHERE c.organization_id = ?1 AND c.total > 0",
        )?;
        let mut rows = statement.query([query.organization.0])?;
        while let Some(row) = rows.next()? {
            let key: String = row.get(1)?;
            let sums = Sums::read(row, 2)?;
            match text(row, 0)? {
                "status" => self.status(key, &sums),
                "location" => self.location(key, &sums),
                "operation_type" => self.operation(key, &sums),
                _ => self.month(key, &sums),
            }
        }
        Ok(())
    }

    fn add_bookings(&mut self, db: &Connection, query: &StatisticsQuery) -> Result<(), StoreError> {
        let mut conditions = Conditions::default();
        conditions.and("b.organization_id = ?", [value(query.organization.0)]);
        if let Some(from) = query.from {
            ending_after(from, &mut conditions);
        }
        if let Some(to) = query.to {
            conditions.and("b.scheduled_start < ?", [value(to.as_microsecond())]);
        }
        let sql = format!(
            "SELECT b.status, coalesce(l.name, ''), b.operation_type,
                    month_of(b.scheduled_start, o.timezone) AS month, count(*),
                    sum(b.status = 'completed'), sum(b.status = 'cancelled'),
                    sum(iif(b.status = 'completed', coalesce(b.actual_cost, b.budget, 0), 0)),
                    sum(coalesce(b.budget, 0)), sum(coalesce(b.actual_cost, 0))
               FROM bookings b JOIN organizations o ON o.id = b.organization_id
               LEFT JOIN locations l ON l.id = b.location_id{}
              GROUP BY 1, 2, 3, 4",
            conditions.sql()
        );
        let mut statement = db.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(conditions.values()))?;
        while let Some(row) = rows.next()? {
            let sums = Sums::read(row, 4)?;
            self.status(row.get(0)?, &sums);
            self.location(row.get(1)?, &sums);
            self.operation(row.get(2)?, &sums);
            self.month(row.get(3)?, &sums);
        }
        Ok(())
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

    fn finish(mut self) -> Statistics {
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
