//! Events with a due time enter the log once, whatever clock and process do.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

use super::support::*;
use crate::{
    Clock, Dispatcher, Timer, TimerChange,
    testing::{Call, Fault, MemoryCommit},
};

const DAY: i64 = 24 * 3600;

fn timer(world: &World, key: &str, seconds: i64) -> Timer {
    let due = world.clock.now() + SignedDuration::from_secs(seconds);
    Timer { key: key.to_owned(), due, event: typed("REMINDER_DUE", 1) }
}

fn jump(world: &World, seconds: i64) {
    world.clock.set(world.clock.now() + SignedDuration::from_secs(seconds));
}

async fn pouring(world: &World) -> Dispatcher {
    world.start([policy(any("tea"), commit)]).await
}

#[tokio::test(start_paused = true)]
async fn a_timer_fires_when_due_and_its_event_bears_the_time_of_firing() {
    let world = World::default();
    let dispatcher = pouring(&world).await;
    let set = timer(&world, "one", 60);
    let due = set.due;
    world.ledger.set_timer(set).unwrap();
    jump(&world, 59);
    dispatcher.idle().await;
    assert_eq!(world.ledger.log().len(), 0);
    jump(&world, 1);
    dispatcher.idle().await;
    assert_eq!(world.ledger.log()[0].timestamp, due);
    assert_eq!((world.labels().len(), world.ledger.timers().len()), (1, 0));
    jump(&world, DAY);
    dispatcher.idle().await;
    assert_eq!(world.ledger.log().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_timer_fires_without_anyone_asking() {
    let world = World::default();
    let _dispatcher = pouring(&world).await;
    world.ledger.set_timer(timer(&world, "one", 3600)).unwrap();
    tokio::time::sleep(Duration::from_secs(5)).await;
    jump(&world, 3600);
    tokio::time::sleep(Duration::from_millis(1001)).await;
    assert_eq!(world.labels().len(), 1, "the clock was not looked at within a second");
    let timers = vec![TimerChange::Set(Box::new(timer(&world, "two", 0)))];
    world.ledger.commit_unseen(MemoryCommit { timers, ..MemoryCommit::default() }).unwrap();
    tokio::time::sleep(Duration::from_millis(1001)).await;
    assert_eq!(world.labels().len(), 2, "a timer of another process was not seen");
    world.ledger.set_timer(timer(&world, "three", 0)).unwrap();
    let before = tokio::time::Instant::now();
    dispatcher_turns(&world, 3).await;
    assert_eq!(before.elapsed(), Duration::ZERO);
}

/// Lets everything run that needs no time, until there are so many commits.
async fn dispatcher_turns(world: &World, commits: usize) {
    for _ in 0..100 {
        if world.labels().len() == commits {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("{} commits", world.labels().len());
}

#[tokio::test(start_paused = true)]
async fn timers_fire_in_the_order_of_their_times_and_in_batches() {
    let world = World::default();
    for n in 0..600 {
        world.ledger.set_timer(timer(&world, &format!("{n}"), 600 - n)).unwrap();
    }
    let fires = Counts::default();
    let counted = fires.clone();
    world.ledger.on_call(move |call| {
        if call == Call::FireTimers {
            counted.add("fire");
        }
        Fault::None
    });
    let first = world.ledger.timers()[0].0.clone();
    assert_eq!(first, "599");
    jump(&world, DAY);
    let dispatcher = pouring(&world).await;
    dispatcher.idle().await;
    assert_eq!((world.labels().len(), fires.of("fire")), (600, 3));
}

#[tokio::test(start_paused = true)]
async fn a_timer_is_replaced_and_cancelled_by_its_key() {
    let world = World::default();
    let dispatcher = pouring(&world).await;
    world.ledger.set_timer(timer(&world, "one", 60)).unwrap();
    world.ledger.set_timer(timer(&world, "one", 120)).unwrap();
    world.ledger.set_timer(timer(&world, "two", 60)).unwrap();
    let timers = vec![TimerChange::Cancel { key: "two".into() }];
    world.ledger.commit(MemoryCommit { timers, ..MemoryCommit::default() }).unwrap();
    jump(&world, 119);
    dispatcher.idle().await;
    assert_eq!(world.ledger.log().len(), 0);
    jump(&world, 1);
    dispatcher.idle().await;
    assert_eq!(world.ledger.log().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_day_ahead_and_a_day_back_neither_lose_nor_double_a_timer() {
    for first in [DAY, -DAY] {
        let world = World::default();
        let dispatcher = pouring(&world).await;
        for (key, seconds) in [("soon", 10), ("later", DAY + 10), ("past", -10)] {
            world.ledger.set_timer(timer(&world, key, seconds)).unwrap();
        }
        for step in [0, first, -first, 20, first, -first, DAY, -DAY, 2 * DAY] {
            jump(&world, step);
            dispatcher.idle().await;
            tokio::time::sleep(Duration::from_secs(3)).await;
        }
        assert_eq!(world.ledger.log().len(), 3, "first {first}");
        assert_eq!(world.ledger.timers(), []);
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_may_set_a_timer_that_is_due_at_once() {
    let world = World::default();
    let clock = Arc::clone(&world.clock);
    let tea = policy(any("tea"), move |event| {
        if &*event.event_type == "REMINDER_DUE" {
            return commit(event);
        }
        let timer = Timer { key: label(event), due: clock.now(), event: typed("REMINDER_DUE", 7) };
        let timers = vec![TimerChange::Set(Box::new(timer))];
        Ok(Some(MemoryCommit { timers, ..MemoryCommit::labelled(label(event)) }))
    });
    let dispatcher = world.start([tea]).await;
    world.publish([1, 2]);
    dispatcher.idle().await;
    assert_eq!(world.labels(), ["1.1", "2.1", "7.1", "7.2"]);
}

#[tokio::test(start_paused = true)]
async fn guarantee_4_a_timer_fires_once_whatever_call_crashes_and_wherever_the_clock_jumps() {
    for fault in [Fault::CrashBefore, Fault::CrashAfter, Fault::Error, Fault::ErrorAfter] {
        for step in 1.. {
            let (world, crashed, count) =
                (World::default(), Arc::new(Notify::new()), Counts::default());
            for n in 0..3 {
                world.ledger.set_timer(timer(&world, &format!("{n}"), n * 100)).unwrap();
            }
            let (counter, crash) = (count.clone(), Arc::clone(&crashed));
            world.ledger.on_call(move |_| {
                if counter.add("call") != step {
                    return Fault::None;
                }
                crash.notify_one();
                fault
            });
            let work = async {
                let Ok(dispatcher) = world.try_start([policy(any("tea"), commit)]).await else {
                    return;
                };
                for jumps in [100, -DAY, DAY] {
                    dispatcher.idle().await;
                    jump(&world, jumps);
                }
                dispatcher.idle().await;
            };
            tokio::select! {
                () = crashed.notified(), if matches!(fault, Fault::CrashBefore | Fault::CrashAfter) => {}
                () = work => {}
            }
            world.ledger.heal();
            let dispatcher = pouring(&world).await;
            dispatcher.idle().await;
            jump(&world, 2 * DAY);
            dispatcher.idle().await;
            let mut ids: Vec<_> = world.ledger.log().iter().map(|event| event.id).collect();
            ids.sort();
            ids.dedup();
            assert_eq!((ids.len(), world.ledger.log().len()), (3, 3), "{fault:?} at call {step}");
            assert_eq!(world.labels().len(), 3, "{fault:?} at call {step}");
            if count.of("call") < step {
                assert!(step > 20, "only {step} steps were crashed");
                break;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_timer_beyond_the_calendar_waits_for_ever() {
    let world = World::default();
    let set = Timer { due: Timestamp::MAX, ..timer(&world, "never", 0) };
    world.ledger.set_timer(set).unwrap();
    let dispatcher = pouring(&world).await;
    dispatcher.idle().await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(world.ledger.timers().len(), 1);
}
