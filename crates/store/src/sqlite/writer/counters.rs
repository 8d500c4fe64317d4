//! Sums over an organization's bookings, kept in the transaction that changes them.
//!
//! A batch adds up its changes in memory and writes each touched sum once, so counting costs a batch
//! a handful of rows, not each booking four.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rishi_domain::booking::{Booking, BookingStatus, OperationType};
use rishi_domain::id::{LocationId, OrganizationId};
use rishi_domain::money::Money;
use rishi_domain::time::{month_in, zone};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use crate::sqlite::columns::{in_table, instant, word};
use crate::sqlite::error::StoreError;

/// What a sum is about. The words are those of `booking_counters`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Status(BookingStatus),
    Location(Option<LocationId>),
    OperationType(OperationType),
    Month(String),
}

impl Key {
    const fn dimension(&self) -> &'static str {
        match self {
            Self::Status(_) => "status",
            Self::Location(_) => "location",
            Self::OperationType(_) => "operation_type",
            Self::Month(_) => "month",
        }
    }

    fn word(&self) -> Cow<'_, str> {
        match self {
            Self::Status(status) => status.as_str().into(),
            Self::Location(None) => "".into(),
            Self::Location(Some(id)) => id.to_string().into(),
            Self::OperationType(operation) => operation.as_str().into(),
            Self::Month(month) => month.into(),
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

/// What is counted of a booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) organization: OrganizationId,
    pub(super) status: BookingStatus,
    pub(super) location: Option<LocationId>,
    pub(super) operation: OperationType,
    pub(super) start: Timestamp,
    pub(super) budget: Option<Money>,
    pub(super) actual_cost: Option<Money>,
}

impl From<&Booking> for Counted {
    fn from(booking: &Booking) -> Self {
        Self {
            organization: booking.organization_id,
            status: booking.status,
            location: booking.location_id,
            operation: booking.operation_type,
            start: booking.scheduled_start,
            budget: booking.budget,
            actual_cost: booking.actual_cost,
        }
    }
}

impl Delta {
    fn of(booking: &Counted) -> Self {
        let [budget, actual_cost] =
            [booking.budget, booking.actual_cost].map(|amount| amount.map(Money::minor));
        Self::new(booking.status, budget, actual_cost)
    }

    fn new(status: BookingStatus, budget: Option<i64>, actual_cost: Option<i64>) -> Self {
        let completed = status == BookingStatus::Completed;
        let revenue = if completed { actual_cost.or(budget) } else { None };
        Self {
            total: 1,
            completed: i64::from(completed),
            cancelled: i64::from(status == BookingStatus::Cancelled),
            revenue: revenue.unwrap_or_default(),
            budget: budget.unwrap_or_default(),
            actual_cost: actual_cost.unwrap_or_default(),
        }
    }

    /// Adds another, or with `sign` -1 takes it away. Sums of money stop at the largest number there
    /// is: absurd amounts must not keep a batch, which is everybody's, from being written.
    fn add(&mut self, other: Self, sign: i64) {
        let sums = [
            (&mut self.total, other.total),
            (&mut self.completed, other.completed),
            (&mut self.cancelled, other.cancelled),
            (&mut self.revenue, other.revenue),
            (&mut self.budget, other.budget),
            (&mut self.actual_cost, other.actual_cost),
        ];
        for (sum, change) in sums {
            *sum = sum.saturating_add(change.saturating_mul(sign));
        }
    }
}

/// Changes to sums that are not written yet.
#[derive(Default)]
pub(super) struct Counters {
    deltas: HashMap<(Uuid, Key), Delta>,
    /// Organizations whose zone changed: their months are counted afresh at the end.
    rezoned: Vec<Uuid>,
    /// Zones of organizations as they stand in this transaction.
    zones: HashMap<Uuid, TimeZone>,
}

impl Counters {
    /// A booking has come, or has taken the place of its former state.
    pub(super) fn count(
        &mut self,
        db: &Connection,
        before: Option<&Counted>,
        after: &Counted,
    ) -> Result<(), StoreError> {
        let Some(before) = before else {
            let month = self.month_of(db, after)?;
            self.add(after, month, 1);
            return Ok(());
        };
        let only_status = Counted { status: after.status, ..before.clone() } == *after;
        if only_status && Delta::of(before) == Delta::of(after) {
            // The other sums would lose and gain the same.
            for (status, sign) in [(before.status, -1), (after.status, 1)] {
                self.sum(after.organization, Key::Status(status)).add(Delta::of(after), sign);
            }
            return Ok(());
        }
        let (left, entered) = (self.month_of(db, before)?, self.month_of(db, after)?);
        self.add(before, left, -1);
        self.add(after, entered, 1);
        Ok(())
    }

    fn add(&mut self, booking: &Counted, month: String, sign: i64) {
        let keys = [
            Key::Status(booking.status),
            Key::Location(booking.location),
            Key::OperationType(booking.operation),
            Key::Month(month),
        ];
        for key in keys {
            self.sum(booking.organization, key).add(Delta::of(booking), sign);
        }
    }

    fn sum(&mut self, organization: OrganizationId, key: Key) -> &mut Delta {
        self.deltas.entry((organization.0, key)).or_default()
    }

    /// The month a booking starts in, on its organization's clocks.
    fn month_of(&mut self, db: &Connection, booking: &Counted) -> Result<String, StoreError> {
        let zone = match self.zones.entry(booking.organization.0) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                let name = zone_of(db, booking.organization.0)?;
                unknown.insert(name.and_then(|name| zone(&name)).unwrap_or(TimeZone::UTC))
            }
        };
        Ok(month_in(booking.start, zone))
    }

    /// An organization's clocks changed, so its bookings may start in other months.
    pub(super) fn rezone(&mut self, organization: Uuid) {
        self.rezoned.push(organization);
        self.zones.clear();
    }

    /// Adds another savepoint's changes.
    pub(super) fn merge(&mut self, other: Self) {
        for (key, delta) in other.deltas {
            self.deltas.entry(key).or_default().add(delta, 1);
        }
        self.rezoned.extend(other.rezoned);
        self.zones.clear();
    }

    /// Writes every sum that changed.
    pub(super) fn write(mut self, db: &Connection) -> Result<(), StoreError> {
        self.rezoned.sort_unstable();
        self.rezoned.dedup();
        for organization in std::mem::take(&mut self.rezoned) {
            self.recount_months(db, organization)?;
        }
        // Past the largest number a sum would become a float, which its column refuses: the cast stops
        // it there.
        let mut statement = db.prepare_cached(
            "INSERT INTO booking_counters
                (organization_id, dimension, key, total, completed, cancelled, revenue, budget, actual_cost)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (organization_id, dimension, key) DO UPDATE SET
                total = total + excluded.total, completed = completed + excluded.completed,
                cancelled = cancelled + excluded.cancelled,
                revenue = CAST(revenue + excluded.revenue AS INTEGER),
                budget = CAST(budget + excluded.budget AS INTEGER),
                actual_cost = CAST(actual_cost + excluded.actual_cost AS INTEGER)",
        )?;
        for ((organization, key), delta) in self.deltas {
            if delta != Delta::default() {
                statement.execute(params![
                    organization,
                    key.dimension(),
                    key.word(),
                    delta.total,
                    delta.completed,
                    delta.cancelled,
                    delta.revenue,
                    delta.budget,
                    delta.actual_cost,
                ])?;
            }
        }
        Ok(())
    }

    /// Counts an organization's months from its bookings, instead of what was counted so far.
    fn recount_months(&mut self, db: &Connection, organization: Uuid) -> Result<(), StoreError> {
        self.deltas.retain(|(of, key), _| *of != organization || !matches!(key, Key::Month(_)));
        db.prepare_cached(
            "DELETE FROM booking_counters WHERE organization_id = ?1 AND dimension = 'month'",
        )?
        .execute([organization])?;
        let zone = zone_of(db, organization)?.and_then(|name| zone(&name)).unwrap_or(TimeZone::UTC);
        let mut statement = db.prepare_cached(
            "SELECT id, scheduled_start, status, budget, actual_cost FROM bookings
              WHERE organization_id = ?1",
        )?;
        let mut rows = statement.query([organization])?;
        while let Some(row) = rows.next()? {
            let (start, status) = in_table(
                "bookings",
                row,
                instant(row, 1).and_then(|start| Ok((start, word(row, 2, BookingStatus::parse)?))),
            )?;
            let key = (organization, Key::Month(month_in(start, &zone)));
            self.deltas
                .entry(key)
                .or_default()
                .add(Delta::new(status, row.get(3)?, row.get(4)?), 1);
        }
        Ok(())
    }
}

/// The name of an organization's zone.
pub(super) fn zone_of(
    db: &Connection,
    organization: Uuid,
) -> Result<Option<String>, rusqlite::Error> {
    db.prepare_cached("SELECT timezone FROM organizations WHERE id = ?1")?
        .query_row([organization], |row| row.get(0))
        .optional()
}
