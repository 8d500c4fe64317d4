//! Blue and green: what was beside is in front after a swap, and no event is lost or doubled by it.

use std::time::Duration;

use futures::FutureExt as _;

use super::{
    operators::{pause, replay, resume},
    support::*,
};
use crate::{Envelope, LetterFilter, Order, Subscription, SubscriptionSpec, testing::MemoryCommit};

/// Two versions of a policy, both of which fail now and then.
fn versions(names: [&'static str; 2], calls: &Counts) -> Vec<Subscription<MemoryCommit>> {
    let version = |name: &'static str, version: u64| {
        let calls = calls.clone();
        let decide = move |event: Envelope| {
            let (calls, name) = (calls.clone(), format!("v{version} {}", event.position));
            async move {
                // So that a swap finds decisions under way, and one further than the other.
                for _ in 0..version * 3 {
                    tokio::task::yield_now().await;
                }
                match calls.add(&*name) {
                    1 if event.position.is_multiple_of(4) => fail(),
                    _ => Ok(Some(MemoryCommit::labelled(name))),
                }
            }
            .boxed()
        };
        Subscription::policy(SubscriptionSpec::new(name).on_any(), Decide(decide))
    };
    vec![version(names[0], 1), version(names[1], 2)]
}

#[tokio::test(start_paused = true)]
async fn swapped_subscriptions_lose_and_double_no_event_whenever_it_happens() {
    let mut under_way = 0;
    for turns in 0..60 {
        let (world, calls) = (World::default(), Counts::default());
        world.publish((0..12).map(|n| n % 3));
        let swap = Order::Swap { subscription: "tea".into(), with: "tea@v2".into() };
        let running = world.start(versions(["tea", "tea@v2"], &calls)).await;
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
        under_way += usize::from((1..24).contains(&world.labels().len()));
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
        assert_eq!(labels, wanted, "swapped after {turns} turns");
    }
    assert!(under_way > 5, "only {under_way} swaps found work under way");
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
        Order::Forget { subscription: "coffee".into() },
    ] {
        assert!(world.ledger.order([order.clone()]).is_err(), "{order:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_forgotten_subscription_is_gone_with_its_rows_and_only_a_paused_one_is_forgotten() {
    let world = World::default();
    let forget = || Order::Forget { subscription: "mail".into() };
    let names = [policy(any("tea"), commit), policy(any("mail"), |_| fail())];
    let dispatcher = world.start(names).await;
    world.publish([1, 1]);
    dispatcher.idle().await;
    assert_eq!(world.ledger.rows("mail").len(), 2);
    assert!(world.ledger.order([forget()]).is_err(), "it is at work");
    dispatcher.shutdown(Duration::from_secs(1)).await;
    world.ledger.order([pause("mail"), forget()]).unwrap();
    assert_eq!((world.ledger.cursor("mail"), world.ledger.rows("mail").len()), (None, 0));
    // Nobody misses it, and nothing of it stands in the way.
    let dispatcher = world.start([policy(any("tea"), commit)]).await;
    dispatcher.idle().await;
    world.ledger.order([Order::Retain { through: 2 }]).unwrap();
}
