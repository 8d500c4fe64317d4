//! `kill -9` at random moments.

use super::cycles::{Plan, run};
use crate::support::seed::times;

/// `RISHI_KILL_CYCLES` asks for more than the usual 50.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i1_i3_i4_an_acknowledged_write_survives_kill_9() {
    let plan = Plan {
        story: "kill -9",
        cycles: times("RISHI_KILL_CYCLES", 50),
        environment: &[],
        while_dead: &mut |_, _| {},
    };
    run(plan).await;
}
