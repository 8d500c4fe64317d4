//! Blue and green: what was beside is in front after a swap, and no event is lost or doubled by it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use tokio::sync::Notify;

use super::{
    operators::{pause, replay, resume},
    support::*,
};
use crate::{
    LetterFilter, Order, Subscription, SubscriptionSpec,
    testing::{Fault, MemoryCommit},
};

/// Two versions of a policy, both of which fail now and then.
fn versions(names: [&'static str; 2], calls: &Counts) -> Vec<Subscription<MemoryCommit>> {
    let version = |name: &'static str, version: u64| {
        let calls = calls.clone();
        policy(SubscriptionSpec::new(name).on_any(), move |event| {
            let call = calls.add(format!("v{version} {}", event.position));
            match event.position % 4 {
                0 if call == 1 => fail(),
                _ => Ok(Some(MemoryCommit::labelled(format!("v{version} {}", event.position)))),
            }
        })
    };
    vec![version(names[0], 1), version(names[1], 2)]
}

#[tokio::test(start_paused = true)]
async fn swapped_subscriptions_lose_and_double_no_event_whenever_it_happens() {
    for at in 1.. {
        let (world, calls) = (World::default(), Counts::default());
        world.publish((0..12).map(|n| n % 3));
        let swap = Order::Swap { subscription: "tea".into(), with: "tea@v2".into() };
        let said = Arc::new(AtomicBool::new(false));
        let (count, done) = (Counts::default(), Arc::clone(&said));
        let due = Arc::new(Notify::new());
        let now = Arc::clone(&due);
        world.ledger.on_call(move |_| {
            if count.add("call") == at {
                done.store(true, SeqCst);
                now.notify_one();
            }
            Fault::None
        });
        let running = world.start(versions(["tea", "tea@v2"], &calls)).await;
        tokio::select! {
            biased;
            () = due.notified() => {}
            () = running.idle() => {}
        }
        world.ledger.order([pause("tea"), pause("tea@v2"), swap]).unwrap();
        running.idle().await;
        drop(running);
        // The new release: the handlers are exchanged too.
        let running = world.start(versions(["tea@v2", "tea"], &calls)).await;
        world.publish([1, 2]);
        world.ledger.order([resume("tea"), resume("tea@v2")]).unwrap();
        for _ in 0..4 {
            running.idle().await;
            world.clock.advance(Duration::from_mins(2));
        }
        let mut labels = world.labels();
        labels.sort();
        let mut wanted: Vec<_> =
            (1..=14).flat_map(|n| [format!("v1 {n}"), format!("v2 {n}")]).collect();
        wanted.sort();
        assert_eq!(labels, wanted, "swapped at call {at}");
        if !said.load(SeqCst) {
            assert!(at > 10, "only {at} moments were tried");
            break;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn only_paused_subscriptions_can_be_swapped_and_a_refused_order_changes_nothing() {
    let world = World::default();
    let dispatcher = world.start([policy(any("tea"), commit), policy(any("mail"), commit)]).await;
    world.publish([1]);
    dispatcher.idle().await;
    let swap = || Order::Swap { subscription: "tea".into(), with: "mail".into() };
    assert!(world.ledger.order([replay(0), pause("tea"), swap()]).is_err());
    dispatcher.idle().await;
    assert_eq!(world.labels().len(), 2, "it was replayed");
    assert!(!dispatcher.status()[0].paused);
    world.ledger.order([pause("tea"), pause("mail"), swap()]).unwrap();
}

#[tokio::test(start_paused = true)]
async fn orders_about_a_subscription_that_is_not_there_or_is_the_same_are_refused() {
    let world = World::default();
    let _dispatcher = world.start([policy(any("tea"), commit)]).await;
    let subscription = Some("coffee".to_owned());
    let letters = LetterFilter { subscription, ..LetterFilter::default() };
    world.ledger.order([pause("tea")]).unwrap();
    for order in [
        pause("coffee"),
        Order::Redrive(letters),
        Order::Swap { subscription: "tea".into(), with: "coffee".into() },
        Order::Swap { subscription: "tea".into(), with: "tea".into() },
    ] {
        assert!(world.ledger.order([order.clone()]).is_err(), "{order:?}");
    }
}
