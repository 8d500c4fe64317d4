use std::sync::Arc;

use super::support::*;
use crate::{
    dispatcher::tail::Tail,
    testing::{Call, Fault},
};

fn counted(world: &World) -> Counts {
    let reads = Counts::default();
    let count = reads.clone();
    world.ledger.on_call(move |call| {
        if call == Call::Read {
            count.add("read");
        }
        Fault::None
    });
    reads
}

async fn positions(
    tail: &Tail<crate::testing::MemoryLedger>,
    after: u64,
    head: u64,
    limit: usize,
) -> Vec<u64> {
    tail.after(after, head, limit).await.unwrap().iter().map(|event| event.position).collect()
}

#[tokio::test]
async fn all_subscriptions_share_one_reading_of_the_log() {
    let world = World::default();
    world.publish(0..1000);
    let (reads, tail) = (counted(&world), Tail::new(Arc::clone(&world.ledger)));
    for _ in 0..3 {
        assert_eq!(positions(&tail, 0, 1000, 600).await, (1..=512).collect::<Vec<_>>());
        assert_eq!(positions(&tail, 512, 1000, 10).await, (513..=522).collect::<Vec<_>>());
    }
    assert_eq!(reads.of("read"), 2);
}

#[tokio::test]
async fn the_newest_page_grows_and_an_earlier_start_is_served_too() {
    let world = World::default();
    world.publish(0..600);
    let (reads, tail) = (counted(&world), Tail::new(Arc::clone(&world.ledger)));
    assert_eq!(positions(&tail, 590, 600, 99).await, (591..=600).collect::<Vec<_>>());
    world.publish(0..5);
    assert_eq!(positions(&tail, 600, 605, 99).await, (601..=605).collect::<Vec<_>>());
    assert_eq!(positions(&tail, 520, 605, 3).await, [521, 522, 523]);
    assert_eq!(reads.of("read"), 3);
}

#[tokio::test]
async fn a_gap_or_a_short_log_is_an_error_and_never_skipped() {
    let world = World::default();
    world.publish(0..10);
    let tail = Tail::new(Arc::clone(&world.ledger));
    assert!(tail.after(10, 12, 5).await.is_err());
    world.ledger.forget(4);
    let error = tail.after(0, 10, 10).await.unwrap_err();
    assert!(crate::causes::chain(&error).contains("position 4 is missing"), "{error:?}");
}
