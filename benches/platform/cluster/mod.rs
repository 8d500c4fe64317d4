//! `--cluster`: the rows of the table on PostgreSQL, beside pgbench.
//!
//! A private PostgreSQL that flushes holds two databases that were made alike: the servers work on one, pgbench on the
//! other, in turn. What pgbench runs is one statement a transaction and writes the rows that the server wrote,
//! read back from the other database, under new ids and slots. Rows that all of them would wait for (sums,
//! cursors) it leaves out, and it gives events their places itself: the limit is rather too high than too low.

use std::time::Duration;

use crate::cases;
use crate::cases::status::Steps;
use crate::cases::writing::{CONNECTIONS, Writing};
use crate::http::Client;
use crate::server::{Database, Home, Server};
use crate::sql::Sql;
use crate::world::World;
use crate::{Bench, Result, failed};

mod creates;
mod lists;
mod memory;
mod nats;
mod notice;
mod pattern;
mod pgbench;
mod postgres;
mod status;

use pattern::PREPARATION;
use postgres::{Postgres, past_the_wall};

/// Locations of the organization that books.
const LOCATIONS: usize = 256;

/// What the rows are measured on.
struct Cluster {
    /// The server at work.
    ours: Writing,
    /// pgbench's database.
    limit: String,
    /// What it runs to make a booking.
    create: String,
}

/// Measures whatever was asked for.
pub(crate) fn all(bench: &mut Bench) -> Result<()> {
    bench.say("starting PostgreSQL");
    let postgres = Postgres::start()?;
    let limit = limited(bench, &postgres)?;
    let create = creates::statement(&Sql::connect(&limit)?)?;
    let ours = alike(bench, &postgres, "ours")?;
    let mut cluster = Cluster { ours, limit, create };
    if bench.plan.wants(&["p1"]) {
        creates::run(bench, &mut cluster)?;
    }
    if bench.plan.wants(&["p2"]) {
        status::run(bench, &mut cluster)?;
    }
    if bench.plan.wants(&["p3"]) {
        lists::run(bench, &mut cluster)?;
    }
    if bench.plan.wants(&["p8"]) {
        notice::run(bench, &mut cluster)?;
    }
    if bench.plan.wants(&["p10"]) {
        memory::run(bench, &mut cluster)?;
    }
    cluster.check()?;
    cluster.ours.server.stop()
}

/// A database with people, places and some bookings in it, and a server at work on it.
fn alike(bench: &Bench, postgres: &Postgres, name: &str) -> Result<Writing> {
    let home = Home::over(bench, name, Database::Server(postgres.make(name)?))?;
    home.migrate()?;
    let server = home.serve()?;
    server.ready()?;
    let world = World::make(&home, &server, LOCATIONS)?;
    let mut writing = Writing { home, server, world, capacity: 0.0 };
    writing.load(CONNECTIONS, Duration::from_millis(500))?;
    Ok(writing)
}

/// The database of pgbench, in which a server has made bookings and has taken one of them a step further.
fn limited(bench: &Bench, postgres: &Postgres) -> Result<String> {
    let Writing { home, server, world, .. } = alike(bench, postgres, "bare")?;
    let url = address(&home)?;
    let sql = Sql::connect(&url)?;
    let draft = sql.row("SELECT id FROM bookings WHERE status = 'draft' LIMIT 1")?;
    let mut client = Client::connect(server.address, "")?;
    client.ask(&Steps::new(&world.manager, "pending_approval")?.of(draft[0].parse()?))?;
    cases::settled(&home)?;
    server.stop()?;
    sql.run(PREPARATION)?;
    Ok(url)
}

/// As whom nothing is kept from the bench.
fn address(home: &Home) -> Result<String> {
    match &home.database {
        Database::Server(url) => Ok(past_the_wall(url)),
        Database::File(_) => Err(failed("that is a file")),
    }
}

impl Cluster {
    /// A second node beside the first.
    fn node(&self, bench: &Bench) -> Result<Server> {
        let home = self.ours.home.beside(bench, "second")?;
        let server = home.serve()?;
        server.ready()?;
        Ok(server)
    }

    /// Has the first node started anew, with this NATS or without one.
    fn restart(&mut self, nats: Option<String>) -> Result<()> {
        let mut home = self.ours.home.clone();
        home.nats = nats;
        let server = home.serve()?;
        server.ready()?;
        self.ours.home = home;
        std::mem::replace(&mut self.ours.server, server).stop()
    }

    /// What the server would do by itself within a minute: before, it takes tables for what they were when they were empty,
    /// and plans accordingly.
    fn analyze(&self) -> Result<()> {
        for database in [Sql::connect(&address(&self.ours.home)?)?, self.limit()?] {
            database.run("VACUUM (ANALYZE)")?;
        }
        Ok(())
    }

    /// A connection to pgbench's database.
    fn limit(&self) -> Result<Sql> {
        Sql::connect(&self.limit)
    }

    /// Every booking that was asked for is there, with one event and one notification.
    fn check(&self) -> Result<()> {
        cases::settled(&self.ours.home)?;
        let asked = self.ours.world.slots.count();
        let found = Sql::connect(&address(&self.ours.home)?)?.row(
            "SELECT (SELECT count(*) FROM bookings),
                    (SELECT count(*) FROM events WHERE type = 'BOOKING_CREATED'),
                    (SELECT count(*) FROM notifications WHERE kind = 'booking_created')",
        )?;
        if found.iter().all(|count| *count == asked.to_string()) {
            return Ok(());
        }
        Err(failed(format!("{asked} bookings were asked for, but there are {found:?}")))
    }
}
