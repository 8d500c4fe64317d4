//! The limit of making bookings: booking, event, counters, what a manager is told with the event of that,
//! and the subscriptions' cursors, as many bookings to a transaction as there would be connections.

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::types::Value;
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::notice::Told;
use super::row::{EventColumns, Ids};
use super::{Row, Writer, reader};
use crate::figures::Pace;
use crate::{Result, failed, machine};

const HOUR_MICROS: i64 = 3_600_000_000;

/// What one request left in the database, and where more like it may go.
pub(crate) struct Sample {
    booking: Row,
    event: Row,
    told: Told,
    locations: Vec<Uuid>,
    /// The start of the first hour that is free everywhere.
    first: i64,
    budget: i64,
    ids: Ids,
    made: u64,
}

impl Sample {
    /// Reads back the newest booking, its event and what somebody was told of it.
    pub(crate) fn read(database: &Path) -> Result<Self> {
        let db = reader(database)?;
        let newest = "id = (SELECT max(id) FROM bookings)";
        let booking = Row::read(&db, "bookings", newest, [])?;
        let id = booking.get_id("id")?;
        let event = Row::read(&db, "events", "subject_id = ?1", [id])?;
        let told = Told::read(&db, id, "booking_created")?;
        let organization = booking.get_id("organization_id")?;
        let mut statement = db.prepare("SELECT id FROM locations WHERE organization_id = ?1")?;
        let locations = statement
            .query_map([organization], |row| row.get(0))?
            .collect::<Result<Vec<Uuid>, _>>()?;
        let last: i64 =
            db.query_row("SELECT max(scheduled_end) FROM bookings", [], |row| row.get(0))?;
        let budget = match booking.get("budget")? {
            Value::Integer(minor) => *minor,
            _ => 0,
        };
        let first = last + HOUR_MICROS;
        Ok(Self { booking, event, told, locations, first, budget, ids: Ids::now(), made: 0 })
    }
}

/// Columns that differ from booking to booking.
struct Places {
    booking: [usize; 4],
    event: EventColumns,
}

impl Places {
    fn of(sample: &Sample) -> Result<Self> {
        let booking = |name| sample.booking.column(name);
        Ok(Self {
            booking: [
                booking("id")?,
                booking("location_id")?,
                booking("scheduled_start")?,
                booking("scheduled_end")?,
            ],
            event: EventColumns::of(&sample.event)?,
        })
    }
}

/// Writes for `time`, `batch` bookings to a transaction.
pub(crate) fn creates(
    writer: &mut Writer,
    sample: &mut Sample,
    batch: usize,
    notify: bool,
    time: Duration,
) -> Result<Pace> {
    let places = Places::of(sample)?;
    let mut head: i64 =
        writer.db.query_row("SELECT max(position) FROM events", [], |row| row.get(0))?;
    let (begun, used, mut count) = (Instant::now(), machine::own_thread(), 0);
    while begun.elapsed() < time {
        writer.transaction(|db| {
            let mut booking = db.prepare_cached(&sample.booking.insert)?;
            let mut event = db.prepare_cached(&sample.event.insert)?;
            let mut sums = HashMap::new();
            for _ in 0..batch {
                head += 1;
                let (place, id) = sample.put(&places, head);
                sample.booking.write(&mut booking)?;
                sample.event.write(&mut event)?;
                if notify {
                    head += 1;
                    sample.told.write(db, &mut sample.ids, head, id)?;
                }
                *sums.entry(place).or_insert(0_i64) += 1;
            }
            sample.count(db, &sums)?;
            if notify {
                db.prepare_cached("UPDATE subscriptions SET cursor = ?1 WHERE cursor < ?1")?
                    .execute([head])?;
            }
            Ok(())
        })?;
        count += batch as u64;
    }
    Ok(Pace::of(count, begun.elapsed(), machine::own_thread() - used))
}

impl Sample {
    /// Makes the two rows of the next booking; the location's place in the list, and the booking's id.
    fn put(&mut self, places: &Places, position: i64) -> (usize, Uuid) {
        let place = (self.made % self.locations.len() as u64) as usize;
        let hour = (self.made / self.locations.len() as u64) as i64;
        self.made += 1;
        let id = self.ids.next();
        let start = self.first + hour * HOUR_MICROS;
        let [own, location, from, to] = places.booking;
        self.booking.id(own, id);
        self.booking.id(location, self.locations[place]);
        self.booking.integer(from, start);
        self.booking.integer(to, start + HOUR_MICROS);
        self.event.happen(&places.event, &mut self.ids, position, (id, id));
        (place, id)
    }

    /// The sums that the engine keeps, each written once for the whole batch.
    fn count(&self, db: &Connection, places: &HashMap<usize, i64>) -> Result<()> {
        let Value::Text(operation) = self.booking.get("operation_type")? else {
            return Err(failed("a booking has no operation type"));
        };
        let organization = self.booking.get_id("organization_id")?;
        let month = jiff::Timestamp::from_microsecond(self.first)?;
        let month = month.strftime("%Y-%m").to_string();
        let all: i64 = places.values().sum();
        let mut put = db.prepare_cached(
            "INSERT INTO booking_counters
                (organization_id, dimension, key, total, completed, cancelled, revenue, budget, actual_cost)
             VALUES (?1, ?2, ?3, ?4, 0, 0, 0, ?5, 0)
             ON CONFLICT (organization_id, dimension, key) DO UPDATE SET
                total = total + excluded.total, completed = completed + excluded.completed,
                cancelled = cancelled + excluded.cancelled, revenue = revenue + excluded.revenue,
                budget = budget + excluded.budget, actual_cost = actual_cost + excluded.actual_cost",
        )?;
        let whole = [("status", "draft"), ("operation_type", operation), ("month", month.as_str())];
        for (dimension, key) in whole {
            put.execute(params![organization, dimension, key, all, all * self.budget])?;
        }
        for (place, some) in places {
            let key = self.locations[*place].to_string();
            put.execute(params![organization, "location", key, some, some * self.budget])?;
        }
        Ok(())
    }
}
