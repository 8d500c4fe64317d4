//! One story, told once for every call of the ledger and every way to fail there.
//!
//! The n-th call fails or never returns, before or after it happened, for every n until a telling gets through without
//! meeting it. Where the call never returns, the process has died: the dispatcher is dropped and another one takes over.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::sync::Notify;
use uuid::Uuid;

use super::support::*;
use crate::{
    Dispatcher, EffectOutcome, Envelope, OnDead, Subscription, SubscriptionSpec,
    testing::{Fault, MemoryCommit, MemoryLedger, RowState},
};

/// Of this subject the second event is poison to "tea".
pub(super) const POISONED: u128 = 3;
const BOILED: &str = "KETTLE_BOILED";
/// Calls at which a story fails that nobody is woken for: those who look every second make calls without end.
const UNSEEN_STEPS: u32 = 80;

/// What is known from outside the dispatcher.
#[derive(Clone, Default)]
pub(super) struct Story {
    pub(super) world: World,
    /// How often each handler was begun, as `name position`.
    pub(super) begun: Counts,
    /// Keys under which effects ran.
    pub(super) keys: Arc<Mutex<Vec<(Uuid, String)>>>,
    /// Handlers that were begun before it was their turn.
    pub(super) early: Arc<Mutex<Vec<String>>>,
    pub(super) case: String,
    /// What others publish wakes nobody, and nobody asks whether all is done: everything is found by looking.
    pub(super) unseen: bool,
}

pub(super) fn is_poison(event: &Envelope) -> bool {
    event.subject.id().as_u128() == POISONED && event.version == 2
}

/// What "tea" has nothing to do for.
pub(super) fn is_dull(event: &Envelope) -> bool {
    event.position % 5 == 1
}

impl Story {
    /// A policy that fails now and then, one that publishes, and an effect that fails now and then.
    fn cast(&self) -> Vec<Subscription<MemoryCommit>> {
        let [tea, mail] = [self.clone(), self.clone()];
        let tea = policy(any("tea"), move |event| match event.position % 5 {
            _ if tea.begin("tea", event) > 1 && !is_poison(event) => commit(event),
            _ if is_poison(event) => fail(),
            0 => fail(),
            1 => Ok(None),
            _ => commit(event),
        });
        let brew = policy(SubscriptionSpec::new("brew").on_type(BOILED), |event| {
            let events =
                vec![typed("TEA_BREWED", event.subject.id().as_u128()).with_causation(event.id)];
            Ok(Some(MemoryCommit { events, ..MemoryCommit::labelled(label(event)) }))
        });
        let spec = SubscriptionSpec::new("mail").on_type(BOILED).on_dead(OnDead::Release);
        let mail = effect(spec, move |event, key| {
            mail.keys.lock().unwrap().push((event.id, key.to_owned()));
            if mail.begin("mail", event) == 1 && event.position.is_multiple_of(2) {
                return EffectOutcome::Retry { after: None, error: "line is busy".into() };
            }
            EffectOutcome::Done
        });
        vec![tea, brew, mail]
    }

    /// Notes that a handler was begun, and whether it was its turn.
    fn begin(&self, name: &str, event: &Envelope) -> u32 {
        let ledger = &self.world.ledger;
        let before = ledger.log().into_iter().filter(|other| {
            other.subject == event.subject
                && other.position < event.position
                && (name == "tea" || &*other.event_type == BOILED)
        });
        for other in before {
            if !handled(ledger, &self.begun, name, &other) {
                let early = format!("{name} began {} before {}", event.position, other.position);
                self.early.lock().unwrap().push(early);
            }
        }
        self.begun.add(format!("{name} {}", event.position))
    }

    async fn start(&self) -> Option<Dispatcher> {
        self.world.try_start(self.cast()).await.ok()
    }

    /// Lets all retries that will ever be due become due.
    async fn run(&self, dispatcher: &Dispatcher, days: u32) {
        for _ in 0..days {
            if self.unseen {
                // What is found in one look may cause what is found in the next.
                tokio::time::sleep(Duration::from_millis(3_003)).await;
            } else {
                dispatcher.idle().await;
            }
            self.world.clock.advance(Duration::from_hours(24));
        }
    }

    /// Tells it, and looks at what is in the ledger after the failure and at the end.
    pub(super) async fn tell(look: impl AsyncFn(&Self), end: impl Fn(&Self)) {
        Self::tell_seen(true, look, end).await;
    }

    /// The same when nobody is woken by what others publish, up to so many calls that there is no waiting for the end.
    pub(super) async fn tell_unseen(look: impl AsyncFn(&Self), end: impl Fn(&Self)) {
        Self::tell_seen(false, look, end).await;
    }

    async fn tell_seen(seen: bool, look: impl AsyncFn(&Self), end: impl Fn(&Self)) {
        for fault in [Fault::CrashBefore, Fault::CrashAfter, Fault::Error, Fault::ErrorAfter] {
            for step in 1.. {
                let case = format!("{fault:?} at call {step}");
                let story = Self { case, unseen: !seen, ..Self::default() };
                let world = &story.world;
                let subjects = [1, 2, 1, 3, 1, 3, 1, 3];
                if seen {
                    world.publish(subjects);
                }
                let (calls, reached) = story.fail_at(step, fault);
                let dies = matches!(fault, Fault::CrashBefore | Fault::CrashAfter);
                tokio::select! {
                    () = reached.notified(), if dies => {}
                    () = async {
                        let Some(dispatcher) = story.start().await else { return };
                        if !seen {
                            dispatcher.idle().await;
                            world.ledger.publish_unseen(subjects.map(event));
                        }
                        story.run(&dispatcher, 4).await;
                    } => {}
                }
                look(&story).await;
                if world.ledger.log().is_empty() {
                    // It died before anybody had published anything.
                    world.ledger.publish_unseen(subjects.map(event));
                }
                world.ledger.heal();
                let dispatcher = story.start().await.unwrap();
                story.run(&dispatcher, 12).await;
                dispatcher.shutdown(Duration::from_secs(1)).await;
                look(&story).await;
                end(&story);
                if calls.of("call") < step || (!seen && step == UNSEEN_STEPS) {
                    assert!(step > 30, "only {step} steps were crashed");
                    break;
                }
            }
        }
    }

    /// Lets a call fail; a process that died there makes no more. Counts the calls, and tells when it is reached.
    pub(super) fn fail_at(&self, step: u32, fault: Fault) -> (Counts, Arc<Notify>) {
        let (calls, reached) = (Counts::default(), Arc::new(Notify::new()));
        let (count, reach) = (calls.clone(), Arc::clone(&reached));
        self.world.ledger.on_call(move |_| {
            match count.add("call") {
                call if call < step => return Fault::None,
                call if call > step => {
                    let died = matches!(fault, Fault::CrashBefore | Fault::CrashAfter);
                    return if died { Fault::CrashBefore } else { Fault::None };
                }
                _ => {}
            }
            reach.notify_one();
            fault
        });
        (calls, reached)
    }

    /// Tells it with an orderly stop at every call, which then goes on or hangs.
    pub(super) async fn tell_stopped(end: impl Fn(&Self)) {
        for fault in [Fault::None, Fault::CrashBefore, Fault::CrashAfter] {
            for step in 1.. {
                let story = Self { case: format!("{fault:?} at call {step}"), ..Self::default() };
                story.world.publish([1, 2, 1, 3, 1, 3, 1, 3]);
                let (calls, reached) = story.fail_at(step, fault);
                let running = std::sync::Mutex::new(None);
                tokio::select! {
                    biased;
                    () = reached.notified() => {}
                    () = async {
                        let Some(dispatcher) = story.start().await else { return };
                        let dispatcher = running.lock().unwrap().insert(Arc::new(dispatcher)).clone();
                        story.run(&dispatcher, 4).await;
                    } => {}
                }
                let running = running.into_inner().unwrap().and_then(Arc::into_inner);
                if let Some(dispatcher) = running {
                    let before = tokio::time::Instant::now();
                    dispatcher.shutdown(Duration::from_secs(3)).await;
                    let took = before.elapsed();
                    assert!(took < Duration::from_secs(5), "{}: it took {took:?}", story.case);
                }
                story.world.ledger.heal();
                let dispatcher = story.start().await.unwrap();
                story.run(&dispatcher, 12).await;
                dispatcher.shutdown(Duration::from_secs(1)).await;
                end(&story);
                if calls.of("call") < step {
                    break;
                }
            }
        }
    }
}

/// Whether an event is done, or dead where that lets others pass.
pub(super) fn handled(ledger: &MemoryLedger, begun: &Counts, name: &str, event: &Envelope) -> bool {
    let row = ledger.rows(name).into_iter().find(|row| row.position == event.position);
    let applied = ledger.applied().iter().any(|a| a.subscription == name && a.event_id == event.id);
    let dull = name == "tea" && is_dull(event) && begun.of(&format!("tea {}", event.position)) > 0;
    applied || row.is_some_and(|row| row.state == RowState::Done) || dull
}
