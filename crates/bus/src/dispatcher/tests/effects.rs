use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use futures::FutureExt as _;

use super::support::*;
use crate::{
    EffectOutcome, Envelope, Subscription,
    testing::{Call, Fault, RowState},
};

fn retry(after: Option<Duration>) -> EffectOutcome {
    EffectOutcome::Retry { after, error: "line is busy".into() }
}

#[tokio::test(start_paused = true)]
async fn an_effect_runs_once_per_event_in_the_order_of_its_key() {
    let world = World::default();
    let calls = Counts::default();
    let counted = calls.clone();
    let order = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = Arc::clone(&order);
    let mail = effect(any("mail"), move |event, key| {
        assert_eq!(key, format!("mail:{}", event.id));
        counted.add(label(event));
        seen.lock().unwrap().push(label(event));
        EffectOutcome::Done
    });
    let dispatcher = world.start([mail]).await;
    world.publish((0..900).map(|n| n % 40));
    dispatcher.idle().await;
    assert_eq!(calls.all().len(), 900);
    assert!(calls.all().values().all(|count| *count == 1));
    let order = order.lock().unwrap();
    let of_one: Vec<_> = order.iter().filter(|label| label.starts_with("7.")).cloned().collect();
    assert_eq!(of_one, (1..=of_one.len()).map(|n| format!("7.{n}")).collect::<Vec<_>>());
    assert!(world.ledger.rows("mail").iter().all(|row| row.state == RowState::Done));
}

#[tokio::test(start_paused = true)]
async fn an_effect_is_on_record_before_it_runs() {
    let world = World::default();
    let ledger = Arc::clone(&world.ledger);
    let mail = effect(any("mail"), move |event, _| {
        assert_eq!(ledger.rows("mail")[0].position, event.position);
        EffectOutcome::Done
    });
    let dispatcher = world.start([mail]).await;
    world.publish([1]);
    dispatcher.idle().await;
    assert_eq!(dispatcher.status()[0].failed, 0);
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_asks_for_time_gets_it() {
    let world = World::default();
    let calls = Counts::default();
    let counted = calls.clone();
    let mail = effect(any("mail"), move |_, _| match counted.add("call") {
        1 => retry(Some(Duration::from_mins(5))),
        2 => retry(None),
        _ => EffectOutcome::Done,
    });
    let dispatcher = world.start([mail]).await;
    world.publish([1]);
    dispatcher.idle().await;
    world.clock.advance(Duration::from_secs(299));
    dispatcher.idle().await;
    assert_eq!(calls.of("call"), 1);
    world.clock.advance(Duration::from_secs(1));
    dispatcher.idle().await;
    assert_eq!(calls.of("call"), 2);
    world.clock.advance(Duration::from_secs(105));
    dispatcher.idle().await;
    assert_eq!(world.ledger.rows("mail")[0].state, RowState::Done);
}

#[tokio::test(start_paused = true)]
async fn a_rejected_effect_is_a_dead_letter_at_once() {
    let world = World::default();
    let mail =
        effect(any("mail"), |_, _| EffectOutcome::Reject { reason: "no such address".to_owned() });
    let dispatcher = world.start([mail]).await;
    world.publish([1]);
    dispatcher.idle().await;
    let row = &world.ledger.rows("mail")[0];
    assert_eq!((row.state, row.attempts), (RowState::Dead, 1));
    assert_eq!(row.error.as_deref(), Some("rejected: no such address"));
}

#[tokio::test(start_paused = true)]
async fn an_effect_is_not_repeated_because_the_ledger_forgot_to_answer() {
    let world = World::default();
    let calls = Counts::default();
    let counted = calls.clone();
    let mail = effect(any("mail"), move |event, _| {
        counted.add(label(event));
        EffectOutcome::Done
    });
    let dispatcher = world.start([mail]).await;
    let faults = Counts::default();
    world.ledger.on_call(move |call| match call {
        Call::Settle { .. } if faults.add("settle") % 2 == 1 => Fault::ErrorAfter,
        _ => Fault::None,
    });
    world.publish([1, 2, 1]);
    dispatcher.idle().await;
    assert_eq!(calls.all().values().sum::<u32>(), 3);
}

#[tokio::test(start_paused = true)]
async fn i14_no_more_effects_run_at_once_than_allowed_and_a_backlog_stays_in_the_ledger() {
    let world = World::default();
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (running, peak) = (Arc::clone(&now), Arc::clone(&most));
    let slow = move |_: Envelope, _: String| {
        let (running, peak) = (Arc::clone(&running), Arc::clone(&peak));
        async move {
            peak.fetch_max(running.fetch_add(1, SeqCst) + 1, SeqCst);
            tokio::time::sleep(Duration::from_secs(1)).await;
            running.fetch_sub(1, SeqCst);
            EffectOutcome::Done
        }
        .boxed()
    };
    world.publish(0..5000);
    let dispatcher =
        world.start([Subscription::effect(any("mail").concurrency(10), Run(slow))]).await;
    tokio::time::sleep(Duration::from_millis(900)).await;
    let status = &dispatcher.status()[0];
    assert!(status.parked_keys < 2000, "{} keys in memory", status.parked_keys);
    dispatcher.idle().await;
    assert_eq!(most.load(SeqCst), 10);
    assert_eq!(world.rows_in("mail", RowState::Done).len(), 5000);
}

#[tokio::test(start_paused = true)]
async fn an_event_that_is_gone_from_the_log_is_skipped_with_a_reason() {
    let world = World::default();
    world.publish([1]);
    let dead_end = || effect(any("mail"), |_, _| retry(None));
    let dispatcher = world.start([dead_end()]).await;
    dispatcher.idle().await;
    drop(dispatcher);
    world.ledger.forget(1);
    world.clock.advance(Duration::from_hours(1));
    let dispatcher = world.start([dead_end()]).await;
    dispatcher.idle().await;
    let row = &world.ledger.rows("mail")[0];
    assert_eq!(
        (row.state, row.error.as_deref()),
        (RowState::Skipped, Some("the event is no longer in the log"))
    );
}
