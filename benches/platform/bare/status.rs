//! The limit of taking bookings from `draft` to `pending_approval`: the row at its next version, the
//! event, and the two sums that change, as many bookings to a transaction as there would be
//! connections.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};
use uuid::Uuid;

use super::row::Ids;
use super::{Row, Writer, reader};
use crate::figures::Pace;
use crate::{Result, failed, machine};

/// The step as the server wrote it once, and the bookings that have yet to take it.
pub(crate) struct Step {
    event: Row,
    booking: Row,
    drafts: Vec<Uuid>,
    ids: Ids,
}

impl Step {
    /// Reads back one booking that has taken the step with its event, and all drafts.
    pub(crate) fn read(database: &Path) -> Result<Self> {
        let db = reader(database)?;
        let booking = Row::read(&db, "bookings", "status = 'pending_approval'", [])?;
        let event = "subject_id = ?1 AND type = 'BOOKING_STATUS_CHANGED'";
        let event = Row::read(&db, "events", event, [booking.get_id("id")?])?;
        let drafts = drafts(&db)?;
        Ok(Self { event, booking, drafts, ids: Ids::now() })
    }
}

/// Every draft, in the order in which they were made.
pub(crate) fn drafts(db: &Connection) -> Result<Vec<Uuid>> {
    let mut statement = db.prepare("SELECT id FROM bookings WHERE status = 'draft' ORDER BY id")?;
    Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// Writes for `time` or until `share` drafts are through.
pub(crate) fn steps(
    writer: &mut Writer,
    step: &mut Step,
    batch: usize,
    share: usize,
    time: Duration,
) -> Result<Pace> {
    let Step { event, booking, drafts, ids } = step;
    let organization = booking.get_id("organization_id")?;
    let submitter = booking.get_id("submitted_by")?;
    let at = ["position", "id", "subject_id", "correlation_id", "causation_id"];
    let columns = at.map(|name| event.column(name));
    let [position, own, subject, correlation, causation] = columns;
    let (position, own, subject) = (position?, own?, subject?);
    let (correlation, causation) = (correlation?, causation?);
    let mut head: i64 =
        writer.db.query_row("SELECT max(position) FROM events", [], |row| row.get(0))?;
    let now = jiff::Timestamp::now().as_microsecond();
    let (begun, used, mut count) = (Instant::now(), machine::own_thread(), 0);
    while begun.elapsed() < time && (count as usize) < share && drafts.len() >= batch {
        let some = drafts.split_off(drafts.len() - batch);
        writer.transaction(|db| {
            let mut update = db.prepare_cached(
                "UPDATE bookings SET status = 'pending_approval', submitted_by = ?2,
                    updated_at = ?3, version = 2 WHERE id = ?1 AND version = 1",
            )?;
            let mut insert = db.prepare_cached(&event.insert)?;
            for id in &some {
                if update.execute(params![id, submitter, now])? != 1 {
                    return Err(failed("a draft is gone"));
                }
                head += 1;
                event.integer(position, head);
                event.id(own, ids.next());
                event.id(subject, *id);
                event.id(correlation, *id);
                event.id(causation, ids.next());
                event.write(&mut insert)?;
            }
            move_sums(db, organization, batch as i64)
        })?;
        count += batch as u64;
    }
    if count == 0 {
        return Err(failed("there were no drafts to submit"));
    }
    Ok(Pace::of(count, begun.elapsed(), machine::own_thread() - used))
}

fn move_sums(db: &Connection, organization: Uuid, count: i64) -> Result<()> {
    let mut put = db.prepare_cached(
        "UPDATE booking_counters SET total = total + ?3
          WHERE organization_id = ?1 AND dimension = 'status' AND key = ?2",
    )?;
    put.execute(params![organization, "draft", -count])?;
    put.execute(params![organization, "pending_approval", count])?;
    Ok(())
}
