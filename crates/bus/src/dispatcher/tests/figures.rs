//! What the status says of late.

use std::time::Duration;

use jiff::SignedDuration;

use super::support::*;
use crate::{Clock as _, Envelope, HealthLevel, NewEvent, health, testing::MemoryCommit};

fn aged(world: &World, subject: u128, seconds: i64) -> NewEvent {
    let timestamp = world.clock.now() - SignedDuration::from_secs(seconds);
    NewEvent { timestamp, ..event(subject) }
}

#[tokio::test(start_paused = true)]
async fn throughput_and_errors_fade_with_the_clock() {
    let world = World::default();
    let poison = |e: &Envelope| if e.version == 1 { fail() } else { commit(e) };
    let dispatcher =
        world.start([policy(any("tea").ordered_by(crate::OrderingKey::None), poison)]).await;
    world.publish((0..12).chain(0..12));
    dispatcher.idle().await;
    let status = &dispatcher.status()[0];
    assert_eq!((status.handled_last_minute, status.errors_last_hour), (12, 12));
    assert_eq!((status.attempts, status.last_error_at), (24, Some(world.clock.now())));
    assert!((status.throughput() - 0.2).abs() < 1e-9);
    assert_eq!(health(&dispatcher.status()), HealthLevel::Degraded);
    // The last of five more attempts each is after two minutes.
    for _ in 0..10 {
        world.clock.advance(Duration::from_mins(2));
        dispatcher.idle().await;
    }
    let status = &dispatcher.status()[0];
    assert_eq!((status.handled_last_minute, status.errors_last_hour), (0, 72));
    let (errors, log) = (&status.recent_errors, world.ledger.log());
    assert_eq!(errors.len(), 20, "the newest are kept");
    assert!(errors.is_sorted_by_key(|error| error.at));
    let last = errors.last().unwrap();
    let event = log.iter().find(|event| event.position == last.position).unwrap();
    assert_eq!((last.event_id, last.attempts, last.error.as_str()), (event.id, 6, "out of tea"));
    assert_eq!(health(&dispatcher.status()), HealthLevel::Unhealthy);
    world.clock.advance(Duration::from_hours(2));
    assert_eq!(health(&dispatcher.status()), HealthLevel::Healthy);
    assert_eq!(dispatcher.status()[0].recent_errors, []);
}

#[tokio::test(start_paused = true)]
async fn the_lag_is_the_age_of_the_oldest_event_that_is_not_handled() {
    let world = World::default();
    let tea = policy(any("tea"), |e| if e.position == 2 { fail() } else { commit(e) });
    let dispatcher = world.start([tea]).await;
    let events = [aged(&world, 1, 90), aged(&world, 2, 50), aged(&world, 3, 20)];
    world.ledger.publish(events).unwrap();
    dispatcher.idle().await;
    let status = &dispatcher.status()[0];
    assert_eq!((status.lag(), status.lag_seconds, status.unread_seconds), (0, 50, 0));
    world.ledger.order([super::operators::pause("tea")]).unwrap();
    dispatcher.idle().await;
    world.ledger.publish([aged(&world, 4, 30)]).unwrap();
    dispatcher.idle().await;
    world.clock.advance(Duration::from_mins(2));
    let status = &dispatcher.status()[0];
    assert_eq!((status.lag(), status.lag_seconds, status.unread_seconds), (1, 170, 150));
    assert_eq!(health(&dispatcher.status()), HealthLevel::Healthy, "it is meant to lag");
    world.ledger.order([super::operators::resume("tea")]).unwrap();
    for _ in 0..10 {
        dispatcher.idle().await;
        world.clock.advance(Duration::from_mins(2));
    }
    let status = &dispatcher.status()[0];
    assert_eq!((status.lag_seconds, status.parked_keys), (0, 1), "a dead letter is not lag");
}

#[tokio::test(start_paused = true)]
async fn a_refused_commit_that_cost_nothing_is_no_error() {
    let world = World::default();
    let refusals = Counts::default();
    world.ledger.on_commit(move |_, _: &MemoryCommit| {
        (refusals.add("refusal") < 4).then(|| "somebody was faster".to_owned())
    });
    let dispatcher = world.start([policy(any("tea"), commit)]).await;
    world.publish([1]);
    dispatcher.idle().await;
    let status = &dispatcher.status()[0];
    assert_eq!((status.failed, status.errors_last_hour, status.attempts), (3, 0, 1));
}
