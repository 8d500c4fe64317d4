//! Sums over an organization's bookings, kept in the transaction that changes them.
//!
//! A transaction adds up its changes in memory and writes each touched sum once, at its end and in one order for
//! everybody: whoever changes bookings of the same organization waits for these rows.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use rishi_domain::booking::BookingStatus;
use rishi_domain::time::{month_in, zone};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::postgres::columns::{Unreadable, get, in_table, instant, text, word};
use crate::postgres::connection::Db;
use crate::postgres::error::StoreError;
use crate::sums::{Counted, Delta, Deltas, Key};

/// Changes to sums that are not written yet.
#[derive(Default)]
pub(super) struct Counters {
    deltas: Deltas,
    /// Organizations whose zone changed: their months are counted afresh at the end.
    rezoned: Vec<Uuid>,
    /// Zones of organizations, which nobody changes while the transaction lasts.
    zones: HashMap<Uuid, TimeZone>,
}

impl Counters {
    /// A booking has come, or has taken the place of its former state.
    pub(super) async fn count(
        &mut self,
        db: &Db<'_>,
        before: Option<&Counted>,
        after: &Counted,
    ) -> Result<(), StoreError> {
        let Some(before) = before else {
            let month = self.month_of(db, after).await?;
            self.deltas.add(after, month, 1);
            return Ok(());
        };
        if self.deltas.restated(before, after) {
            return Ok(());
        }
        let left = self.month_of(db, before).await?;
        let entered = self.month_of(db, after).await?;
        self.deltas.add(before, left, -1);
        self.deltas.add(after, entered, 1);
        Ok(())
    }

    /// Learns the zones of these organizations at once.
    pub(super) async fn learn(
        &mut self,
        db: &Db<'_>,
        organizations: &[Uuid],
    ) -> Result<(), StoreError> {
        if organizations.is_empty() {
            return Ok(());
        }
        let sql = "SELECT timezone, id FROM organizations WHERE id = ANY($1)
                    ORDER BY id FOR KEY SHARE";
        for row in db.query(sql, &[&organizations]).await? {
            let (id, name) = in_table("organizations", &row, known_zone(&row))?;
            self.zones.insert(id, zone(&name).unwrap_or(TimeZone::UTC));
        }
        Ok(())
    }

    /// Nothing counted yet, with the zones that are known here.
    pub(super) fn beside(&self) -> Self {
        Self { zones: self.zones.clone(), ..Self::default() }
    }

    /// The month a booking starts in, on its organization's clocks.
    async fn month_of(&mut self, db: &Db<'_>, booking: &Counted) -> Result<String, StoreError> {
        let organization = booking.organization.0;
        if let Some(zone) = self.zones.get(&organization) {
            return Ok(month_in(booking.start, zone));
        }
        let sql = "SELECT timezone FROM organizations WHERE id = $1 FOR KEY SHARE";
        let zone = zone_of(db, sql, organization).await?;
        let month = month_in(booking.start, &zone);
        self.zones.insert(organization, zone);
        Ok(month)
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
    pub(super) async fn write(mut self, db: &Db<'_>) -> Result<(), StoreError> {
        self.rezoned.sort_unstable();
        self.rezoned.dedup();
        for organization in std::mem::take(&mut self.rezoned) {
            self.recount_months(db, organization).await?;
        }
        let mut changed: Vec<(Uuid, &str, String, Delta)> = self
            .deltas
            .changed()
            .map(|(organization, key, delta)| {
                (organization, key.dimension(), key.word().into_owned(), delta)
            })
            .collect();
        if changed.is_empty() {
            return Ok(());
        }
        changed.sort_by(|one, other| (one.0, one.1, &one.2).cmp(&(other.0, other.1, &other.2)));
        let organizations: Vec<Uuid> = changed.iter().map(|one| one.0).collect();
        let dimensions: Vec<&str> = changed.iter().map(|one| one.1).collect();
        let keys: Vec<&str> = changed.iter().map(|one| one.2.as_str()).collect();
        let sums = |of: fn(&Delta) -> i64| changed.iter().map(|one| of(&one.3)).collect::<Vec<_>>();
        // Past the largest number a sum stops there, so that absurd amounts stop no commit.
        db.execute(
            "INSERT INTO booking_counters AS sums
                (organization_id, dimension, key, total, completed, cancelled, revenue, budget, actual_cost)
             SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::bigint[],
                $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[])
             ON CONFLICT (organization_id, dimension, key) DO UPDATE SET
                total = sums.total + excluded.total,
                completed = sums.completed + excluded.completed,
                cancelled = sums.cancelled + excluded.cancelled,
                revenue = bounded_sum(sums.revenue, excluded.revenue),
                budget = bounded_sum(sums.budget, excluded.budget),
                actual_cost = bounded_sum(sums.actual_cost, excluded.actual_cost)",
            &[
                &organizations,
                &dimensions,
                &keys,
                &sums(|delta| delta.total),
                &sums(|delta| delta.completed),
                &sums(|delta| delta.cancelled),
                &sums(|delta| delta.revenue),
                &sums(|delta| delta.budget),
                &sums(|delta| delta.actual_cost),
            ],
        )
        .await?;
        Ok(())
    }

    /// Counts an organization's months from its bookings, instead of what was counted so far.
    async fn recount_months(&mut self, db: &Db<'_>, organization: Uuid) -> Result<(), StoreError> {
        self.deltas.forget_months(organization);
        let sql = "DELETE FROM booking_counters WHERE organization_id = $1 AND dimension = 'month'";
        db.execute(sql, &[&organization]).await?;
        let sql = "SELECT timezone FROM organizations WHERE id = $1";
        let zone = zone_of(db, sql, organization).await?;
        let sql = "SELECT id, scheduled_start, status, budget, actual_cost FROM bookings
                    WHERE organization_id = $1";
        for row in db.query(sql, &[&organization]).await? {
            let (month, counted) = in_table("bookings", &row, one(&row, &zone))?;
            self.deltas.sum(organization, Key::Month(month)).add(counted, 1);
        }
        Ok(())
    }
}

fn one(row: &Row, zone: &TimeZone) -> Result<(String, Delta), Unreadable> {
    let status = word(row, 2, BookingStatus::parse)?;
    Ok((month_in(instant(row, 1)?, zone), Delta::new(status, get(row, 3)?, get(row, 4)?)))
}

fn known_zone(row: &Row) -> Result<(Uuid, String), Unreadable> {
    Ok((get(row, 1)?, get(row, 0)?))
}

async fn zone_of(db: &Db<'_>, sql: &str, organization: Uuid) -> Result<TimeZone, StoreError> {
    let row = db.optional(sql, &[&organization]).await?;
    let name = row.as_ref().map(|row| in_table("organizations", row, text(row, 0))).transpose()?;
    Ok(name.and_then(zone).unwrap_or(TimeZone::UTC))
}

/// The name of an organization's zone. From here on nobody counts by it until the transaction ends, and everybody
/// who does so just now is waited for.
pub(super) async fn hold_zone(
    db: &Db<'_>,
    organization: Uuid,
) -> Result<Option<String>, StoreError> {
    let sql = "SELECT timezone FROM organizations WHERE id = $1 FOR UPDATE";
    let row = db.optional(sql, &[&organization]).await?;
    row.map(|row| in_table("organizations", &row, get(&row, 0))).transpose()
}
