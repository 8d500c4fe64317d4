//! Clients that write down what they are promised, and go on whatever happens.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures::future::join_all;
use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::task::JoinHandle;

use crate::cluster::Town;
use crate::crash::journal::{Journal, expectations};
use crate::crash::oracle;
use crate::crash::worker::{Shared, Worker};
use crate::support::Client;
use crate::support::seed::generator;
use crate::support::wait::within;

const WORKERS: usize = 4;
/// How soon work must go on.
const RESUMED: Duration = Duration::from_secs(10);

/// Clients at work on all nodes of a town.
pub(super) struct Load {
    at_work: Vec<JoinHandle<Worker>>,
    over: Arc<AtomicBool>,
    heard: UnboundedReceiver<()>,
    journal: Arc<Journal>,
    colleague: Client,
}

impl Load {
    pub(super) fn on(town: &Town, story: &str) -> Self {
        let (world, mut random) = (&town.world, generator(story));
        let (answers, heard) = mpsc::unbounded_channel();
        let journal = Arc::new(Journal::create(world.home.path("journal")));
        let shared = Shared::of(world, &journal, answers, true);
        let over = Arc::clone(&shared.over);
        let bases: Vec<String> = town.servers().map(|server| server.base.clone()).collect();
        let start = |number: usize| {
            let people = (world.manager.clone(), world.admin.clone());
            let random = StdRng::seed_from_u64(random.random());
            let mut worker = Worker::new(number, people, shared.clone(), random);
            let (mut bases, over) = (bases.clone(), Arc::clone(&over));
            let first = number % bases.len();
            bases.rotate_left(first);
            tokio::spawn(async move {
                // Whoever is not answered goes to the next node, as behind a load balancer.
                for base in bases.iter().cycle() {
                    worker = worker.work(base.clone()).await;
                    if over.load(Ordering::Relaxed) {
                        break;
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                worker
            })
        };
        let at_work = (0..WORKERS).map(start).collect();
        let colleague = world.person("client_manager", Some(&world.organization)).client;
        Self { at_work, over, heard, journal, colleague }
    }

    /// Waits until the clients are answered again, what they did is reacted to, and demands that it did not take long.
    pub(super) async fn goes_on(&mut self, town: &Town, after: &str) {
        let begun = Instant::now();
        while self.heard.try_recv().is_ok() {}
        within(RESUMED, "clients are answered", async || {
            assert!(!self.at_work.iter().any(JoinHandle::is_finished), "a client's demands hold");
            (self.heard.len() >= WORKERS * 4).then_some(())
        })
        .await;
        let answered = begun.elapsed();
        let told = town.receiver.messages().len();
        within(RESUMED, "the receiver is told of more", async || {
            (town.receiver.messages().len() > told).then_some(())
        })
        .await;
        eprintln!(
            "{after}: clients went on after {:.1} s, webhooks after {:.1} s",
            answered.as_secs_f64(),
            begun.elapsed().as_secs_f64()
        );
    }

    /// Ends the load and holds journal, API and database against each other.
    pub(super) async fn ends_well(self, town: &Town) {
        self.over.store(true, Ordering::Relaxed);
        for worker in join_all(self.at_work).await {
            worker.expect("a client's demands hold");
        }
        let managers = [town.world.manager.clone(), self.colleague];
        oracle::ask(&town.world, &managers, self.journal.path()).await;
        town.is_whole().await;
        let made = expectations(self.journal.path()).into_values();
        let ids: Vec<String> = made.filter_map(|booking| booking.id).collect();
        town.told_under_one_id(&ids).await;
    }
}
