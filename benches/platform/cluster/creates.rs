//! p1: making bookings.

use super::pattern::{happening, insert, told};
use super::{Cluster, pgbench};
use crate::cases::writing::CONNECTIONS;
use crate::figures::Rounds;
use crate::report::{Line, Target};
use crate::sql::Sql;
use crate::{Bench, Result};

const HOUR_MICROS: i64 = 3_600_000_000;

pub(super) fn run(bench: &mut Bench, cluster: &mut Cluster) -> Result<()> {
    let goals = [(CONNECTIONS, 1.8), (1, 0.85)];
    for (connections, goal) in goals {
        cluster.analyze()?;
        let (mut settled, mut answered) = (Rounds::default(), Rounds::default());
        let mut limit = Rounds::default();
        for round in 1..=bench.plan.rounds {
            bench.quiet(&format!("p1 create, {connections} connections, round {round}"));
            let made = cluster.ours.load(connections, bench.plan.time)?;
            settled.push(made.settled_rate);
            answered.push(made.answered_rate);
            bench.report.bill(&format!("p1 round {round}"), &made.bill(None), made.others);
            limit.push(pgbench::rate(
                bench,
                &cluster.limit,
                &cluster.create,
                connections,
                bench.plan.time,
            )?);
        }
        if connections == CONNECTIONS {
            cluster.ours.capacity = answered.median();
        }
        bench.report.add(Line {
            row: "p1",
            what: format!("create, {connections} connections; limit: pgbench, a transaction each"),
            unit: "/s",
            ratio: Some(answered.over(&limit)),
            figure: answered,
            limit: Some(limit.clone()),
            target: Some(Target::RatioAtLeast(goal)),
            ..Line::default()
        });
        bench.report.add(Line {
            row: "p1",
            what: format!("the same at {connections}, until the notifications are there too"),
            unit: "/s",
            ratio: Some(settled.over(&limit)),
            figure: settled,
            limit: Some(limit),
            ..Line::default()
        });
    }
    Ok(())
}

/// A booking in a free slot, its event, and what a manager is told with the event of that.
pub(super) fn statement(sql: &Sql) -> Result<String> {
    let last = sql.number("SELECT max(scheduled_end) FROM bookings")?;
    let first = last + HOUR_MICROS - last % HOUR_MICROS;
    let places = sql.number("SELECT count(*) FROM bench_places")?;
    let newest = "id = (SELECT max(id::text)::uuid FROM bookings)";
    let slot = format!("n.start + {HOUR_MICROS}");
    let booking = insert(
        sql,
        "bookings",
        newest,
        &[
            ("id", "n.id"),
            ("location_id", "n.place"),
            ("scheduled_start", "n.start"),
            ("scheduled_end", &slot),
        ],
    )?;
    let event = insert(sql, "events", "type = 'BOOKING_CREATED'", &happening("n.event", "n.id"))?;
    let [notice, of_notice] = told(sql, "booking_created")?;
    Ok(format!(
        "WITH n AS MATERIALIZED (
            SELECT bench_id() AS id, bench_id() AS event, bench_id() AS notice, bench_id() AS told,
                place.id AS place, {first} + (slot / {places}) * {HOUR_MICROS} AS start
            FROM (SELECT nextval('bench_slots') AS slot OFFSET 0) slots
            JOIN bench_places place ON place.place = slot % {places}),
         booking AS ({booking}), event AS ({event}), notice AS ({notice})
         {of_notice}"
    ))
}
