use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::FutureExt as _;

use super::support::*;
use crate::{Subscription, testing::RowState};

#[tokio::test(start_paused = true)]
async fn i5_followers_of_a_failed_event_wait_and_other_keys_flow() {
    let world = World::default();
    let calls = Counts::default();
    let counted = calls.clone();
    let tea = policy(any("tea"), move |event| {
        let call = counted.add(label(event));
        if label(event) == "1.1" && call <= 2 { fail() } else { commit(event) }
    });
    let dispatcher = world.start([tea]).await;
    world.publish([1, 2, 1, 2, 1, 3]);
    dispatcher.idle().await;
    assert_eq!(world.labels_of(1), [""; 0]);
    assert_eq!(world.labels().len(), 3, "the other keys did not flow");
    world.publish([1, 2]);
    dispatcher.idle().await;
    assert_eq!(calls.of("1.2") + calls.of("1.3") + calls.of("1.4"), 0, "a follower was begun before its turn");
    for _ in 0..3 {
        world.clock.advance(Duration::from_mins(1));
        dispatcher.idle().await;
    }
    assert_eq!(world.labels_of(1), ["1.1", "1.2", "1.3", "1.4"]);
    assert_eq!(world.labels_of(2), ["2.1", "2.2", "2.3"]);
    assert!(world.ledger.rows("tea").iter().all(|row| row.state == RowState::Done));
    assert_eq!(dispatcher.status()[0].parked_keys, 0);
}

#[tokio::test(start_paused = true)]
async fn the_next_event_of_a_key_is_decided_after_the_commit_before_it() {
    let world = World::default();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (ledger, log) = (Arc::clone(&world.ledger), Arc::clone(&seen));
    let tea = policy(any("tea"), move |event| {
        log.lock().unwrap().push((event.version, ledger.applied().len() as u64));
        commit(event)
    });
    let dispatcher = world.start([tea]).await;
    world.publish([1; 40]);
    dispatcher.idle().await;
    let expected: Vec<_> = (1..=40).map(|version| (version, version - 1)).collect();
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_slow_decision_goes_aside_and_does_not_hold_the_others_up() {
    let world = World::default();
    let tea = Subscription::policy(
        any("tea"),
        Decide(|event: crate::Envelope| {
            async move {
                if event.subject.id().as_u128() == 1 {
                    tokio::time::sleep(Duration::from_secs(20)).await;
                }
                commit(&event)
            }
            .boxed()
        }),
    );
    let dispatcher = world.start([tea]).await;
    world.publish([1, 2, 1, 3, 2]);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(world.labels(), ["2.1", "3.1", "2.2"]);
    assert_eq!(world.rows_in("tea", RowState::Waiting).len(), 2);
    dispatcher.idle().await;
    assert_eq!(world.labels_of(1), ["1.1", "1.2"]);
    assert_eq!(dispatcher.status()[0].failed, 0);
}

#[tokio::test(start_paused = true)]
async fn more_slow_decisions_than_fit_into_a_wave_all_come_to_pass() {
    let world = World::default();
    let slow = |event: crate::Envelope| {
        async move {
            tokio::time::sleep(Duration::from_millis(200)).await;
            commit(&event)
        }
        .boxed()
    };
    let dispatcher = world.start([Subscription::policy(any("tea"), Decide(slow))]).await;
    world.publish(0..300);
    dispatcher.idle().await;
    let mut labels = world.labels();
    labels.sort();
    labels.dedup();
    assert_eq!(labels.len(), 300);
}
