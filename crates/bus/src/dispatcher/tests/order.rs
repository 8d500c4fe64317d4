use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::FutureExt as _;

use super::support::*;
use crate::{
    Subscription,
    testing::{Call, Fault, RowState},
};

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
    assert_eq!(
        calls.of("1.2") + calls.of("1.3") + calls.of("1.4"),
        0,
        "a follower was begun before its turn"
    );
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

#[tokio::test(start_paused = true)]
async fn all_slow_keys_of_a_wave_go_aside_together() {
    let world = World::default();
    let slow = |event: crate::Envelope| {
        async move {
            if event.subject.id().as_u128() < 5 {
                tokio::time::sleep(Duration::from_secs(20)).await;
            }
            commit(&event)
        }
        .boxed()
    };
    let dispatcher = world.start([Subscription::policy(any("tea"), Decide(slow))]).await;
    world.publish([1, 1, 2, 2, 3, 3, 4, 4, 5]);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(world.labels(), ["5.1"], "one slow key after the other was waited for");
    dispatcher.idle().await;
    assert_eq!(world.labels().len(), 9);
}

#[tokio::test(start_paused = true)]
async fn many_events_of_one_key_in_a_row_do_not_cost_a_transaction_each() {
    let world = World::default();
    world.publish((0..1500).map(|n| n / 3));
    let settles = Counts::default();
    let counted = settles.clone();
    world.ledger.on_call(move |call| {
        if matches!(call, Call::Settle { .. }) {
            counted.add("settle");
        }
        Fault::None
    });
    let dispatcher = world.start([policy(any("tea"), commit)]).await;
    dispatcher.idle().await;
    assert_eq!(world.labels().len(), 1500);
    for subject in 0..500 {
        assert_eq!(
            world.labels_of(subject),
            [1, 2, 3].map(|version| format!("{subject}.{version}"))
        );
    }
    assert!(settles.of("settle") < 200, "{} transactions", settles.of("settle"));
}

#[tokio::test(start_paused = true)]
async fn a_refused_commit_in_a_large_wave_stays_before_its_followers() {
    let world = World::default();
    let refusals = Counts::default();
    world.ledger.on_commit(move |_, commit| {
        (commit.label.ends_with(".1") && refusals.add(&commit.label) <= 2)
            .then(|| "version conflict".to_owned())
    });
    world.publish((0..300).map(|n| n % 20));
    let dispatcher = world.start([policy(any("tea"), commit)]).await;
    dispatcher.idle().await;
    for subject in 0..20 {
        let expected: Vec<_> = (1..=15).map(|version| format!("{subject}.{version}")).collect();
        assert_eq!(world.labels_of(subject), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_in_the_wave_being_recorded_is_not_decided_ahead_of_that() {
    let world = World::default();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (ledger, log) = (Arc::clone(&world.ledger), Arc::clone(&seen));
    let tea = policy(any("tea"), move |event| {
        if event.version == 2 {
            let applied = ledger.applied();
            log.lock().unwrap().push(applied.iter().any(|one| one.label == "7.1"));
        }
        commit(event)
    });
    // Of the second wave, most could be decided while the first is recorded, but not the second event of 7.
    world.publish((1..=900).chain([7]).chain(901..=1023));
    let dispatcher = world.start([tea]).await;
    dispatcher.idle().await;
    assert_eq!(*seen.lock().unwrap(), [true]);
    assert_eq!(world.labels().len(), 1024);
    assert_eq!(world.labels_of(7), ["7.1", "7.2"]);
}

#[tokio::test(start_paused = true)]
async fn what_was_decided_ahead_of_a_settlement_that_failed_is_decided_anew() {
    let world = World::default();
    let calls = Counts::default();
    let counted = calls.clone();
    let tea = policy(any("tea"), move |event| {
        counted.add(label(event));
        commit(event)
    });
    world.publish(1..=1024);
    let mut settled = 0;
    world.ledger.on_call(move |call| {
        let commits = matches!(call, Call::Settle { commits: 1.. });
        settled += u32::from(commits);
        if commits && settled == 1 { Fault::Error } else { Fault::None }
    });
    let dispatcher = world.start([tea]).await;
    dispatcher.idle().await;
    assert_eq!(
        world.labels(),
        (1..=1024).map(|subject| format!("{subject}.1")).collect::<Vec<_>>()
    );
    assert_eq!((calls.of("1.1"), calls.of("1000.1")), (2, 2), "the second wave was decided ahead");
}
