//! Random histories of publish, failure, crash, passing time and operators' orders, compared with what must come of them.

mod reference;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::SignedDuration;
use proptest::prelude::*;
use tokio::sync::Notify;

use self::reference::Reference;
use super::{
    operators::{pause, resume},
    support::{Counts, World, commit, fail, policy, typed},
};
use crate::{
    Clock as _, Dispatcher, LetterFilter, OnDead, Order, SubscriptionSpec, Timer, TimerChange,
    testing::{Fault, MemoryCommit, RowState},
    verify,
};

/// How often an event's handler fails before it succeeds; this many is for ever.
pub(super) const FOR_EVER: u32 = 99;
const DAY: i64 = 24 * 3600;

#[derive(Clone, Debug)]
enum Act {
    /// Events of these subjects, each failing so many times.
    Publish(Vec<(u8, u32)>),
    /// The process dies at the n-th call from now (or is stopped when there are fewer), before or after it happened.
    Crash(u32, bool),
    /// The storage fails at the n-th call from now, before or after it happened.
    Storage(u32, bool),
    Advance(u64),
    /// The clock is set, a day ahead or back.
    Jump(bool),
    /// Everything after this share of the log is handled again.
    Replay(u8),
    /// The handlers are repaired, or not, and all dead letters are tried again.
    Redrive(bool),
    Discard,
    Pause,
    Resume,
    /// A timer with one of a few keys, due so many seconds from now.
    Set(u8, i64),
    Cancel(u8),
    /// The dispatcher works for a bit, but not until it is done.
    Yield(u8),
}

fn act() -> impl Strategy<Value = Act> {
    let fails = prop_oneof![6 => Just(0), 2 => 1..5_u32, 1 => Just(FOR_EVER)];
    prop_oneof![
        8 => prop::collection::vec((0..5_u8, fails), 1..12).prop_map(Act::Publish),
        5 => (1..12_u32, proptest::bool::ANY).prop_map(|(call, after)| Act::Crash(call, after)),
        2 => (1..12_u32, proptest::bool::ANY).prop_map(|(call, after)| Act::Storage(call, after)),
        5 => (1..100_u64).prop_map(Act::Advance),
        1 => proptest::bool::ANY.prop_map(Act::Jump),
        2 => (0..=100_u8).prop_map(Act::Replay),
        2 => proptest::bool::ANY.prop_map(Act::Redrive),
        1 => Just(Act::Discard),
        1 => Just(Act::Pause),
        2 => Just(Act::Resume),
        3 => (0..4_u8, -5..200_i64).prop_map(|(key, due)| Act::Set(key, due)),
        1 => (0..4_u8).prop_map(Act::Cancel),
        4 => (1..40_u8).prop_map(Act::Yield),
    ]
}

/// How often the handler of a position fails; of those that are not named, never.
type Fails = Arc<Mutex<HashMap<u64, u32>>>;

/// A policy that fails as often as it is told to for each position; every fourth event needs nothing.
fn subscription(
    on_dead: OnDead,
    fails: &Fails,
    calls: &Counts,
) -> crate::Subscription<MemoryCommit> {
    let (fails, calls) = (Arc::clone(fails), calls.clone());
    let spec = SubscriptionSpec::new("tea").on_any().on_dead(on_dead);
    policy(spec, move |event| {
        let call = calls.add(event.position.to_string());
        match fails.lock().unwrap().get(&event.position).copied().unwrap_or_default() {
            fails if call <= fails || fails == FOR_EVER => fail(),
            _ if event.position.is_multiple_of(4) => Ok(None),
            _ => commit(event),
        }
    })
}

struct Player {
    world: World,
    calls: Counts,
    fails: Fails,
    on_dead: OnDead,
    reference: Reference,
    dispatcher: Dispatcher,
}

impl Player {
    async fn new(on_dead: OnDead) -> Self {
        let (world, calls, fails) = (World::default(), Counts::default(), Fails::default());
        let dispatcher = world.start([subscription(on_dead, &fails, &calls)]).await;
        Self { world, calls, fails, on_dead, reference: Reference::default(), dispatcher }
    }

    async fn play(&mut self, act: Act) {
        let (world, ledger) = (self.world.clone(), Arc::clone(&self.world.ledger));
        match act {
            Act::Publish(events) => {
                let first = ledger.log().len() as u64 + 1;
                let fails = (first..).zip(events.iter().map(|(_, fails)| *fails));
                self.fails.lock().unwrap().extend(fails);
                world.publish(events.iter().map(|(subject, _)| u128::from(*subject)));
            }
            Act::Advance(seconds) => {
                world.clock.advance(Duration::from_secs(seconds));
                self.dispatcher.idle().await;
            }
            Act::Jump(ahead) => {
                let by = SignedDuration::from_secs(if ahead { DAY } else { -DAY });
                world.clock.set(world.clock.now() + by);
            }
            Act::Yield(times) => {
                for _ in 0..times {
                    tokio::task::yield_now().await;
                }
            }
            Act::Storage(at, after) => {
                let count = Counts::default();
                let fault = if after { Fault::ErrorAfter } else { Fault::Error };
                ledger.on_call(move |_| if count.add("call") == at { fault } else { Fault::None });
            }
            Act::Crash(at, after) => self.crash(at, after).await,
            Act::Replay(percent) => {
                let after = ledger.log().len() as u64 * u64::from(percent) / 100;
                self.reference.replayed(&world, after);
                ledger.order([Order::Replay { subscription: "tea".into(), after }]).unwrap();
            }
            Act::Redrive(repaired) => {
                if repaired {
                    self.fails.lock().unwrap().retain(|_, fails| *fails != FOR_EVER);
                }
                self.reference.intervened(&world);
                ledger.order([Order::Redrive(LetterFilter::default())]).unwrap();
            }
            Act::Discard => {
                self.reference.discarded(&world);
                let letters = LetterFilter::default();
                ledger.order([Order::Discard { letters, reason: "enough".into() }]).unwrap();
            }
            Act::Pause => ledger.order([pause("tea")]).unwrap(),
            Act::Resume => ledger.order([resume("tea")]).unwrap(),
            Act::Set(key, due) => {
                let due = world.clock.now() + SignedDuration::from_secs(due);
                let timer = Timer { key: key.to_string(), due, event: typed("REMINDER_DUE", 2) };
                self.reference.set(&world, &timer);
                ledger.set_timer(timer).unwrap();
            }
            Act::Cancel(key) => {
                self.reference.cancelled(&world, &key.to_string());
                let timers = vec![TimerChange::Cancel { key: key.to_string() }];
                ledger.commit(MemoryCommit { timers, ..MemoryCommit::default() }).unwrap();
            }
        }
    }

    async fn crash(&mut self, at: u32, after: bool) {
        let (count, crashed) = (Counts::default(), Arc::new(Notify::new()));
        let crash = Arc::clone(&crashed);
        let fault = if after { Fault::CrashAfter } else { Fault::CrashBefore };
        self.world.ledger.on_call(move |_| match count.add("call") {
            call if call < at => Fault::None,
            call if call > at => Fault::CrashBefore,
            _ => {
                crash.notify_one();
                fault
            }
        });
        tokio::select! {
            () = crashed.notified() => {}
            () = self.dispatcher.idle() => {}
        }
        // Nothing of the old process may run while the new one starts.
        self.world.ledger.on_call(|_| Fault::CrashBefore);
        let nothing = Dispatcher::start(
            Arc::new(crate::testing::MemoryLedger::default()),
            Vec::new(),
            Arc::clone(&self.world.clock) as Arc<dyn crate::Clock>,
            Arc::new(|| 1.0),
        );
        self.dispatcher = nothing.await.unwrap();
        tokio::task::yield_now().await;
        self.world.ledger.heal();
        let again = subscription(self.on_dead, &self.fails, &self.calls);
        self.dispatcher = self.world.start([again]).await;
    }

    /// Lets everything come to its end and compares.
    async fn finish(self) {
        let ledger = &self.world.ledger;
        ledger.heal();
        ledger.order([resume("tea")]).unwrap();
        // Whatever the clock was set to, this is beyond every timer.
        self.world.clock.set(self.world.clock.now() + SignedDuration::from_secs(30 * DAY));
        for _ in 0..7 * (ledger.log().len() + 4) {
            self.dispatcher.idle().await;
            if self.world.rows_in("tea", RowState::Retrying).is_empty() {
                break;
            }
            self.world.clock.advance(Duration::from_mins(10));
        }
        self.reference.compare(&self.world, self.on_dead, &self.fails.lock().unwrap());
        verify(&**ledger, None, &mut |_| {}).await.unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_ends_as_the_reference_says(acts in prop::collection::vec(act(), 1..30), block: bool) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let mut player = Player::new(if block { OnDead::Block } else { OnDead::Release }).await;
            for act in acts {
                player.play(act).await;
            }
            player.finish().await;
        });
    }
}
