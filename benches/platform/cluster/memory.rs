//! p10: memory.

use super::Cluster;
use crate::cases::memory;
use crate::{Bench, Result};

pub(super) fn run(bench: &mut Bench, cluster: &mut Cluster) -> Result<()> {
    bench.say("memory");
    let second = cluster.node(bench)?;
    memory::idle(bench, &second)?;
    second.stop()?;
    memory::loaded(bench, &mut cluster.ours)
}
