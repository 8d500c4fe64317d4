//! p9: how long the slowest of a hundred waits when the server is half busy.

use serde_json::json;

use super::settled;
use super::writing::{CONNECTIONS, Writing};
use crate::figures::{Latencies, Rounds};
use crate::load::paced;
use crate::report::{Line, Target};
use crate::{Bench, Result, machine};

pub(super) fn run(bench: &mut Bench, writing: &mut Writing) -> Result<()> {
    let per_second = writing.capacity / 2.0;
    let (mut slowest, mut all) = (Rounds::default(), Vec::new());
    let (mut growing, mut over) = (Rounds::default(), Rounds::default());
    for round in 1..=bench.plan.rounds.min(3) {
        bench.quiet(&format!("p9 create at {per_second:.0} a second, round {round}"));
        let mut grows = machine::flushes(&bench.dir, true)?;
        let mut stays = machine::flushes(&bench.dir, false)?;
        let mut source = |into: &mut Vec<u8>| writing.world.slots.write(into);
        let (address, time) = (writing.server.address, bench.plan.steady);
        let mut done = paced(address, CONNECTIONS, per_second, time, &mut source)?;
        settled(&writing.home)?;
        slowest.push(done.latencies.percentile(0.99));
        growing.push(grows.percentile(0.5));
        over.push(stays.percentile(0.5));
        let [create, grows, stays] =
            [&mut done.latencies, &mut grows, &mut stays].map(Latencies::json);
        all.push(json!({ "create": create, "flush": { "growing": grows, "over": stays } }));
    }
    let judged = "limit: one flush of a file that grows";
    for (limit, what, target) in [
        (growing, judged, Some(Target::RatioAtMost(10.0))),
        (over, "limit: one flush of a file that does not grow", None),
    ] {
        bench.report.add(Line {
            row: "p9",
            what: format!("p99 of create at {per_second:.0} a second; {what}"),
            unit: "ms",
            ratio: Some(slowest.over(&limit)),
            figure: slowest.clone(),
            limit: Some(limit),
            target,
            more: [("latency".to_owned(), json!(all))].into_iter().collect(),
        });
    }
    Ok(())
}
