use std::{sync::Arc, time::Duration};

use futures::FutureExt as _;

use super::support::*;
use crate::{
    Dispatcher, HandlerError, OnDead, Subscription,
    testing::{Call, Fault, RowState},
};

#[tokio::test(start_paused = true)]
async fn retries_back_off_and_the_last_failure_is_a_dead_letter() {
    let world = World::default();
    let calls = Counts::default();
    let counted = calls.clone();
    let tea = policy(any("tea"), move |_| {
        counted.add("call");
        fail()
    });
    let dispatcher = world.start([tea]).await;
    world.publish([1]);
    dispatcher.idle().await;
    for (attempt, wait) in [(1, 1), (2, 3), (3, 9), (4, 27), (5, 81)] {
        let row = &world.ledger.rows("tea")[0];
        assert_eq!((row.state, row.attempts), (RowState::Retrying, attempt));
        world.clock.advance(Duration::from_millis(wait * 1000 - 1));
        dispatcher.idle().await;
        assert_eq!(calls.of("call"), attempt, "tried too early");
        world.clock.advance(Duration::from_millis(1));
        dispatcher.idle().await;
        assert_eq!(calls.of("call"), attempt + 1, "not tried when due");
    }
    world.clock.advance(Duration::from_hours(1000));
    dispatcher.idle().await;
    let row = &world.ledger.rows("tea")[0];
    assert_eq!(
        (row.state, row.attempts, row.error.as_deref()),
        (RowState::Dead, 6, Some("out of tea"))
    );
    assert_eq!(calls.of("call"), 6);
}

#[tokio::test(start_paused = true)]
async fn the_jitter_says_what_share_of_the_wait_is_waited() {
    for (jitter, wait) in [(0.0, 500), (0.5, 750), (1.0, 1000)] {
        let world = World::default();
        let calls = Counts::default();
        let counted = calls.clone();
        let tea = policy(any("tea"), move |_| {
            counted.add("call");
            fail()
        });
        let (ledger, clock) = (Arc::clone(&world.ledger), Arc::clone(&world.clock));
        let share = Arc::new(move || jitter);
        let dispatcher = Dispatcher::start(ledger, vec![tea], clock, share).await.unwrap();
        world.publish([1]);
        dispatcher.idle().await;
        world.clock.advance(Duration::from_millis(wait - 1));
        dispatcher.idle().await;
        assert_eq!(calls.of("call"), 1, "{jitter}: tried too early");
        world.clock.advance(Duration::from_millis(1));
        dispatcher.idle().await;
        assert_eq!(calls.of("call"), 2, "{jitter}: not tried when due");
    }
}

#[tokio::test(start_paused = true)]
async fn a_retry_becomes_due_without_anyone_asking() {
    let world = World::default();
    let calls = Counts::default();
    let tea = policy(
        any("tea"),
        move |event| if calls.add("call") == 1 { fail() } else { commit(event) },
    );
    let _dispatcher = world.start([tea]).await;
    world.publish([1]);
    tokio::time::sleep(Duration::from_millis(10)).await;
    assert_eq!(world.labels(), [""; 0]);
    world.clock.advance(Duration::from_secs(1));
    tokio::time::sleep(Duration::from_millis(1001)).await;
    assert_eq!(world.labels(), ["1.1"]);
}

async fn run_into_the_grave(on_dead: OnDead) -> World {
    let world = World::default();
    let tea = || {
        policy(any("tea").on_dead(on_dead), |event| {
            if label(event) == "1.1" { fail() } else { commit(event) }
        })
    };
    let dispatcher = world.start([tea()]).await;
    world.publish([1, 1, 2]);
    for _ in 0..6 {
        dispatcher.idle().await;
        world.clock.advance(Duration::from_mins(5));
    }
    world.publish([1, 2]);
    dispatcher.idle().await;
    // And the same is seen by who starts afterwards.
    drop(dispatcher);
    let dispatcher = world.start([tea()]).await;
    world.publish([1]);
    dispatcher.idle().await;
    assert_eq!(world.rows_in("tea", RowState::Dead).len(), 1);
    assert_eq!(world.labels_of(2), ["2.1", "2.2"]);
    world
}

#[tokio::test(start_paused = true)]
async fn a_dead_letter_blocks_its_key() {
    let world = run_into_the_grave(OnDead::Block).await;
    assert_eq!(world.labels_of(1), [""; 0]);
    assert_eq!(world.rows_in("tea", RowState::Waiting).len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_dead_letter_lets_its_key_pass_where_the_subscription_says_so() {
    let world = run_into_the_grave(OnDead::Release).await;
    assert_eq!(world.labels_of(1), ["1.2", "1.3", "1.4"]);
    assert_eq!(world.rows_in("tea", RowState::Waiting).len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_failure_of_its_key_only() {
    let world = World::default();
    let calls = Counts::default();
    let tea = policy(any("tea"), move |event| {
        assert!(
            event.version != 1 || calls.add(label(event)) > 2 || event.subject.id().as_u128() != 1,
            "spilled"
        );
        commit(event)
    });
    let dispatcher = world.start([tea]).await;
    world.publish([1, 2, 1]);
    dispatcher.idle().await;
    assert_eq!(world.labels(), ["2.1"]);
    assert_eq!(
        world.rows_in("tea", RowState::Retrying)[0].error.as_deref(),
        Some("panicked: spilled")
    );
    for _ in 0..2 {
        world.clock.advance(Duration::from_mins(5));
        dispatcher.idle().await;
    }
    assert_eq!(world.labels_of(1), ["1.1", "1.2"]);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_takes_too_long_is_cancelled_and_has_failed() {
    let world = World::default();
    let finished = Counts::default();
    let counted = finished.clone();
    let slow = move |event: crate::Envelope| {
        let finished = counted.clone();
        async move {
            tokio::time::sleep(Duration::from_secs(31)).await;
            finished.add("finished");
            commit(&event)
        }
        .boxed()
    };
    let dispatcher = world.start([Subscription::policy(any("tea"), Decide(slow))]).await;
    world.publish([1]);
    dispatcher.idle().await;
    let row = &world.ledger.rows("tea")[0];
    assert_eq!((row.state, row.attempts), (RowState::Retrying, 1));
    assert_eq!(row.error.as_deref(), Some("timed out after 30s"));
    tokio::time::sleep(Duration::from_mins(5)).await;
    assert_eq!(finished.of("finished"), 0, "it went on after its timeout");
}

#[tokio::test(start_paused = true)]
async fn a_refused_commit_is_decided_again_at_once_and_costs_no_attempt() {
    let world = World::default();
    let refusals = Counts::default();
    world.ledger.on_commit(move |_, commit| {
        (commit.label == "1.1" && refusals.add("refusal") <= 5)
            .then(|| "version conflict".to_owned())
    });
    let dispatcher = world.start([policy(any("tea"), commit)]).await;
    world.publish([1, 2, 1]);
    dispatcher.idle().await;
    assert_eq!(world.labels(), ["2.1", "1.1", "1.2"]);
    assert!(world.ledger.rows("tea").iter().all(|row| row.state == RowState::Done));
}

#[tokio::test(start_paused = true)]
async fn a_commit_that_is_always_refused_dies_in_the_end() {
    for in_policy in [false, true] {
        let world = World::default();
        let calls = Counts::default();
        let counted = calls.clone();
        world.ledger.on_commit(|_, _| Some("location is taken".to_owned()));
        let tea = policy(any("tea"), move |event| {
            counted.add("call");
            if in_policy { Err(HandlerError::Conflict) } else { commit(event) }
        });
        let dispatcher = world.start([tea]).await;
        world.publish([1]);
        for _ in 0..6 {
            dispatcher.idle().await;
            world.clock.advance(Duration::from_mins(5));
        }
        let row = &world.ledger.rows("tea")[0];
        assert_eq!((row.state, row.attempts), (RowState::Dead, 6));
        let error = if in_policy { "decided on stale state" } else { "location is taken" };
        assert_eq!(row.error.as_deref(), Some(error));
        assert_eq!(calls.of("call"), 48);
    }
}

#[tokio::test(start_paused = true)]
async fn a_storage_error_is_no_attempt_and_loses_nothing() {
    for fault in [Fault::Error, Fault::ErrorAfter] {
        let world = World::default();
        let calls = Counts::default();
        let dispatcher = world.start([policy(any("tea"), commit)]).await;
        dispatcher.idle().await;
        let counted = calls.clone();
        world.ledger.on_call(move |call| match call {
            Call::Settle { commits: 1.. } | Call::Read if counted.add("fault") % 3 != 0 => fault,
            _ => Fault::None,
        });
        world.publish([1, 2, 1, 3]);
        dispatcher.idle().await;
        let mut labels = world.labels();
        labels.sort();
        assert_eq!(labels, ["1.1", "1.2", "2.1", "3.1"], "{fault:?}");
        assert!(world.ledger.rows("tea").is_empty());
        assert!(calls.of("fault") > 2);
    }
}
