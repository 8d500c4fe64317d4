//! An organization's figures: from the counters, or in one aggregate over a range.

use rishi_app::bookings::{Statistics, StatisticsQuery};
use rusqlite::{Connection, params_from_iter};

use super::bookings::ending_after;
use super::{Conditions, value};
use crate::sqlite::columns::text;
use crate::sqlite::error::StoreError;
use crate::statistics::{Figures, Sums};

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
        add_counters(&mut figures, db, query)?;
    } else {
        add_bookings(&mut figures, db, query)?;
    }
    Ok(figures.finish())
}

fn add_counters(
    figures: &mut Figures,
    db: &Connection,
    query: &StatisticsQuery,
) -> Result<(), StoreError> {
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
        figures.kept(text(row, 0)?, row.get(1)?, &Sums::read(row, 2)?);
    }
    Ok(())
}

fn add_bookings(
    figures: &mut Figures,
    db: &Connection,
    query: &StatisticsQuery,
) -> Result<(), StoreError> {
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
        let keys = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?];
        figures.counted(keys, &Sums::read(row, 4)?);
    }
    Ok(())
}
