//! The limit of listing 50 bookings: the three statements that it takes to read all of it from the
//! database, every column read.
//!
//! The engine runs them, spread over more statements, for bookings that it does not keep in memory
//! (`crates/store/src/sqlite/read/bookings.rs`); whoever changes what is read there changes them here.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Statement, params_from_iter};
use uuid::Uuid;

use super::reader;
use crate::figures::Pace;
use crate::{Result, failed, machine};

const TOTAL: &str = "SELECT coalesce(sum(total), 0) FROM booking_counters
              WHERE organization_id = ?1 AND dimension = 'status'";

const PAGE: &str = "SELECT b.id, b.organization_id, b.title, b.description, b.operation_type, \
    b.activity_type, b.priority, b.location_id, b.scheduled_start, b.scheduled_end, b.timezone, \
    b.budget, b.actual_cost, b.requirements, b.staff_requirements, b.equipment_requirements, \
    b.status, b.notes, b.created_by, b.submitted_by, b.created_at, b.updated_at, b.version, \
    l.name, l.location_type, l.city, l.timezone, u.display_name \
    FROM bookings b \
    LEFT JOIN locations l ON l.id = b.location_id JOIN users u ON u.id = b.created_by \
    WHERE b.organization_id = ? ORDER BY b.scheduled_start ASC, b.id ASC LIMIT 50";

fn staff() -> String {
    let marks = vec!["?"; 50].join(", ");
    format!(
        "SELECT a.id, a.booking_id, a.staff_id, s.display_name, a.role, a.status, a.hourly_rate
           FROM assignments a JOIN users s ON s.id = a.staff_id
          WHERE a.booking_id IN ({marks}) ORDER BY a.id"
    )
}

/// Lists for `time` on so many threads.
pub(crate) fn lists(
    database: &Path,
    organization: Uuid,
    threads: usize,
    time: Duration,
) -> Result<Pace> {
    let connections = (0..threads).map(|_| reader(database)).collect::<Result<Vec<_>>>()?;
    let begun = Instant::now();
    let (mut count, mut used) = (0, 0);
    std::thread::scope(|scope| {
        let run = |db: Connection| {
            scope.spawn(move || {
                let count = repeat(&db, organization, begun, time)?;
                Ok::<_, crate::Failure>((count, machine::own_thread()))
            })
        };
        let threads: Vec<_> = connections.into_iter().map(run).collect();
        for thread in threads {
            let done = thread.join().map_err(|_| failed("a reading thread panicked"))??;
            (count, used) = (count + done.0, used + done.1);
        }
        Ok::<_, crate::Failure>(())
    })?;
    Ok(Pace::of(count, begun.elapsed(), used))
}

fn repeat(db: &Connection, organization: Uuid, begun: Instant, time: Duration) -> Result<u64> {
    let (mut total, mut page) = (db.prepare(TOTAL)?, db.prepare(PAGE)?);
    let mut staff = db.prepare(&staff())?;
    let mut ids = Vec::with_capacity(50);
    let (mut count, mut bytes) = (0, 0);
    while begun.elapsed() < time {
        ids.clear();
        let all: u64 = total.query_row([organization], |row| row.get(0))?;
        bytes += read(&mut page, &[organization], |id| ids.push(id))?;
        let mut assigned = 0;
        bytes += read(&mut staff, &ids, |_| assigned += 1)?;
        if all < 50 || ids.len() != 50 || assigned != 100 {
            return Err(failed(format!(
                "{all} bookings, {} of 50 rows, {assigned} of 100",
                ids.len()
            )));
        }
        count += 1;
    }
    std::hint::black_box(bytes);
    Ok(count)
}

/// Reads every column of every row; how many bytes that was.
fn read(
    statement: &mut Statement<'_>,
    params: &[Uuid],
    mut first: impl FnMut(Uuid),
) -> Result<usize> {
    let columns = statement.column_count();
    let mut rows = statement.query(params_from_iter(params))?;
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        first(row.get(0)?);
        for column in 0..columns {
            bytes += match std::hint::black_box(row.get_ref(column)?) {
                ValueRef::Null => 0,
                ValueRef::Integer(_) | ValueRef::Real(_) => 8,
                ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.len(),
            };
        }
    }
    Ok(bytes)
}
