//! The limit of taking bookings from `draft` to `pending_approval`: the row at its next version, the
//! event, the two sums that change, and what follows: what a manager is told with the event of that, the
//! timer that watches the approval, and the subscriptions' cursors. As many bookings to a transaction as
//! there would be connections.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};
use uuid::Uuid;

use super::notice::Told;
use super::row::{EventColumns, Ids};
use super::{Row, Writer, reader};
use crate::figures::Pace;
use crate::{Result, failed, machine};

/// The step as the server wrote it once, and the bookings that have yet to take it.
pub(crate) struct Step {
    event: Row,
    told: Told,
    timer: Row,
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
        let id = booking.get_id("id")?;
        let event = Row::read(&db, "events", event, [id])?;
        let told = Told::read(&db, id, "booking_status_changed")?;
        let timer = Row::read(&db, "timers", "subject_id = ?1", [id])?;
        let drafts = drafts(&db)?;
        Ok(Self { event, told, timer, booking, drafts, ids: Ids::now() })
    }
}

/// Every draft, in the order in which they were made.
pub(crate) fn drafts(db: &Connection) -> Result<Vec<Uuid>> {
    let mut statement = db.prepare("SELECT id FROM bookings WHERE status = 'draft' ORDER BY id")?;
    Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// Writes for `time` or until `share` drafts are through, with what follows from it or without.
pub(crate) fn steps(
    writer: &mut Writer,
    step: &mut Step,
    batch: usize,
    follow: bool,
    (share, time): (usize, Duration),
) -> Result<Pace> {
    let Step { event, told, timer, booking, drafts, ids } = step;
    let organization = booking.get_id("organization_id")?;
    let submitter = booking.get_id("submitted_by")?;
    let columns = EventColumns::of(event)?;
    let timer_columns = TimerColumns::of(timer)?;
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
                event.happen(&columns, ids, head, (*id, *id));
                event.write(&mut insert)?;
                if follow {
                    head += 1;
                    told.write(db, ids, head, *id)?;
                    timer_columns.set(timer, ids, *id);
                    timer.write(&mut *db.prepare_cached(&timer.insert)?)?;
                }
            }
            if follow {
                db.prepare_cached("UPDATE subscriptions SET cursor = ?1 WHERE cursor < ?1")?
                    .execute([head])?;
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

/// Columns that differ from timer to timer.
struct TimerColumns([usize; 5]);

impl TimerColumns {
    fn of(timer: &Row) -> Result<Self> {
        let column = |name| timer.column(name);
        Ok(Self([
            column("key")?,
            column("id")?,
            column("subject_id")?,
            column("correlation_id")?,
            column("causation_id")?,
        ]))
    }

    fn set(&self, timer: &mut Row, ids: &mut Ids, booking: Uuid) {
        let [key, own, subject, correlation, causation] = self.0;
        timer.text(key, format!("approval/{booking}"));
        timer.id(own, ids.next());
        timer.id(subject, booking);
        timer.id(correlation, booking);
        timer.id(causation, ids.next());
    }
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
