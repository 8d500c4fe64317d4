//! A poison event stops its own key in its own subscription, and nobody else waits an instant longer.
//!
//! Time is the runtime's own and stands still while anything can be done, so equal instants are equal waits.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::FutureExt as _;
use tokio::time::Instant;

use super::support::*;
use crate::{
    EffectOutcome, Envelope, Subscription,
    testing::{MemoryCommit, RowState},
};

/// The key with the poison, which is its second event.
const POISONED: u128 = 3;

/// How the poison acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Poison {
    None,
    Fails,
    Panics,
    Hangs,
}

/// When each event's commit was made, or its effect was run: `name subject.version`, from the beginning on.
type Instants = BTreeMap<String, Duration>;

fn is_poison(event: &Envelope) -> bool {
    event.subject.id().as_u128() == POISONED && event.version == 2
}

/// The commit of a subscription for an event.
#[expect(clippy::unnecessary_wraps, reason = "it has the shape of a decision")]
fn named(name: &str, event: &Envelope) -> Decision {
    Ok(Some(MemoryCommit::labelled(format!("{name} {}", label(event)))))
}

/// Two policies and an effect; the poison is one to the first alone.
fn cast(
    poison: Poison,
    mails: impl Fn(String) + Send + Sync + 'static,
) -> Vec<Subscription<MemoryCommit>> {
    let decide = move |event: Envelope| {
        async move {
            match poison {
                Poison::Fails if is_poison(&event) => fail(),
                Poison::Panics if is_poison(&event) => panic!("bad tea"),
                Poison::Hangs if is_poison(&event) => std::future::pending().await,
                _ => named("tea", &event),
            }
        }
        .boxed()
    };
    vec![
        Subscription::policy(any("tea"), Decide(decide)),
        policy(any("cake"), |event| named("cake", event)),
        effect(any("mail"), move |event, _| {
            mails(format!("mail {}", label(event)));
            EffectOutcome::Done
        }),
    ]
}

/// An hour with three events a minute; when each was handled.
async fn hour(poison: Poison) -> Instants {
    let (world, begin) = (World::default(), Instant::now());
    let seen = Arc::new(Mutex::new(Instants::new()));
    let note = {
        let seen = Arc::clone(&seen);
        move |what: String| {
            seen.lock().unwrap().entry(what).or_insert(begin.elapsed());
        }
    };
    let made = note.clone();
    world.ledger.on_commit(move |_, commit| {
        made(commit.label.clone());
        None
    });
    let dispatcher = world.start(cast(poison, note)).await;
    for _ in 0..60 {
        world.publish([1, 2, POISONED]);
        tokio::time::sleep(Duration::from_mins(1)).await;
        world.clock.advance(Duration::from_mins(1));
    }
    dispatcher.idle().await;
    let dead = world.rows_in("tea", RowState::Dead).len();
    assert_eq!(dead, usize::from(poison != Poison::None), "{poison:?}");
    assert_eq!(world.rows_in("tea", RowState::Waiting).len(), 58 * dead);
    let seen = seen.lock().unwrap();
    seen.clone()
}

/// Without what the poison stops.
fn others(instants: &Instants) -> Instants {
    let mut others = instants.clone();
    others.retain(|what, _| !what.starts_with("tea 3."));
    others
}

#[tokio::test(start_paused = true)]
async fn a_poison_event_stops_its_own_key_and_others_are_handled_at_the_same_instants() {
    let quiet = hour(Poison::None).await;
    assert_eq!(quiet.len(), 3 * 180);
    for poison in [Poison::Fails, Poison::Panics] {
        let instants = hour(poison).await;
        assert_eq!(instants.len(), 3 * 180 - 59, "{poison:?}");
        assert_eq!(others(&instants), others(&quiet), "{poison:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_hangs_holds_up_what_was_decided_with_it_once_and_for_a_moment() {
    let (quiet, hung) = (hour(Poison::None).await, hour(Poison::Hangs).await);
    assert_eq!(hung.len(), 3 * 180 - 59);
    let later = others(&hung).into_iter().filter_map(|(what, instant)| {
        let wait = instant.abs_diff(quiet[&what]);
        (!wait.is_zero()).then_some((what, wait))
    });
    // Nobody of another subscription, and nothing but what came in the same minute.
    let moment = Duration::from_millis(250);
    assert_eq!(later.collect::<Vec<_>>(), [("tea 1.2".into(), moment), ("tea 2.2".into(), moment)]);
}
