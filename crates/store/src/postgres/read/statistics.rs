//! An organization's figures: from the counters, or in one aggregate over a range.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rishi_app::bookings::{Statistics, StatisticsQuery};
use rishi_domain::time::zone;
use tokio_postgres::Row;

use super::bookings::{ending_after, starting_before};
use super::months::stretches;
use super::{Conditions, all, first};
use crate::postgres::columns::{Unreadable, optional_instant, text};
use crate::postgres::connection::Db;
use crate::postgres::error::StoreError;
use crate::rows::string;
use crate::statistics::{Figures, Sums};

/// The figures of an organization without bookings, and of one out of scope.
pub(in crate::postgres) fn nothing() -> Statistics {
    Figures::default().finish()
}

pub(in crate::postgres) async fn statistics(
    db: &Db<'_>,
    query: &StatisticsQuery,
) -> Result<Statistics, StoreError> {
    let mut figures = Figures::default();
    if query.from.is_none() && query.to.is_none() {
        add_counters(&mut figures, db, query).await?;
    } else {
        add_bookings(&mut figures, db, query).await?;
    }
    Ok(figures.finish())
}

async fn add_counters(
    figures: &mut Figures,
    db: &Db<'_>,
    query: &StatisticsQuery,
) -> Result<(), StoreError> {
    // The id is read before the join: behind the policies of the table only a plain one finds its row by the index.
    let sql = "SELECT c.dimension, coalesce(l.name, c.key), c.total, c.completed, c.cancelled,
                c.revenue, c.budget, c.actual_cost
           FROM (SELECT *, CASE WHEN dimension = 'location' THEN nullif(key, '')::uuid END AS location
                   FROM booking_counters WHERE organization_id = $1 AND total > 0 OFFSET 0) c
           LEFT JOIN locations l ON l.id = c.location";
    let found = db.query(sql, &[&query.organization.0]).await?;
    let read = |row: &Row| Ok((string(row, 0)?, string(row, 1)?, Sums::read(row, 2)?));
    for (dimension, key, sums) in all("booking_counters", &found, read)? {
        figures.kept(&dimension, key, &sums);
    }
    Ok(())
}

/// The months are those of the organization's clocks. Each is an aggregate of its own, since the server expects few
/// lines of one and so needs not sort what it counts.
async fn add_bookings(
    figures: &mut Figures,
    db: &Db<'_>,
    query: &StatisticsQuery,
) -> Result<(), StoreError> {
    let mut conditions = Conditions::default();
    conditions.is("b.organization_id", query.organization.0);
    if let Some(from) = query.from {
        ending_after(from, &mut conditions);
    }
    if let Some(to) = query.to {
        starting_before(to, &mut conditions);
    }
    let Some((zone, first, last)) = extent(db, &conditions).await? else { return Ok(()) };
    let stretches = stretches(&zone, first, last);
    let since: Vec<i64> = stretches.iter().map(|one| one.since).collect();
    let until: Vec<i64> = stretches.iter().map(|one| one.until).collect();
    let month: Vec<String> = stretches.into_iter().map(|one| one.month).collect();
    let (since, until) = (conditions.value(since), conditions.value(until));
    let month = conditions.value(month);
    let sql = format!(
        "SELECT c.status, coalesce(l.name, ''), c.operation_type, m.month, c.total, c.completed,
                c.cancelled, c.revenue, c.budget, c.actual_cost
           FROM unnest({since}::bigint[], {until}::bigint[], {month}::text[]) AS m (since, until, month)
          CROSS JOIN LATERAL (
            SELECT b.status, b.location_id, b.operation_type, count(*) AS total,
                   count(*) FILTER (WHERE b.status = 'completed') AS completed,
                   count(*) FILTER (WHERE b.status = 'cancelled') AS cancelled,
                   {} AS revenue, {} AS budget, {} AS actual_cost
              FROM bookings b{} AND b.scheduled_start >= m.since AND b.scheduled_start < m.until
             GROUP BY b.status, b.location_id, b.operation_type) c
           LEFT JOIN locations l ON l.id = c.location_id",
        sum("CASE WHEN b.status = 'completed' THEN coalesce(b.actual_cost, b.budget) END"),
        sum("b.budget"),
        sum("b.actual_cost"),
        conditions.sql(),
    );
    let found = db.query(&sql, &conditions.values()).await?;
    for (keys, sums) in all("bookings", &found, line)? {
        figures.counted(keys, &sums);
    }
    Ok(())
}

/// The zone of the organization, which is the first value, and when the first and the last of the bookings start that
/// match; nothing when none does.
async fn extent(
    db: &Db<'_>,
    conditions: &Conditions,
) -> Result<Option<(TimeZone, Timestamp, Timestamp)>, StoreError> {
    let matching = conditions.sql();
    let sql = format!(
        "SELECT o.id, o.timezone, (SELECT min(b.scheduled_start) FROM bookings b{matching}),
                (SELECT max(b.scheduled_start) FROM bookings b{matching})
           FROM organizations o WHERE o.id = $1"
    );
    let row = db.optional(&sql, &conditions.values()).await?;
    let found = first("organizations", row.as_ref(), |row| {
        let zone = zone(text(row, 1)?).unwrap_or(TimeZone::UTC);
        let ends = optional_instant(row, 2)?.zip(optional_instant(row, 3)?);
        Ok(ends.map(|(first, last)| (zone, first, last)))
    })?;
    Ok(found.flatten())
}

/// A sum of money. One that no number holds is the largest, as it is where sums are kept.
fn sum(amount: &str) -> String {
    format!("least(coalesce(sum({amount}), 0), {})::bigint", i64::MAX)
}

fn line(row: &Row) -> Result<([String; 4], Sums), Unreadable> {
    let keys = [string(row, 0)?, string(row, 1)?, string(row, 2)?, string(row, 3)?];
    Ok((keys, Sums::read(row, 4)?))
}
