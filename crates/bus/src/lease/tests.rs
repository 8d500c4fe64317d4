//! Nodes beside each other on leases in memory, on paused time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use rishi_resilience::Elapsed;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Grant, Hold, Keeper, Leases, Node, TERM};
use crate::testing::MemoryLeases;

fn elapsed() -> Elapsed {
    let start = tokio::time::Instant::now();
    Arc::new(move || start.elapsed())
}

struct Stage {
    elapsed: Elapsed,
    leases: Arc<MemoryLeases>,
}

impl Stage {
    fn new() -> Self {
        let elapsed = elapsed();
        Self { leases: Arc::new(MemoryLeases::new(Arc::clone(&elapsed))), elapsed }
    }

    fn node(&self, number: u128) -> Keeper {
        let node = Node {
            id: Uuid::from_u128(number),
            host: "here".to_owned(),
            address: "127.0.0.1:1".to_owned(),
            version: "1".to_owned(),
            roles: vec!["worker".to_owned()],
        };
        let leases: Arc<dyn Leases> = Arc::clone(&self.leases) as _;
        Keeper::start(leases, node, Arc::clone(&self.elapsed))
    }

    fn holder(&self, unit: &str) -> Option<u128> {
        self.leases.holder(unit).map(|(id, _)| id.as_u128())
    }
}

async fn pass(seconds: f64) {
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
}

/// Does as a subscription does: hands over when it is asked to.
fn serve(mut hold: Hold) -> Arc<AtomicUsize> {
    let begun = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&begun);
    tokio::spawn(async move {
        loop {
            let grant = hold.granted().await;
            count.fetch_add(1, Ordering::Relaxed);
            tokio::select! {
                () = grant.lost() => {}
                () = grant.wanted() => {}
            }
            hold.release(&grant);
        }
    });
    begun
}

#[tokio::test(start_paused = true)]
async fn a_unit_is_granted_renewed_and_free_at_once_when_it_is_given_back() {
    let stage = Stage::new();
    let (one, two) = (stage.node(1), stage.node(2));
    let mut hold = one.hold("x");
    let grant = hold.granted().await;
    assert_eq!((grant.token(), stage.holder("x")), (1, Some(1)));
    pass(60.0).await;
    assert!(grant.is_live());
    assert_eq!(stage.leases.holder("x"), Some((Uuid::from_u128(1), 1)));
    let mut other = two.hold("x");
    drop(hold);
    let grant = tokio::time::timeout(Duration::from_secs(3), other.granted()).await.unwrap();
    assert_eq!((grant.token(), stage.holder("x")), (2, Some(2)));
}

#[tokio::test(start_paused = true)]
async fn a_node_that_dies_is_followed_within_ten_seconds_under_a_higher_token() {
    let stage = Stage::new();
    let (one, two) = (stage.node(1), stage.node(2));
    let mut hold = one.hold("x");
    let grant = hold.granted().await;
    let mut other = two.hold("x");
    pass(10.0).await;
    // It ends without a word.
    one.stop.cancel();
    let began = tokio::time::Instant::now();
    let next = other.granted().await;
    assert!(!grant.is_live(), "the two were never live at once");
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    assert_eq!((next.token(), stage.holder("x")), (2, Some(2)));
}

#[tokio::test(start_paused = true)]
async fn a_grant_runs_out_here_before_it_does_in_the_database() {
    let stage = Stage::new();
    let keeper = stage.node(1);
    let mut hold = keeper.hold("x");
    let grant = hold.granted().await;
    pass(3.0).await;
    stage.leases.set_down(true);
    let began = tokio::time::Instant::now();
    grant.lost().await;
    assert!(began.elapsed() < TERM, "{:?}", began.elapsed());
    assert_eq!(stage.holder("x"), Some(1), "the database still has it");
    assert!(!grant.is_live());
    stage.leases.set_down(false);
    let again = hold.granted().await;
    assert!(
        again.token() > grant.token(),
        "what was lost is not taken up again as if nothing had been"
    );
    assert_eq!(keeper.figures().lost, 1);
}

#[tokio::test(start_paused = true)]
async fn a_joining_node_gets_its_share_within_seconds_and_a_leaving_one_leaves_it() {
    let stage = Stage::new();
    let units: Vec<String> = (0..10).map(|unit| format!("u{unit}")).collect();
    let one = stage.node(1);
    for unit in &units {
        serve(one.hold(unit));
    }
    pass(1.0).await;
    assert_eq!(one.figures().held.len(), 10);
    let two = stage.node(2);
    for unit in &units {
        serve(two.hold(unit));
    }
    pass(4.0).await;
    assert_eq!((one.figures().held.len(), two.figures().held.len()), (5, 5));
    let three = stage.node(3);
    for unit in &units {
        serve(three.hold(unit));
    }
    pass(5.0).await;
    let counts = [&one, &two, &three].map(|node| node.figures().held.len());
    assert_eq!(counts.iter().sum::<usize>(), 10, "{counts:?}");
    assert!(counts.iter().all(|count| (3..=4).contains(count)), "{counts:?}");
    two.leave().await;
    pass(3.0).await;
    assert_eq!(one.figures().held.len() + three.figures().held.len(), 10);
    assert_eq!(stage.leases.cluster().await.unwrap().nodes.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_done_alone_is_done_by_one_and_finished_before_the_next_begins() {
    let stage = Stage::new();
    let (one, two) = (Arc::new(stage.node(1)), Arc::new(stage.node(2)));
    let running = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let stops = [CancellationToken::new(), CancellationToken::new()];
    let mut tasks = Vec::new();
    for (keeper, stop) in [&one, &two].into_iter().zip(&stops) {
        let (keeper, stop) = (Arc::clone(keeper), stop.clone());
        let (running, most) = (Arc::clone(&running), Arc::clone(&most));
        tasks.push(tokio::spawn(async move {
            let work = |_: Grant, finish: CancellationToken| {
                let (running, most) = (Arc::clone(&running), Arc::clone(&most));
                async move {
                    let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(now, Ordering::SeqCst);
                    finish.cancelled().await;
                    pass(0.5).await;
                    running.fetch_sub(1, Ordering::SeqCst);
                }
            };
            keeper.alone("relay", stop, work).await;
        }));
        pass(1.0).await;
    }
    assert_eq!(stage.holder("relay"), Some(1));
    stops[0].cancel();
    tasks.remove(0).await.unwrap();
    pass(3.0).await;
    assert_eq!((stage.holder("relay"), running.load(Ordering::SeqCst)), (Some(2), 1));
    assert_eq!(most.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn where_there_is_nobody_to_share_with_a_grant_is_for_good() {
    let mut hold = Hold::always();
    let grant = hold.granted().await;
    pass(1000.0).await;
    assert!(grant.is_live() && grant.token() == 0);
}
