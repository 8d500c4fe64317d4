//! The rows of the table, in the order in which they disturb each other least.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::{Bench, Result, bare, failed, seed};

mod bus;
mod ceiling;
mod creates;
mod lists;
mod memory;
mod notice;
mod plans;
mod start;
mod statistics;
mod status;
mod steady;
mod writing;

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
        std::fs::remove_file(&seeded.home.database)?;
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

/// Waits until every subscription has handled every event.
pub(crate) fn settled(database: &Path) -> Result<()> {
    let db = bare::reader(database)?;
    let mut behind = db.prepare(
        "SELECT (SELECT max(position) FROM events) - (SELECT min(cursor) FROM subscriptions)
              + (SELECT count(*) FROM deliveries)",
    )?;
    let begun = Instant::now();
    while behind.query_row([], |row| row.get::<_, i64>(0))? > 0 {
        if begun.elapsed() > PATIENCE {
            return Err(failed(format!("the reactions do not catch up within {PATIENCE:?}")));
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}
