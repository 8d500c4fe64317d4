//! p8: how soon an event is heard of on another node.

use super::Cluster;
use super::nats::Nats;
use crate::cases::notice::heard;
use crate::figures::Rounds;
use crate::report::{Line, Target};
use crate::{Bench, Result};

pub(super) fn run(bench: &mut Bench, cluster: &mut Cluster) -> Result<()> {
    measure(bench, cluster, "without NATS", None)?;
    let nats = Nats::start(bench)?;
    cluster.restart(Some(nats.url()))?;
    measure(bench, cluster, "with NATS", Some([5.0, 25.0]))?;
    cluster.restart(None)
}

fn measure(
    bench: &mut Bench,
    cluster: &mut Cluster,
    how: &str,
    goals: Option<[f64; 2]>,
) -> Result<()> {
    let second = cluster.node(bench)?;
    bench.quiet(&format!("p8 answer of one node to event on a stream of another, {how}"));
    let mut times = heard(bench, &mut cluster.ours, second.address)?;
    for (at, (what, share)) in [("p50", 0.5), ("p99", 0.99)].into_iter().enumerate() {
        bench.report.add(Line {
            row: "p8",
            what: format!("answer of one node to event on a stream of another, {what}; {how}"),
            unit: "ms",
            figure: Rounds(vec![times.percentile(share)]),
            target: goals.map(|goals| Target::FigureAtMost(goals[at])),
            more: [("latency".to_owned(), times.json())].into_iter().collect(),
            ..Line::default()
        });
    }
    second.stop()
}
