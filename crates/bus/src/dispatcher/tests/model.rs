//! Random histories of publish, failure, crash and passing time, compared with what must come of them.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use proptest::prelude::*;
use tokio::sync::Notify;

use super::support::{Counts, World, commit, fail, label, policy};
use crate::{
    OnDead, SubscriptionSpec,
    testing::{Fault, RowState},
};

/// How often an event's handler fails before it succeeds; this many is for ever.
const FOR_EVER: u32 = 99;

#[derive(Clone, Debug)]
enum Act {
    /// Events of these subjects, each failing so many times.
    Publish(Vec<(u8, u32)>),
    /// The process dies at the n-th call from now (or is stopped when there are fewer), before or after it happened.
    Crash(u32, bool),
    /// The storage fails at the n-th call from now, before or after it happened.
    Storage(u32, bool),
    Advance(u64),
}

fn act() -> impl Strategy<Value = Act> {
    let fails = prop_oneof![6 => Just(0), 2 => 1..5_u32, 1 => Just(FOR_EVER)];
    prop_oneof![
        4 => prop::collection::vec((0..5_u8, fails), 1..12).prop_map(Act::Publish),
        3 => (1..12_u32, proptest::bool::ANY).prop_map(|(call, after)| Act::Crash(call, after)),
        1 => (1..12_u32, proptest::bool::ANY).prop_map(|(call, after)| Act::Storage(call, after)),
        2 => (1..100_u64).prop_map(Act::Advance),
    ]
}

type Fails = Arc<std::sync::Mutex<HashMap<u64, u32>>>;

/// A policy that fails as often as it is told to for each position; every fourth event needs nothing.
fn subscription(
    on_dead: OnDead,
    fails: &Fails,
    calls: &Counts,
) -> crate::Subscription<crate::testing::MemoryCommit> {
    let (fails, calls) = (Arc::clone(fails), calls.clone());
    let spec = SubscriptionSpec::new("tea").on_any().on_dead(on_dead);
    policy(spec, move |event| {
        let call = calls.add(event.position.to_string());
        match fails.lock().unwrap()[&event.position] {
            fails if call <= fails || fails == FOR_EVER => fail(),
            _ if event.position.is_multiple_of(4) => Ok(None),
            _ => commit(event),
        }
    })
}

async fn play(acts: Vec<Act>, on_dead: OnDead) {
    let (world, calls, fails) = (World::default(), Counts::default(), Fails::default());
    let mut dispatcher = Some(world.start([subscription(on_dead, &fails, &calls)]).await);
    for act in acts {
        match act {
            Act::Publish(events) => {
                let first = world.ledger.log().len() as u64 + 1;
                fails.lock().unwrap().extend((first..).zip(events.iter().map(|(_, fails)| *fails)));
                world.publish(events.iter().map(|(subject, _)| u128::from(*subject)));
            }
            Act::Advance(seconds) => {
                world.clock.advance(Duration::from_secs(seconds));
                dispatcher.as_ref().unwrap().idle().await;
            }
            Act::Storage(at, after) => {
                let count = Counts::default();
                let fault = if after { Fault::ErrorAfter } else { Fault::Error };
                world
                    .ledger
                    .on_call(move |_| if count.add("call") == at { fault } else { Fault::None });
            }
            Act::Crash(at, after) => {
                let (count, crashed) = (Counts::default(), Arc::new(Notify::new()));
                let crash = Arc::clone(&crashed);
                let fault = if after { Fault::CrashAfter } else { Fault::CrashBefore };
                world.ledger.on_call(move |_| {
                    if count.add("call") < at {
                        return Fault::None;
                    }
                    crash.notify_one();
                    fault
                });
                let running = dispatcher.take().unwrap();
                tokio::select! {
                    () = crashed.notified() => {}
                    () = running.idle() => {}
                }
                drop(running);
                world.ledger.heal();
                dispatcher = Some(world.start([subscription(on_dead, &fails, &calls)]).await);
            }
        }
    }
    world.ledger.heal();
    let dispatcher = dispatcher.unwrap();
    for _ in 0..7 * world.ledger.log().len().max(1) {
        dispatcher.idle().await;
        if world.rows_in("tea", RowState::Retrying).is_empty() {
            break;
        }
        world.clock.advance(Duration::from_mins(10));
    }
    compare(&world, on_dead, &fails.lock().unwrap());
}

/// The reference: events are done in order, but for the dead ones and, where those block, what is behind them.
fn compare(world: &World, on_dead: OnDead, fails: &HashMap<u64, u32>) {
    let mut blocked = HashSet::new();
    let (mut done, mut dead, mut waiting) = (HashMap::<_, Vec<_>>::new(), Vec::new(), Vec::new());
    for event in world.ledger.log() {
        let subject = event.subject.id().as_u128();
        if blocked.contains(&subject) {
            waiting.push(event.position);
        } else if fails[&event.position] == FOR_EVER {
            dead.push(event.position);
            if on_dead == OnDead::Block {
                blocked.insert(subject);
            }
        } else if !event.position.is_multiple_of(4) {
            done.entry(subject).or_default().push(label(&event));
        }
    }
    for subject in 0..5 {
        assert_eq!(
            world.labels_of(subject),
            done.remove(&subject).unwrap_or_default(),
            "subject {subject}"
        );
    }
    let positions =
        |state| world.rows_in("tea", state).iter().map(|row| row.position).collect::<Vec<_>>();
    assert_eq!(positions(RowState::Dead), dead);
    assert_eq!(positions(RowState::Waiting), waiting);
    assert_eq!(world.ledger.cursor("tea"), Some(world.ledger.log().len() as u64));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_ends_as_the_reference_says(acts in prop::collection::vec(act(), 1..20), block: bool) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(play(acts, if block { OnDead::Block } else { OnDead::Release }));
    }
}
