//! Everything that is measured on a server that writes, in the order that lets one feed the next.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::figures::{Latencies, rate};
use crate::load::{Source, closed};
use crate::server::{Home, Server};
use crate::world::World;
use crate::{Bench, Result, machine};

use super::{creates, followed, memory, notice, settled, status, steady};

/// Locations of the organization that books.
const LOCATIONS: usize = 256;
/// Connections of the rows that are judged.
pub(crate) const CONNECTIONS: usize = 64;

/// A server at work, and what was found out about it.
pub(crate) struct Writing {
    pub(crate) home: Home,
    pub(crate) server: Server,
    pub(crate) world: World,
    /// Bookings made per second at [`CONNECTIONS`].
    pub(crate) capacity: f64,
}

pub(super) fn run(bench: &mut Bench) -> Result<()> {
    let home = Home::new(bench, "writing")?;
    let server = home.serve()?;
    server.ready()?;
    if bench.plan.wants(&["p10"]) {
        bench.say("idle memory");
        memory::idle(bench, &server)?;
    }
    let world = World::make(&home, &server, LOCATIONS)?;
    let mut writing = Writing { home, server, world, capacity: 0.0 };
    writing.load(CONNECTIONS, Duration::from_millis(500))?;
    if bench.plan.wants(&["p1"]) {
        creates::run(bench, &mut writing)?;
    } else if bench.plan.wants(&["p2", "p9"]) {
        writing.capacity = writing.load(CONNECTIONS, bench.plan.time)?.answered_rate;
    }
    if bench.plan.wants(&["p9"]) {
        steady::run(bench, &mut writing)?;
    }
    if bench.plan.wants(&["p2"]) {
        status::run(bench, &mut writing)?;
    }
    if bench.plan.wants(&["p10"]) {
        bench.say("memory under load");
        memory::loaded(bench, &mut writing)?;
    }
    if bench.plan.wants(&["p8"]) {
        notice::over_http(bench, &mut writing)?;
    }
    writing.check()?;
    writing.server.stop()
}

/// What a stretch of load did, with who used the processors.
pub(crate) struct Stretch {
    /// Per second, until the last answer.
    pub(crate) answered_rate: f64,
    /// Per second, until the last reaction was committed too.
    pub(crate) settled_rate: f64,
    pub(crate) latencies: Latencies,
    /// Microseconds of processor time to a request, by thread of the server.
    pub(crate) threads: BTreeMap<String, f64>,
    /// The same of the generator.
    pub(crate) generator: f64,
    /// The share of the machine that neither of them used although it was busy.
    pub(crate) others: f64,
}

impl Writing {
    /// Makes bookings over so many connections.
    pub(crate) fn load(&mut self, connections: usize, time: Duration) -> Result<Stretch> {
        let Self { home, server, world, .. } = self;
        let mut source = |into: &mut Vec<u8>| world.slots.write(into);
        stretch(home, server, connections, time, &mut source)
    }

    /// Every booking that was asked for is there, with one event and one notification.
    fn check(&self) -> Result<()> {
        settled(&self.home)?;
        let asked = self.world.slots.count();
        let db = crate::bare::reader(self.home.file()?)?;
        let (bookings, events, notices): (u64, u64, u64) = db.query_row(
            "SELECT (SELECT count(*) FROM bookings),
                    (SELECT count(*) FROM events WHERE type = 'BOOKING_CREATED'),
                    (SELECT count(*) FROM notifications WHERE kind = 'booking_created')",
            [],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        if [bookings, events, notices] == [asked; 3] {
            return Ok(());
        }
        let what = format!("{bookings} bookings, {events} events and {notices} notifications");
        Err(crate::failed(format!("{asked} bookings were asked for, but there are {what}")))
    }
}

/// Runs load to its end and until the reactions are done, with the bill.
pub(crate) fn stretch(
    home: &Home,
    server: &Server,
    connections: usize,
    time: Duration,
    source: &mut Source<'_>,
) -> Result<Stretch> {
    let (before, busy) = (server.threads()?, machine::busy());
    let begun = std::time::Instant::now();
    let mut outcome = closed(server.address, connections, time, source)?;
    followed(home)?;
    let elapsed = begun.elapsed();
    let (after, busy) = (server.threads()?, machine::busy() - busy);
    let used = |(name, time): (&String, &u64)| {
        let time = time - before.get(name).copied().unwrap_or_default().min(*time);
        (name.clone(), time as f64 / 1e3 / outcome.answered as f64)
    };
    let threads: BTreeMap<String, f64> = after.iter().map(used).collect();
    let generator = outcome.generator as f64 / 1e3 / outcome.answered as f64;
    let ours = (threads.values().sum::<f64>() + generator) * outcome.answered as f64 / 1e6;
    let whole = elapsed.as_secs_f64() * machine::cores() as f64;
    Ok(Stretch {
        answered_rate: outcome.rate(),
        settled_rate: rate(outcome.answered, elapsed),
        latencies: std::mem::take(&mut outcome.latencies),
        threads,
        generator,
        others: ((busy as f64 / 1e9 - ours) / whole).max(0.0),
    })
}

impl Stretch {
    /// The bill in words, beside what the limit costs where that is known.
    pub(crate) fn bill(&self, limit: Option<f64>) -> String {
        let server: f64 = self.threads.values().sum();
        let mut parts: Vec<_> = self.threads.iter().filter(|(_, time)| **time >= 0.5).collect();
        parts.sort_by(|one, other| other.1.total_cmp(one.1));
        let parts: Vec<_> = parts.iter().map(|(name, time)| format!("{name} {time:.0}")).collect();
        let limit = limit.map_or_else(String::new, |limit| format!(", limit {limit:.0} µs"));
        format!(
            "server {server:.0} µs of processor time to each ({}), generator {:.0} µs{limit}; other \
             programs used {:.0} % of the machine",
            parts.join(", "),
            self.generator,
            self.others * 100.0
        )
    }
}
