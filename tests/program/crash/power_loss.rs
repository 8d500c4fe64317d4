//! `kill -9`, and whatever was written and not flushed is gone with it.

use std::path::PathBuf;

use rand::rngs::StdRng;

use super::cycles::{Plan, run};
use super::shim::compiled;
use super::undo::{Loss, lose};
use crate::support::Home;
use crate::support::seed::times;

/// `RISHI_POWER_CYCLES` asks for more than the usual 20.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i1_i3_i4_an_acknowledged_write_survives_the_loss_of_everything_unflushed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let shim = compiled(folder.path());
    let mut lost = 0;
    let plan = Plan {
        story: "power loss",
        cycles: times("RISHI_POWER_CYCLES", 20),
        environment: &[("LD_PRELOAD", shim.to_str().expect("a path in UTF-8"))],
        while_dead: &mut |home, random| lost += power_loss(home, random),
    };
    run(plan).await;
    println!("{lost} writes lost");
    assert!(lost > 0, "a loop in which nothing was ever lost proves nothing");
}

/// Each file loses unflushed writes in its own way; answers how many.
fn power_loss(home: &Home, random: &mut StdRng) -> usize {
    let file = |suffix: &str| PathBuf::from(format!("{}{suffix}", home.database().display()));
    let lost = ["", "-wal", "-journal"]
        .map(|suffix| lose(&file(suffix), Loss::any(random), random))
        .iter()
        .sum();
    // Shared memory: gone with the machine; SQLite makes it anew from the log.
    let shared = file("-shm");
    if shared.exists() {
        std::fs::remove_file(&shared).expect("the shared memory of a dead server can be removed");
    }
    lost
}
