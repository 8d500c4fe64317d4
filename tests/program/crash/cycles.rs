//! The loop: start, work, kill at a random moment, start again on the same file.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::sync::mpsc;

use super::journal::Journal;
use super::oracle;
use super::worker::{Shared, Worker};
use crate::support::seed::generator;
use crate::support::{Home, World, eventually};

const WORKERS: usize = 4;

/// How the process dies, and how often.
pub(super) struct Plan<'a> {
    pub(super) story: &'a str,
    pub(super) cycles: usize,
    /// What the server's environment has beside the usual.
    pub(super) environment: &'a [(&'a str, &'a str)],
    /// What happens to the folder while the server is dead.
    pub(super) while_dead: &'a mut (dyn FnMut(&Home, &mut StdRng) + Send),
}

/// Runs the loop and then asks the oracle.
pub(super) async fn run(plan: Plan<'_>) {
    let mut random = generator(plan.story);
    let mut world = World::on_file().await;
    let colleague = world.person("client_manager", Some(&world.organization)).client;
    world.server.stop().await;

    let (answers, mut heard) = mpsc::unbounded_channel();
    let journal = Arc::new(Journal::create(world.home.path("journal")));
    let shared = Shared::of(&world, &journal, answers, false);
    let mut worker = |number| {
        let people = (world.manager.clone(), world.admin.clone());
        Worker::new(number, people, shared.clone(), StdRng::seed_from_u64(random.random()))
    };
    let mut workers: Vec<Worker> = (0..WORKERS).map(&mut worker).collect();

    for cycle in 0..plan.cycles {
        if cycle % 8 == 7 {
            die_while_starting(&world.home, plan.environment, &mut random).await;
            (plan.while_dead)(&world.home, &mut random);
        }
        let mut server = world.home.serve_with(plan.environment).await;
        let at_work: Vec<_> = workers
            .into_iter()
            .map(|worker| tokio::spawn(worker.work(server.base.clone())))
            .collect();
        while heard.try_recv().is_ok() {}
        let enough = random.random_range(1..=60);
        eventually(&format!("{enough} answers in cycle {cycle}"), async || {
            let broken = at_work.iter().any(tokio::task::JoinHandle::is_finished);
            (broken || heard.len() >= enough).then_some(())
        })
        .await;
        // Not always right after an answer, but anywhere in the work on the next ones.
        tokio::time::sleep(Duration::from_micros(random.random_range(0..4_000))).await;
        server.kill();
        let back = join_all(at_work).await;
        workers = back.into_iter().map(|worker| worker.expect("a worker's demands hold")).collect();
        (plan.while_dead)(&world.home, &mut random);
    }

    let server = world.home.serve_with(plan.environment).await;
    let colleague = colleague.moved_to(&server.base);
    world.moved_to(server);
    oracle::ask(&world, &[world.manager.clone(), colleague], journal.path()).await;
}

/// A start that is cut off, so that recovery itself is interrupted too.
async fn die_while_starting(home: &Home, environment: &[(&str, &str)], random: &mut StdRng) {
    let mut server = home.spawn(environment);
    tokio::time::sleep(Duration::from_micros(random.random_range(0..80_000))).await;
    server.kill();
}
