//! Sums over an organization's bookings, kept in the transaction that changes them.
//!
//! A batch adds up its changes in memory and writes each touched sum once, so counting costs a batch
//! a handful of rows, not each booking four.

use std::collections::HashMap;

use rishi_domain::booking::{Booking, BookingStatus};
use rishi_domain::time::{month_in, zone};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use crate::sqlite::error::StoreError;

/// What a sum is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Dimension {
    Status,
    Location,
    OperationType,
    Month,
}

impl Dimension {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Location => "location",
            Self::OperationType => "operation_type",
            Self::Month => "month",
        }
    }
}

/// How much a sum changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Delta {
    total: i64,
    completed: i64,
    cancelled: i64,
    revenue: i64,
    budget: i64,
    actual_cost: i64,
}

impl Delta {
    fn of(booking: &Booking) -> Self {
        let minor = |amount: Option<rishi_domain::money::Money>| amount.map_or(0, |money| money.minor());
        let completed = booking.status == BookingStatus::Completed;
        Self {
            total: 1,
            completed: i64::from(completed),
            cancelled: i64::from(booking.status == BookingStatus::Cancelled),
            revenue: if completed { minor(booking.actual_cost.or(booking.budget)) } else { 0 },
            budget: minor(booking.budget),
            actual_cost: minor(booking.actual_cost),
        }
    }

    fn add(&mut self, other: Self, sign: i64) {
        self.total += sign * other.total;
        self.completed += sign * other.completed;
        self.cancelled += sign * other.cancelled;
        self.revenue += sign * other.revenue;
        self.budget += sign * other.budget;
        self.actual_cost += sign * other.actual_cost;
    }
}

/// Changes to sums that are not written yet.
#[derive(Default)]
pub(super) struct Counters {
    deltas: HashMap<(Uuid, Dimension, String), Delta>,
    /// Organizations whose zone changed: their months are counted afresh at the end.
    rezoned: Vec<Uuid>,
}

impl Counters {
    /// A booking comes (`sign` 1) or its former state goes (`sign` -1).
    pub(super) fn count(
        &mut self,
        db: &Connection,
        booking: &Booking,
        sign: i64,
    ) -> Result<(), StoreError> {
        let organization = booking.organization_id.0;
        let month = month_of(db, organization, booking)?;
        let location = booking.location_id.map(|id| id.to_string()).unwrap_or_default();
        let keys = [
            (Dimension::Status, booking.status.as_str().to_owned()),
            (Dimension::Location, location),
            (Dimension::OperationType, booking.operation_type.as_str().to_owned()),
            (Dimension::Month, month),
        ];
        let delta = Delta::of(booking);
        for (dimension, key) in keys {
            self.deltas.entry((organization, dimension, key)).or_default().add(delta, sign);
        }
        Ok(())
    }

    /// An organization's clocks changed, so its bookings may start in other months.
    pub(super) fn rezone(&mut self, organization: Uuid) {
        self.rezoned.push(organization);
    }

    /// Adds another savepoint's changes.
    pub(super) fn merge(&mut self, other: Self) {
        for (key, delta) in other.deltas {
            self.deltas.entry(key).or_default().add(delta, 1);
        }
        self.rezoned.extend(other.rezoned);
    }

    /// Writes every sum that changed.
    pub(super) fn write(self, db: &Connection) -> Result<(), StoreError> {
        let mut statement = db.prepare_cached(
            "INSERT INTO booking_counters
                (organization_id, dimension, key, total, completed, cancelled, revenue, budget, actual_cost)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (organization_id, dimension, key) DO UPDATE SET
                total = total + excluded.total, completed = completed + excluded.completed,
                cancelled = cancelled + excluded.cancelled, revenue = revenue + excluded.revenue,
                budget = budget + excluded.budget, actual_cost = actual_cost + excluded.actual_cost",
        )?;
        for ((organization, dimension, key), delta) in self.deltas {
            if delta != Delta::default() {
                statement.execute(params![
                    organization,
                    dimension.as_str(),
                    key,
                    delta.total,
                    delta.completed,
                    delta.cancelled,
                    delta.revenue,
                    delta.budget,
                    delta.actual_cost,
                ])?;
            }
        }
        for organization in self.rezoned {
            recount_months(db, organization)?;
        }
        Ok(())
    }
}

/// The month a booking starts in, on its organization's clocks.
fn month_of(db: &Connection, organization: Uuid, booking: &Booking) -> Result<String, StoreError> {
    let name = db
        .prepare_cached("SELECT timezone FROM organizations WHERE id = ?1")?
        .query_row([organization], |row| row.get::<_, String>(0))
        .optional()?
        .unwrap_or_default();
    let zone = zone(&name).unwrap_or(jiff::tz::TimeZone::UTC);
    Ok(month_in(booking.scheduled_start, &zone))
}

/// Counts an organization's months from its bookings.
fn recount_months(db: &Connection, organization: Uuid) -> Result<(), StoreError> {
    db.execute(
        "DELETE FROM booking_counters WHERE organization_id = ?1 AND dimension = 'month'",
        [organization],
    )?;
    db.execute(
        "INSERT INTO booking_counters
            (organization_id, dimension, key, total, completed, cancelled, revenue, budget, actual_cost)
         SELECT b.organization_id, 'month', month_of(b.scheduled_start, o.timezone), count(*),
                sum(b.status = 'completed'), sum(b.status = 'cancelled'),
                sum(iif(b.status = 'completed', coalesce(b.actual_cost, b.budget, 0), 0)),
                sum(coalesce(b.budget, 0)), sum(coalesce(b.actual_cost, 0))
           FROM bookings b JOIN organizations o ON o.id = b.organization_id
          WHERE b.organization_id = ?1 GROUP BY 1, 3",
        [organization],
    )?;
    Ok(())
}
