//! p1: making bookings.

use std::time::Duration;

use serde_json::json;

use super::writing::{CONNECTIONS, Writing};
use crate::bare::{Sample, Writer, copy, creates};
use crate::figures::{Latencies, Rounds};
use crate::report::{Line, Target};
use crate::{Bench, Result};

pub(super) fn run(bench: &mut Bench, writing: &mut Writing) -> Result<()> {
    let path = bench.dir.join("creates.db");
    copy(writing.home.file()?, &path)?;
    let mut sample = Sample::read(&path)?;
    let mut limit = Writer::open(&path)?;
    judged(bench, writing, &mut limit, &mut sample)?;
    for connections in [1, 16, 256] {
        informed(bench, writing, &mut limit, &mut sample, connections)?;
    }
    keyed(bench, writing)?;
    drop(limit);
    std::fs::remove_file(path)?;
    Ok(())
}

/// The row with the target.
fn judged(
    bench: &mut Bench,
    writing: &mut Writing,
    limit: &mut Writer,
    sample: &mut Sample,
) -> Result<()> {
    let time = bench.plan.time;
    let (mut answered, mut settled) = (Rounds::default(), Rounds::default());
    let (mut whole, mut without) = (Rounds::default(), Rounds::default());
    let mut latencies = Vec::new();
    for round in 1..=bench.plan.rounds {
        bench.quiet(&format!("p1 create, {CONNECTIONS} connections, round {round}"));
        let mut made = writing.load(CONNECTIONS, time)?;
        answered.push(made.answered_rate);
        settled.push(made.settled_rate);
        latencies.push(made.latencies.json());
        let bare = creates(limit, sample, CONNECTIONS, true, time)?;
        bench.report.bill(&format!("p1 round {round}"), &made.bill(Some(bare.cost)), made.others);
        whole.push(bare.rate);
        without.push(creates(limit, sample, CONNECTIONS, false, time / 2)?.rate);
    }
    writing.capacity = answered.median();
    bench.report.add(Line {
        row: "p1",
        what: format!("create, {CONNECTIONS} connections, until the notifications are there too"),
        unit: "/s",
        ratio: Some(settled.over(&whole)),
        figure: settled,
        limit: Some(whole),
        target: Some(Target::RatioAtLeast(0.8)),
        more: [("latency".to_owned(), json!(latencies))].into_iter().collect(),
    });
    bench.report.add(Line {
        row: "p1",
        what: "until the last answer; limit without the notification rows".to_owned(),
        unit: "/s",
        ratio: Some(answered.over(&without)),
        figure: answered,
        limit: Some(without),
        ..Line::default()
    });
    Ok(())
}

/// The same at other numbers of connections.
fn informed(
    bench: &mut Bench,
    writing: &mut Writing,
    limit: &mut Writer,
    sample: &mut Sample,
    connections: usize,
) -> Result<()> {
    bench.quiet(&format!("p1 create, {connections} connections"));
    let (mut figure, mut bare) = (Rounds::default(), Rounds::default());
    let mut latencies = Latencies::default();
    for _ in 0..bench.plan.rounds / 2 {
        let made = writing.load(connections, bench.plan.time)?;
        figure.push(made.settled_rate);
        latencies = made.latencies;
        bare.push(creates(limit, sample, connections, true, bench.plan.time)?.rate);
    }
    bench.report.add(Line {
        row: "p1",
        what: format!(
            "the same at {connections}; p50 {:.1} ms, p99 {:.1} ms",
            latencies.percentile(0.5),
            latencies.percentile(0.99)
        ),
        unit: "/s",
        ratio: Some(figure.over(&bare)),
        figure,
        limit: Some(bare),
        ..Line::default()
    });
    Ok(())
}

/// The same with an idempotency key to each request, which keeps the answer as a row.
fn keyed(bench: &mut Bench, writing: &mut Writing) -> Result<()> {
    bench.quiet("p1 create with idempotency keys");
    let (token, organization) = (writing.world.manager.clone(), writing.world.organization.clone());
    writing.world.slots.keyed((&token, &organization), true)?;
    let made = writing.load(CONNECTIONS, bench.plan.time.max(Duration::from_secs(1)));
    writing.world.slots.keyed((&token, &organization), false)?;
    bench.report.add(Line {
        row: "p1",
        what: format!("the same at {CONNECTIONS} with an Idempotency-Key each"),
        unit: "/s",
        figure: Rounds(vec![made?.settled_rate]),
        ..Line::default()
    });
    Ok(())
}
