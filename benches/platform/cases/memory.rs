//! p10: memory.

use std::time::Duration;

use super::writing::{CONNECTIONS, Writing};
use crate::figures::Rounds;
use crate::http::request;
use crate::load::closed;
use crate::report::{Line, Target};
use crate::server::Server;
use crate::{Bench, Result};

/// How long the server is left alone.
const REST: Duration = Duration::from_secs(5);
const BOOKINGS: u64 = 10_000;

pub(crate) fn idle(bench: &mut Bench, server: &Server) -> Result<()> {
    std::thread::sleep(REST);
    let (now, _) = server.memory()?;
    bench.report.add(line("memory, idle".to_owned(), now, 64.0));
    Ok(())
}

/// The most that it has used so far, lists included, over at least ten thousand bookings.
pub(crate) fn loaded(bench: &mut Bench, writing: &mut Writing) -> Result<()> {
    while writing.world.slots.count() < BOOKINGS {
        writing.load(CONNECTIONS, Duration::from_millis(500))?;
    }
    let path = format!("/api/bookings?organizationId={}&limit=50", writing.world.organization);
    let list = request("GET", &path, &writing.world.manager, &[], None);
    let mut source = |into: &mut Vec<u8>| {
        into.extend_from_slice(&list);
        true
    };
    closed(writing.server.address, CONNECTIONS, bench.plan.time, &mut source)?;
    let (_, most) = writing.server.memory()?;
    let what = format!("memory at most, {} bookings made and listed", writing.world.slots.count());
    bench.report.add(line(what, most, 200.0));
    Ok(())
}

fn line(what: String, figure: f64, most: f64) -> Line {
    Line {
        row: "p10",
        what,
        unit: "MiB",
        figure: Rounds(vec![figure]),
        target: Some(Target::FigureAtMost(most)),
        ..Line::default()
    }
}
