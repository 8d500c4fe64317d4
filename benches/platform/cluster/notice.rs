//! p8: how soon an event is heard of on another node.

use super::Cluster;
use crate::cases::notice::heard;
use crate::figures::Rounds;
use crate::report::{Line, Target};
use crate::{Bench, Result};

pub(super) fn run(bench: &mut Bench, cluster: &mut Cluster) -> Result<()> {
    let second = cluster.node(bench)?;
    bench.quiet("p8 answer of one node to event on a stream of another");
    let mut times = heard(bench, &mut cluster.ours, second.address)?;
    for (what, share, most) in [("p50", 0.5, 5.0), ("p99", 0.99, 25.0)] {
        bench.report.add(Line {
            row: "p8",
            what: format!(
                "answer of one node to event on a stream of another, {what}; without NATS"
            ),
            unit: "ms",
            figure: Rounds(vec![times.percentile(share)]),
            target: Some(Target::FigureAtMost(most)),
            more: [("latency".to_owned(), times.json())].into_iter().collect(),
            ..Line::default()
        });
    }
    second.stop()
}
