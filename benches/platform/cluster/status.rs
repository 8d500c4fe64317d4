//! p2: taking bookings from `draft` to `pending_approval`.

use uuid::Uuid;

use super::pattern::{happening, insert, told};
use super::{Cluster, address, pgbench};
use crate::cases::status::Steps;
use crate::cases::writing::{CONNECTIONS, stretch};
use crate::figures::Rounds;
use crate::report::{Line, Target};
use crate::sql::Sql;
use crate::{Bench, Result, failed};

pub(super) fn run(bench: &mut Bench, cluster: &mut Cluster) -> Result<()> {
    let ours = &mut cluster.ours;
    let wanted =
        ours.capacity.max(2_000.0) * bench.plan.time.as_secs_f64() * bench.plan.rounds as f64 * 2.0;
    while (ours.world.slots.count() as f64) < wanted {
        ours.load(CONNECTIONS, bench.plan.time)?;
    }
    cluster.analyze()?;
    let statement = prepared(bench, cluster)?;
    let ours = &mut cluster.ours;
    let mut left = drafts(&Sql::connect(&address(&ours.home)?)?)?;
    let (mut answered, mut limit) = (Rounds::default(), Rounds::default());
    let share = left.len() / bench.plan.rounds;
    for round in 1..=bench.plan.rounds {
        bench.quiet(&format!("p2 status, {CONNECTIONS} connections, round {round}"));
        let some = left.split_off(left.len() - share);
        let mut request = Steps::new(&ours.world.manager, "pending_approval")?;
        let mut next = 0;
        let mut source = |into: &mut Vec<u8>| request.write(&some, &mut next, into);
        let done = stretch(&ours.home, &ours.server, CONNECTIONS, bench.plan.time, &mut source)?;
        answered.push(done.answered_rate);
        bench.report.bill(&format!("p2 round {round}"), &done.bill(None), done.others);
        let time = bench.plan.time;
        limit.push(pgbench::rate(bench, &cluster.limit, &statement, CONNECTIONS, time)?);
    }
    enough(&cluster.limit()?)?;
    bench.report.add(Line {
        row: "p2",
        what: format!(
            "status change, {CONNECTIONS} connections; limit: pgbench, a transaction each"
        ),
        unit: "/s",
        ratio: Some(answered.over(&limit)),
        figure: answered,
        limit: Some(limit),
        target: Some(Target::RatioAtLeast(0.9)),
        ..Line::default()
    });
    Ok(())
}

/// The drafts of a database.
fn drafts(sql: &Sql) -> Result<Vec<Uuid>> {
    let rows = sql.rows("SELECT id FROM bookings WHERE status = 'draft' ORDER BY id")?;
    rows.into_iter().flatten().flatten().map(|id| Ok(id.parse()?)).collect()
}

/// Enough drafts for pgbench, and the statement that submits one: the row at its next version, its event, what a manager
/// is told with the event of that, and the timer that watches the approval.
fn prepared(bench: &Bench, cluster: &Cluster) -> Result<String> {
    let sql = cluster.limit()?;
    let rate = pgbench::rate(bench, &cluster.limit, &cluster.create, CONNECTIONS, bench.plan.time)?;
    let wanted =
        rate * bench.plan.time.as_secs_f64().max(1.0) * (bench.plan.rounds + 1) as f64 * 2.0;
    while (sql.number("SELECT count(*) FROM bookings WHERE status = 'draft'")? as f64) < wanted {
        pgbench::rate(bench, &cluster.limit, &cluster.create, CONNECTIONS, bench.plan.time)?;
    }
    sql.run(
        "CREATE SEQUENCE bench_steps;
         CREATE TABLE bench_drafts AS SELECT row_number() OVER (ORDER BY id) AS step, id FROM bookings
             WHERE status = 'draft';
         CREATE UNIQUE INDEX ON bench_drafts (step)",
    )?;
    sql.run("VACUUM ANALYZE")?;
    let submitted = "(SELECT id FROM bookings WHERE status = 'pending_approval' LIMIT 1)";
    let by =
        sql.row("SELECT submitted_by FROM bookings WHERE status = 'pending_approval' LIMIT 1")?;
    let about = format!("type = 'BOOKING_STATUS_CHANGED' AND subject_id = {submitted}");
    let event = insert(&sql, "events", &about, &happening("n.event", "n.id"))?;
    let [notice, of_notice] = told(&sql, "booking_status_changed")?;
    let timer = insert(
        &sql,
        "timers",
        &format!("subject_id = {submitted}"),
        &[
            ("key", "'approval/' || n.id"),
            ("id", "n.timer"),
            ("subject_id", "n.id"),
            ("correlation_id", "n.id"),
            ("causation_id", "n.id"),
        ],
    )?;
    Ok(format!(
        "WITH n AS MATERIALIZED (
            SELECT draft.id, bench_id() AS event, bench_id() AS notice, bench_id() AS told, bench_id() AS timer
            FROM (SELECT nextval('bench_steps') AS step OFFSET 0) steps
            JOIN bench_drafts draft ON draft.step = steps.step),
         booking AS (UPDATE bookings SET status = 'pending_approval', submitted_by = '{}', version = 2,
            updated_at = (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
            FROM n WHERE bookings.id = n.id AND bookings.version = 1),
         event AS ({event}), notice AS ({notice}), timer AS ({timer})
         {of_notice}",
        by.concat()
    ))
}

/// pgbench never ran out of drafts, for then it would have done nothing, and fast.
fn enough(sql: &Sql) -> Result<()> {
    let spent = "SELECT (SELECT last_value FROM bench_steps) - (SELECT count(*) FROM bench_drafts)";
    if sql.number(spent)? > 0 {
        return Err(failed("pgbench had too few drafts"));
    }
    Ok(())
}
