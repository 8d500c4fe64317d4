use std::time::Duration;

use super::support::*;
use crate::{
    OrderingKey, Start, StartError, SubscriptionSpec,
    testing::{Call, Fault, MemoryCommit, RowState},
};

#[tokio::test(start_paused = true)]
async fn every_event_is_handled_and_the_happy_path_leaves_no_row() {
    let world = World::default();
    world.publish((0..2000).map(|n| n % 700));
    let dispatcher = world.start([policy(any("tea"), commit)]).await;
    dispatcher.idle().await;
    assert_eq!(world.labels().len(), 2000);
    assert_eq!(world.ledger.cursor("tea"), Some(2000));
    assert_eq!(world.ledger.rows("tea"), []);
    assert_eq!(world.labels_of(3), ["3.1", "3.2", "3.3"]);
}

#[tokio::test(start_paused = true)]
async fn an_event_published_while_idle_is_handled_at_once() {
    let world = World::default();
    let dispatcher = world.start([policy(any("tea"), commit)]).await;
    dispatcher.idle().await;
    let before = tokio::time::Instant::now();
    world.publish([1]);
    dispatcher.idle().await;
    assert_eq!(world.labels(), ["1.1"]);
    assert_eq!(before.elapsed(), Duration::ZERO, "it waited for a timer");
}

#[tokio::test(start_paused = true)]
async fn an_event_of_another_process_is_found_within_a_second() {
    let world = World::default();
    let dispatcher = world.start([policy(any("tea"), commit)]).await;
    world.ledger.publish_unseen([event(1)]);
    tokio::time::sleep(Duration::from_millis(1001)).await;
    dispatcher.idle().await;
    assert_eq!(world.labels(), ["1.1"]);
}

#[tokio::test(start_paused = true)]
async fn events_that_policies_cause_reach_the_subscriptions_too() {
    let world = World::default();
    let brew = policy(SubscriptionSpec::new("brew").on_type("KETTLE_BOILED"), |event| {
        Ok(Some(MemoryCommit {
            events: vec![typed("TEA_BREWED", 9)],
            ..MemoryCommit::labelled(label(event))
        }))
    });
    let pour = policy(SubscriptionSpec::new("pour").on_prefix("TEA_"), commit);
    let dispatcher = world.start([brew, pour]).await;
    world.publish([1, 2]);
    dispatcher.idle().await;
    let poured: Vec<_> =
        world.ledger.applied().into_iter().filter(|a| a.subscription == "pour").collect();
    assert_eq!(poured.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn events_that_do_not_match_move_the_cursor_lazily() {
    let world = World::default();
    let settles = Counts::default();
    let counted = settles.clone();
    world.ledger.on_call(move |call| {
        if matches!(call, Call::Settle { .. }) {
            counted.add("settle");
        }
        Fault::None
    });
    let dispatcher =
        world.start([policy(SubscriptionSpec::new("tea").on_type("TEA_BREWED"), commit)]).await;
    for _ in 0..50 {
        world.publish([1]);
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
    }
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(world.ledger.cursor("tea"), Some(50));
    assert!(settles.of("settle") <= 2, "{} settlements for nothing", settles.of("settle"));
    assert_eq!(dispatcher.status()[0].cursor, 50);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_future_type_passes_a_wildcard() {
    let world = World::default();
    let dispatcher = world.start([policy(any("all"), commit)]).await;
    world.ledger.publish([typed("ROBOT_UPRISING_SCHEDULED", 1)]).unwrap();
    dispatcher.idle().await;
    assert_eq!(world.labels(), ["1.1"]);
}

#[tokio::test(start_paused = true)]
async fn a_subscription_begins_where_it_says_and_goes_on_where_it_was() {
    let world = World::default();
    world.publish(1..=3);
    let subscriptions = || {
        [("now", Start::Now), ("first", Start::Beginning), ("after", Start::After(2))]
            .map(|(name, start)| policy(any(name).starting(start), commit))
    };
    let dispatcher = world.start(subscriptions()).await;
    world.publish([4]);
    dispatcher.idle().await;
    dispatcher.shutdown(Duration::from_secs(1)).await;
    world.publish([5]);
    let dispatcher = world.start(subscriptions()).await;
    dispatcher.idle().await;
    let of = |name: &str| {
        let applied = world.ledger.applied().into_iter().filter(|a| a.subscription == name);
        applied.map(|a| a.label).collect::<Vec<_>>()
    };
    assert_eq!(of("now"), ["4.1", "5.1"]);
    assert_eq!(of("first"), ["1.1", "2.1", "3.1", "4.1", "5.1"]);
    assert_eq!(of("after"), ["3.1", "4.1", "5.1"]);
}

#[tokio::test(start_paused = true)]
async fn two_subscriptions_of_one_name_are_refused() {
    let refused =
        World::default().try_start([policy(any("tea"), commit), policy(any("tea"), commit)]).await;
    assert!(matches!(refused, Err(StartError::DuplicateName(name)) if name == "tea"));
}

#[tokio::test(start_paused = true)]
async fn without_an_ordering_key_no_event_waits_for_another() {
    let world = World::default();
    let spec = any("tea").ordered_by(OrderingKey::None);
    let dispatcher =
        world.start([policy(spec, |e| if e.version == 1 { fail() } else { commit(e) })]).await;
    world.publish([1, 1, 1]);
    dispatcher.idle().await;
    assert_eq!(world.labels(), ["1.2", "1.3"]);
    assert_eq!(world.rows_in("tea", RowState::Retrying).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_status_tells_what_a_health_report_needs() {
    let world = World::default();
    let dispatcher = world
        .start([policy(any("tea"), |e| if e.version == 2 { fail() } else { commit(e) })])
        .await;
    world.publish([1, 2, 1, 3]);
    dispatcher.idle().await;
    let status = &dispatcher.status()[0];
    assert_eq!((status.name.as_str(), status.cursor, status.head, status.lag()), ("tea", 4, 4, 0));
    assert_eq!((status.handled, status.failed, status.parked_keys, status.alive), (3, 1, 1, true));
    assert_eq!(status.last_error.as_deref(), Some("out of tea"));
    assert!(status.last_activity.is_some());
}
