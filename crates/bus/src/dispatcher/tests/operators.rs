//! What operators say takes effect at once, and whoever works on older knowledge is refused.

use std::{
    sync::{Arc, Mutex, atomic::AtomicBool, atomic::Ordering::SeqCst},
    time::Duration,
};

use futures::FutureExt as _;
use tokio::sync::{Notify, Semaphore};

use super::support::*;
use crate::{
    EffectOutcome, Envelope, LetterFilter, Order, Subscription,
    testing::{Call, Fault, MemoryCommit, RowState},
};

pub(super) fn pause(name: &str) -> Order {
    Order::Pause { subscription: name.to_owned() }
}

pub(super) fn resume(name: &str) -> Order {
    Order::Resume { subscription: name.to_owned() }
}

pub(super) fn replay(after: u64) -> Order {
    Order::Replay { subscription: "tea".to_owned(), after }
}

fn redrive() -> Order {
    Order::Redrive(LetterFilter::default())
}

#[tokio::test(start_paused = true)]
async fn a_paused_subscription_takes_nothing_and_resumes_at_once() {
    let world = World::default();
    let dispatcher = world.start([policy(any("tea"), commit), policy(any("brew"), commit)]).await;
    world.ledger.order([pause("tea")]).unwrap();
    dispatcher.idle().await;
    world.publish([1, 2]);
    dispatcher.idle().await;
    let status = dispatcher.status();
    assert_eq!((status[0].paused, status[0].lag(), status[1].paused), (true, 2, false));
    assert_eq!(world.labels(), ["1.1", "2.1"], "the other one does not care");
    let before = tokio::time::Instant::now();
    world.ledger.order([resume("tea")]).unwrap();
    dispatcher.idle().await;
    assert_eq!(world.labels().len(), 4);
    assert_eq!(before.elapsed(), Duration::ZERO, "it waited for a timer");
    assert!(!dispatcher.status()[0].paused);
}

#[tokio::test(start_paused = true)]
async fn what_runs_when_a_pause_comes_finishes_and_is_recorded() {
    let world = World::default();
    let (begun, leave) = (Arc::new(Semaphore::new(0)), Arc::new(Notify::new()));
    let (told, left) = (Arc::clone(&begun), Arc::clone(&leave));
    let mail = Subscription::effect(
        any("mail").concurrency(1),
        Run(move |_: Envelope, _: String| {
            let (begun, leave) = (Arc::clone(&told), Arc::clone(&left));
            async move {
                begun.add_permits(1);
                leave.notified().await;
                EffectOutcome::Done
            }
            .boxed()
        }),
    );
    let dispatcher = world.start([mail]).await;
    world.publish([1, 2]);
    begun.acquire().await.unwrap().forget();
    world.ledger.order([pause("mail")]).unwrap();
    tokio::time::sleep(Duration::from_millis(10)).await;
    leave.notify_one();
    dispatcher.idle().await;
    let states: Vec<_> = world.ledger.rows("mail").iter().map(|row| row.state).collect();
    assert_eq!(states, [RowState::Done, RowState::Waiting]);
    assert_eq!(begun.available_permits(), 0, "another one was begun");
}

#[tokio::test(start_paused = true)]
async fn a_pause_outlives_the_process_and_holds_retries_back() {
    let world = World::default();
    let calls = Counts::default();
    let counted = calls.clone();
    let tea = move || {
        let counted = counted.clone();
        policy(any("tea"), move |_| {
            counted.add("call");
            fail()
        })
    };
    let dispatcher = world.start([tea()]).await;
    world.publish([1]);
    dispatcher.idle().await;
    world.ledger.order([pause("tea")]).unwrap();
    dispatcher.idle().await;
    drop(dispatcher);
    let dispatcher = world.start([tea()]).await;
    assert!(dispatcher.status()[0].paused);
    world.clock.advance(Duration::from_hours(1));
    dispatcher.idle().await;
    assert_eq!(calls.of("call"), 1);
    world.ledger.order([resume("tea")]).unwrap();
    dispatcher.idle().await;
    assert_eq!(calls.of("call"), 2);
}

#[tokio::test(start_paused = true)]
async fn an_order_of_another_process_is_heard_within_a_second() {
    let world = World::default();
    let dispatcher = world.start([policy(any("tea"), commit)]).await;
    world.publish([1]);
    dispatcher.idle().await;
    let orders = vec![replay(0)];
    world.ledger.commit_unseen(MemoryCommit { orders, ..MemoryCommit::default() }).unwrap();
    tokio::time::sleep(Duration::from_millis(1001)).await;
    assert_eq!(world.labels(), ["1.1", "1.1"]);
}

#[tokio::test(start_paused = true)]
async fn a_replay_handles_again_everything_after_its_position() {
    let world = World::default();
    let dispatcher = world.start([policy(any("tea"), commit)]).await;
    world.publish([1, 2, 1]);
    dispatcher.idle().await;
    world.ledger.order([replay(1)]).unwrap();
    dispatcher.idle().await;
    assert_eq!(world.labels(), ["1.1", "2.1", "1.2", "2.1", "1.2"]);
    assert!(world.ledger.order([replay(4)]).is_err(), "there is no position 4");
}

#[tokio::test(start_paused = true)]
async fn a_settlement_of_older_knowledge_has_no_effect_and_is_no_attempt() {
    let world = World::default();
    let (begun, leave) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let first = Arc::new(AtomicBool::new(true));
    let (told, left) = (Arc::clone(&begun), Arc::clone(&leave));
    let tea = Subscription::policy(
        any("tea"),
        Decide(move |event: Envelope| {
            let (begun, leave, first) = (Arc::clone(&told), Arc::clone(&left), Arc::clone(&first));
            async move {
                if event.position == 3 && first.swap(false, SeqCst) {
                    begun.notify_one();
                    leave.notified().await;
                    return Ok(Some(MemoryCommit::labelled("older knowledge")));
                }
                commit(&event)
            }
            .boxed()
        }),
    );
    let dispatcher = world.start([tea]).await;
    world.publish([1, 2]);
    dispatcher.idle().await;
    world.publish([3]);
    begun.notified().await;
    // Said by another process, so that the decision comes back before anybody here knows.
    let orders = vec![replay(1)];
    world.ledger.commit_unseen(MemoryCommit { orders, ..MemoryCommit::default() }).unwrap();
    leave.notify_one();
    let before = tokio::time::Instant::now();
    dispatcher.idle().await;
    assert_eq!(world.labels(), ["1.1", "2.1", "2.1", "3.1"]);
    assert_eq!(before.elapsed(), Duration::ZERO, "it was taken for a failure of the ledger");
    assert_eq!(dispatcher.status()[0].failed, 0);
    assert_eq!(world.ledger.rows("tea"), []);
}

#[tokio::test(start_paused = true)]
async fn redriven_letters_go_in_the_order_of_their_key_with_fresh_attempts() {
    let world = World::default();
    let (fixed, seen) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
    let (works, log) = (Arc::clone(&fixed), Arc::clone(&seen));
    let tea = policy(any("tea").on_dead(crate::OnDead::Release), move |event| {
        if event.version == 3 || works.load(SeqCst) {
            log.lock().unwrap().push(label(event));
            return commit(event);
        }
        fail()
    });
    let dispatcher = world.start([tea]).await;
    world.publish([1, 1, 1]);
    for _ in 0..20 {
        dispatcher.idle().await;
        world.clock.advance(Duration::from_mins(2));
    }
    assert_eq!(world.rows_in("tea", RowState::Dead).len(), 2);
    world.ledger.order([redrive()]).unwrap();
    dispatcher.idle().await;
    assert_eq!(world.ledger.rows("tea")[0].attempts, 1, "attempts begin anew");
    fixed.store(true, SeqCst);
    world.clock.advance(Duration::from_mins(2));
    dispatcher.idle().await;
    assert_eq!(*seen.lock().unwrap(), ["1.3", "1.1", "1.2"]);
}

#[tokio::test(start_paused = true)]
async fn a_discarded_letter_keeps_its_reason_and_frees_its_key() {
    let world = World::default();
    let tea = policy(any("tea"), |event| if event.version == 1 { fail() } else { commit(event) });
    let dispatcher = world.start([tea]).await;
    world.publish([1, 1]);
    for _ in 0..10 {
        dispatcher.idle().await;
        world.clock.advance(Duration::from_mins(2));
    }
    assert_eq!(world.labels(), [""; 0]);
    let letters = LetterFilter { error: Some("out of".to_owned()), ..LetterFilter::default() };
    world.ledger.order([Order::Discard { letters, reason: "nobody wants it".to_owned() }]).unwrap();
    dispatcher.idle().await;
    assert_eq!(world.labels(), ["1.2"]);
    let row = &world.rows_in("tea", RowState::Skipped)[0];
    assert_eq!(row.error.as_deref(), Some("nobody wants it"));
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_cannot_tell_what_was_said_delays_it_only() {
    let world = World::default();
    let dispatcher = world.start([policy(any("tea"), commit)]).await;
    world.publish([1]);
    dispatcher.idle().await;
    let faults = Counts::default();
    world.ledger.on_call(move |call| match call {
        Call::Controls if faults.add("controls") < 4 => Fault::Error,
        _ => Fault::None,
    });
    world.ledger.order([replay(0)]).unwrap();
    dispatcher.idle().await;
    assert_eq!(world.labels(), ["1.1", "1.1"]);
}
