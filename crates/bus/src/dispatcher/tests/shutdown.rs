use std::{sync::Arc, time::Duration};

use futures::FutureExt as _;
use tokio::sync::Notify;

use super::support::*;
use crate::{
    EffectOutcome, Envelope, Subscription,
    testing::{Call, Fault, RowState},
};

fn slow_mail(seconds: u64, begun: &Arc<Notify>) -> Subscription<crate::testing::MemoryCommit> {
    let begun = Arc::clone(begun);
    let run = move |_: Envelope, _: String| {
        let begun = Arc::clone(&begun);
        async move {
            begun.notify_one();
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            EffectOutcome::Done
        }
        .boxed()
    };
    Subscription::effect(any("mail"), Run(run))
}

#[tokio::test(start_paused = true)]
async fn g8_shutdown_lets_a_running_handler_finish_and_takes_nothing_new() {
    let world = World::default();
    let begun = Arc::new(Notify::new());
    let dispatcher = world.start([slow_mail(5, &begun)]).await;
    world.publish([1, 1]);
    begun.notified().await;
    dispatcher.shutdown(Duration::from_secs(10)).await;
    let states: Vec<_> = world.ledger.rows("mail").iter().map(|row| row.state).collect();
    assert_eq!(states, [RowState::Done, RowState::Waiting]);
}

#[tokio::test(start_paused = true)]
async fn g8_an_interruption_by_shutdown_is_not_an_attempt() {
    let world = World::default();
    let begun = Arc::new(Notify::new());
    let dispatcher = world.start([slow_mail(20, &begun)]).await;
    world.publish([1]);
    begun.notified().await;
    let before = tokio::time::Instant::now();
    dispatcher.shutdown(Duration::from_secs(3)).await;
    assert!(
        before.elapsed() < Duration::from_secs(4),
        "the deadline did not hold: {:?}",
        before.elapsed()
    );
    let row = &world.ledger.rows("mail")[0];
    assert_eq!((row.state, row.attempts), (RowState::Waiting, 0));
    let dispatcher = world.start([slow_mail(1, &begun)]).await;
    dispatcher.idle().await;
    assert_eq!(world.ledger.rows("mail")[0].state, RowState::Done);
}

#[tokio::test(start_paused = true)]
async fn g8_shutdown_writes_progress_that_was_held_in_memory() {
    let world = World::default();
    let dispatcher = world.start([policy(any("tea"), |_| Ok(None))]).await;
    world.publish(0..30);
    while dispatcher.status()[0].cursor < 30 {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.ledger.cursor("tea"), Some(0));
    dispatcher.shutdown(Duration::from_secs(1)).await;
    assert_eq!(world.ledger.cursor("tea"), Some(30));
}

#[tokio::test(start_paused = true)]
async fn shutdown_ends_in_time_when_the_ledger_never_answers() {
    let world = World::default();
    let dispatcher = world.start([policy(any("tea"), commit)]).await;
    dispatcher.idle().await;
    world.ledger.on_call(|_| Fault::CrashBefore);
    world.publish([1]);
    tokio::task::yield_now().await;
    let before = tokio::time::Instant::now();
    dispatcher.shutdown(Duration::from_secs(3)).await;
    assert!(before.elapsed() < Duration::from_secs(5));
    world.ledger.heal();
    let dispatcher = world.start([policy(any("tea"), commit)]).await;
    dispatcher.idle().await;
    assert_eq!(world.labels(), ["1.1"]);
}

#[tokio::test(start_paused = true)]
async fn g4_shutdown_does_not_write_an_older_cursor_over_one_that_it_does_not_know() {
    let world = World::default();
    let tea =
        || policy(any("tea"), |event| if event.version < 3 { Ok(None) } else { commit(event) });
    let dispatcher = world.start([tea()]).await;
    world.publish([1, 1]);
    while dispatcher.status()[0].cursor < 2 {
        tokio::task::yield_now().await;
    }
    let settled = Arc::new(Notify::new());
    let told = Arc::clone(&settled);
    world.ledger.on_call(move |call| match call {
        Call::Settle { commits: 1.. } => {
            told.notify_one();
            Fault::ErrorAfter
        }
        _ => Fault::None,
    });
    world.publish([1]);
    settled.notified().await;
    dispatcher.shutdown(Duration::from_secs(1)).await;
    assert_eq!(world.ledger.cursor("tea"), Some(3));
    world.ledger.heal();
    let dispatcher = world.start([tea()]).await;
    dispatcher.idle().await;
    assert_eq!(world.labels(), ["1.3"]);
}
