//! Sums over an organization's bookings, kept in the transaction that changes them.
//!
//! A batch adds up its changes in memory and writes each touched sum once, so counting costs a batch
//! a handful of rows, not each booking four.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use jiff::tz::TimeZone;
use rishi_domain::booking::BookingStatus;
use rishi_domain::time::{month_in, zone};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use crate::sqlite::columns::{in_table, instant, word};
use crate::sqlite::error::StoreError;
use crate::sums::{Counted, Delta, Deltas, Key};

/// Changes to sums that are not written yet.
#[derive(Default)]
pub(super) struct Counters {
    deltas: Deltas,
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
            self.deltas.add(after, month, 1);
            return Ok(());
        };
        if self.deltas.restated(before, after) {
            return Ok(());
        }
        let (left, entered) = (self.month_of(db, before)?, self.month_of(db, after)?);
        self.deltas.add(before, left, -1);
        self.deltas.add(after, entered, 1);
        Ok(())
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
        self.deltas.merge(other.deltas);
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
        for (organization, key, delta) in self.deltas.changed() {
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
        Ok(())
    }

    /// Counts an organization's months from its bookings, instead of what was counted so far.
    fn recount_months(&mut self, db: &Connection, organization: Uuid) -> Result<(), StoreError> {
        self.deltas.forget_months(organization);
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
            let counted = Delta::new(status, row.get(3)?, row.get(4)?);
            self.deltas.sum(organization, Key::Month(month_in(start, &zone))).add(counted, 1);
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
