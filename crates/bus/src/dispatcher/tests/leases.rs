//! Several nodes on one ledger.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::FutureExt as _;
use uuid::Uuid;

use super::support::*;
use crate::{
    Dispatcher, EffectOutcome, Envelope, Subscription,
    lease::{Keeper, Leases, Node, subscription_of},
    testing::{MemoryCommit, MemoryLeases, RowState},
};

/// Which node ran what, under which key.
type Runs = Arc<Mutex<Vec<(u128, String)>>>;

struct Town {
    world: World,
    leases: Arc<MemoryLeases>,
    start: tokio::time::Instant,
    runs: Runs,
    at_once: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Town {
    fn new() -> Self {
        let (world, start) = (World::default(), tokio::time::Instant::now());
        let ledger = Arc::clone(&world.ledger);
        let fence = move |unit: &str, token| {
            if let Some(name) = subscription_of(unit) {
                ledger.fence(name, token);
            }
        };
        let leases = Arc::new(MemoryLeases::telling(Arc::new(move || start.elapsed()), fence));
        let (runs, at_once, most) = (Runs::default(), Arc::default(), Arc::default());
        Self { world, leases, start, runs, at_once, most }
    }

    /// An effect that takes so long and writes down where it ran.
    fn mail(&self, name: &'static str, node: u128, seconds: u64) -> Subscription<MemoryCommit> {
        let (runs, at_once, most) =
            (Arc::clone(&self.runs), Arc::clone(&self.at_once), Arc::clone(&self.most));
        let run = move |_: Envelope, key: String| {
            let (runs, at_once, most) =
                (Arc::clone(&runs), Arc::clone(&at_once), Arc::clone(&most));
            async move {
                most.fetch_max(at_once.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                runs.lock().unwrap().push((node, key));
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                at_once.fetch_sub(1, Ordering::SeqCst);
                EffectOutcome::Done
            }
            .boxed()
        };
        Subscription::effect(any(name), Run(run))
    }

    async fn node(
        &self,
        number: u128,
        subscriptions: Vec<Subscription<MemoryCommit>>,
    ) -> (Keeper, Dispatcher) {
        let node = Node {
            id: Uuid::from_u128(number),
            host: "here".to_owned(),
            address: "127.0.0.1:1".to_owned(),
            version: "1".to_owned(),
            roles: vec!["worker".to_owned()],
        };
        let start = self.start;
        let leases: Arc<dyn Leases> = Arc::clone(&self.leases) as _;
        let keeper = Keeper::start(leases, node, Arc::new(move || start.elapsed()));
        let (ledger, clock) = (Arc::clone(&self.world.ledger), self.world.clock.clone());
        let jitter = Arc::new(|| 1.0);
        let dispatcher =
            Dispatcher::start_sharing(ledger, subscriptions, clock, jitter, Some(&keeper));
        let dispatcher = dispatcher.await.unwrap();
        (keeper, dispatcher)
    }

    fn runs(&self) -> Vec<(u128, String)> {
        self.runs.lock().unwrap().clone()
    }

    async fn until(&self, what: impl Fn(&Self) -> bool) -> Duration {
        let began = tokio::time::Instant::now();
        while !what(self) {
            tokio::time::sleep(Duration::from_millis(10)).await;
            assert!(began.elapsed() < Duration::from_secs(100), "in vain: {:?}", self.runs());
        }
        began.elapsed()
    }

    fn done(&self, name: &str, count: usize) -> bool {
        let rows = self.world.ledger.rows(name);
        rows.iter().filter(|row| row.state == RowState::Done).count() == count
    }
}

#[tokio::test(start_paused = true)]
async fn guarantee_6_one_node_works_at_a_time_and_the_next_takes_up_what_a_dead_one_left() {
    let town = Town::new();
    let one = town.node(1, vec![town.mail("mail", 1, 3)]).await;
    let two = town.node(2, vec![town.mail("mail", 2, 3)]).await;
    town.world.publish([1, 1]);
    town.until(|town| town.done("mail", 2)).await;
    assert_eq!(town.runs().iter().map(|(node, _)| *node).collect::<Vec<_>>(), [1, 1]);
    one.1.idle().await;
    two.1.idle().await;
    town.world.publish([1]);
    town.until(|town| town.runs().len() == 3).await;
    // It dies in the middle.
    drop(one);
    town.at_once.store(0, Ordering::SeqCst);
    let took = town.until(|town| town.runs().len() == 4).await;
    assert!(took <= Duration::from_secs(10), "{took:?}");
    town.until(|town| town.done("mail", 3)).await;
    let runs = town.runs();
    assert_eq!((&runs[3].0, &runs[3].1), (&2, &runs[2].1), "again, under its key");
    assert_eq!(town.most.load(Ordering::SeqCst), 1);
    assert!(two.1.status()[0].held);
}

#[tokio::test(start_paused = true)]
async fn guarantee_6_what_the_ledger_refuses_for_the_lease_is_dropped_and_done_under_the_next() {
    let town = Town::new();
    let (keeper, dispatcher) = town.node(1, vec![town.mail("mail", 1, 1)]).await;
    town.world.publish([1]);
    town.until(|town| town.done("mail", 1)).await;
    town.world.publish([2]);
    town.until(|town| town.runs().len() == 2).await;
    // Somebody else has it, whatever this node believes.
    town.world.ledger.fence("mail", 99);
    town.until(|town| town.done("mail", 2)).await;
    let runs = town.runs();
    assert_eq!((runs.len(), &runs[1]), (3, &runs[2]), "{runs:?}");
    assert_eq!(keeper.figures().lost, 1);
    dispatcher.idle().await;
}

#[tokio::test(start_paused = true)]
async fn a_handover_finishes_what_is_under_way_and_repeats_nothing() {
    let town = Town::new();
    let mails = |node| vec![town.mail("a", node, 6), town.mail("b", node, 6)];
    let one = town.node(1, mails(1)).await;
    town.world.publish([1]);
    town.until(|town| town.runs().len() == 2).await;
    let two = town.node(2, mails(2)).await;
    town.until(|town| town.done("a", 1) && town.done("b", 1)).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!((one.0.figures().held.len(), two.0.figures().held.len()), (1, 1));
    assert_eq!(town.runs().len(), 2, "{:?}", town.runs());
    town.world.publish([1]);
    town.until(|town| town.done("a", 2) && town.done("b", 2)).await;
    let mut nodes: Vec<_> = town.runs()[2..].iter().map(|(node, _)| *node).collect();
    nodes.sort_unstable();
    assert_eq!(nodes, [1, 2]);
    one.1.shutdown(Duration::from_secs(1)).await;
    one.0.leave().await;
    town.until(|_| two.0.figures().held.len() == 2).await;
}
