//! The rows of the table, in the order in which they disturb each other least.

use std::time::{Duration, Instant};

use crate::server::{Database, Home};
use crate::sql::Sql;
use crate::{Bench, Result, bare, failed, seed};

mod bus;
mod ceiling;
mod creates;
pub(crate) mod lists;
pub(crate) mod memory;
pub(crate) mod notice;
mod plans;
mod start;
mod statistics;
pub(crate) mod status;
mod steady;
pub(crate) mod writing;

/// How long the reactions may take to catch up.
const PATIENCE: Duration = Duration::from_mins(1);

/// Measures whatever was asked for.
pub(crate) fn all(bench: &mut Bench) -> Result<()> {
    if bench.plan.wants(&["p1", "p2", "p8", "p9", "p10"]) {
        writing::run(bench)?;
    }
    if bench.plan.wants(&["p3", "p4", "p5", "p6", "p7", "p11"]) {
        bench.say("pouring in the large database");
        let seeded = seed::seed(bench)?;
        bench.say(&format!("{} events, {:?}", seeded.events, seeded.organizations));
        if bench.plan.wants(&["p11"]) {
            start::run(bench, &seeded)?;
        }
        if bench.plan.wants(&["p3", "p4", "p5"]) {
            let server = seeded.home.serve()?;
            server.ready()?;
            if bench.plan.wants(&["p3", "p4"]) {
                lists::run(bench, &seeded, &server)?;
            }
            if bench.plan.wants(&["p5"]) {
                statistics::run(bench, &seeded, &server)?;
            }
            server.stop()?;
        }
        if bench.plan.wants(&["p6", "p7"]) {
            bus::run(bench, &seeded)?;
        }
        std::fs::remove_file(seeded.home.file()?)?;
    }
    if bench.plan.wants(&["p8"]) {
        notice::in_process(bench)?;
    }
    if bench.plan.wants(&["p12"]) {
        plans::run(bench)?;
    }
    if bench.plan.wants(&["http"]) {
        ceiling::run(bench)?;
    }
    Ok(())
}

/// How many subscriptions have yet to commit what follows from a booking that was made or taken a step further, and how
/// many deliveries are under way. What else moves a cursor writes nothing, and is put down once a second.
const FOLLOWING: &str = "SELECT
    (SELECT count(*) FROM subscriptions WHERE name = 'booking-created'
        AND cursor < (SELECT max(position) FROM events WHERE type = 'BOOKING_CREATED'))
  + (SELECT count(*) FROM subscriptions WHERE name IN ('booking-status-changed', 'approval-timers')
        AND cursor < (SELECT max(position) FROM events WHERE type = 'BOOKING_STATUS_CHANGED'))
  + (SELECT count(*) FROM deliveries)";

/// Waits until what follows from the bookings is committed.
pub(crate) fn followed(home: &Home) -> Result<()> {
    match &home.database {
        Database::File(file) => {
            let db = bare::reader(file)?;
            let mut following = db.prepare(FOLLOWING)?;
            until_none(|| Ok(following.query_row([], |row| row.get(0))?))
        }
        Database::Server(url) => {
            let sql = Sql::connect(url)?;
            until_none(|| sql.number(FOLLOWING))
        }
    }
}

/// Waits until every subscription has handled every event, and has put that down.
pub(crate) fn settled(home: &Home) -> Result<()> {
    match &home.database {
        Database::File(file) => {
            let db = bare::reader(file)?;
            let mut behind = db.prepare(
                "SELECT (SELECT max(position) FROM events) - (SELECT min(cursor) FROM subscriptions)
                      + (SELECT count(*) FROM deliveries)",
            )?;
            until_none(|| Ok(behind.query_row([], |row| row.get(0))?))
        }
        Database::Server(url) => {
            let sql = Sql::connect(url)?;
            until_none(|| {
                sql.number(
                    "SELECT (SELECT position FROM log_head) - (SELECT min(cursor) FROM subscriptions)
                          + (SELECT count(*) FROM unsequenced) + (SELECT count(*) FROM deliveries)",
                )
            })
        }
    }
}

fn until_none(mut left: impl FnMut() -> Result<i64>) -> Result<()> {
    let begun = Instant::now();
    while left()? > 0 {
        if begun.elapsed() > PATIENCE {
            return Err(failed(format!("the reactions do not catch up within {PATIENCE:?}")));
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}
