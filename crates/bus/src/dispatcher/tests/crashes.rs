//! A crash at every step: the n-th call of the ledger fails or never returns, before or after it happened, for every n
//! until a run gets through without meeting it.

use std::{sync::Arc, time::Duration};

use tokio::sync::Notify;

use super::support::*;
use crate::{
    EffectOutcome, Subscription,
    testing::{Fault, MemoryCommit, RowState},
};

/// A policy that fails now and then, one that publishes, and an effect that fails now and then.
fn cast(calls: &Counts) -> Vec<Subscription<MemoryCommit>> {
    let (tea, mail) = (calls.clone(), calls.clone());
    let tea = policy(any("tea"), move |event| match event.position % 5 {
        _ if tea.add(format!("tea {}", event.position)) > 1 => commit(event),
        0 => fail(),
        1 => Ok(None),
        _ => commit(event),
    });
    let brew = policy(crate::SubscriptionSpec::new("brew").on_type("KETTLE_BOILED"), |event| {
        let events = vec![typed("TEA_BREWED", event.subject.id().as_u128())];
        Ok(Some(MemoryCommit { events, ..MemoryCommit::labelled(label(event)) }))
    });
    let mail =
        effect(crate::SubscriptionSpec::new("mail").on_type("KETTLE_BOILED"), move |event, key| {
            let count = mail.add(key);
            if count == 1 && event.position.is_multiple_of(2) {
                return EffectOutcome::Retry { after: None, error: "line is busy".into() };
            }
            EffectOutcome::Done
        });
    vec![tea, brew, mail]
}

/// Runs until nothing is owed any more.
async fn settle_all(world: &World, calls: &Counts) {
    let dispatcher = world.start(cast(calls)).await;
    for _ in 0..12 {
        dispatcher.idle().await;
        world.clock.advance(Duration::from_hours(24));
    }
    dispatcher.shutdown(Duration::from_secs(1)).await;
}

fn check(world: &World, calls: &Counts, case: &str) {
    let log = world.ledger.log();
    assert_eq!(log.len(), 16, "{case}: each of 8 events causes one other");
    for name in ["tea", "brew"] {
        let applied: Vec<_> =
            world.ledger.applied().into_iter().filter(|a| a.subscription == name).collect();
        let mut ids: Vec<_> = applied.iter().map(|a| a.event_id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), applied.len(), "{case}: {name} made a commit twice");
        for subject in [1, 2, 3] {
            let versions: Vec<u64> = applied
                .iter()
                .filter_map(|a| a.label.strip_prefix(&format!("{subject}."))?.parse().ok())
                .collect();
            assert!(
                versions.is_sorted(),
                "{case}: {name} handled {subject} out of order: {versions:?}"
            );
        }
        // "tea" has nothing to do for some events; all others have their commit.
        let wanted = log.iter().filter(|event| match name {
            "brew" => &*event.event_type == "KETTLE_BOILED",
            _ => event.position % 5 != 1,
        });
        for event in wanted {
            assert!(ids.contains(&event.id), "{case}: {name} lost position {}", event.position);
        }
        assert_eq!(world.ledger.cursor(name), Some(16), "{case}");
    }
    for event in log.iter().filter(|event| &*event.event_type == "KETTLE_BOILED") {
        assert!(
            calls.of(&format!("mail:{}", event.id)) >= 1,
            "{case}: no mail for {}",
            event.position
        );
    }
    for name in ["tea", "brew", "mail"] {
        let owed: Vec<_> =
            world.ledger.rows(name).into_iter().filter(|row| row.state != RowState::Done).collect();
        assert!(owed.is_empty(), "{case}: {name} still owes {owed:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn g4_a_policy_commits_exactly_once_and_nothing_is_lost_whatever_step_crashes() {
    for fault in [Fault::CrashBefore, Fault::CrashAfter, Fault::Error, Fault::ErrorAfter] {
        for step in 1.. {
            let (world, calls, crashed) =
                (World::default(), Counts::default(), Arc::new(Notify::new()));
            world.publish([1, 2, 1, 3, 1, 2, 1, 1]);
            let (counter, crash) = (Counts::default(), Arc::clone(&crashed));
            let count = counter.clone();
            world.ledger.on_call(move |_| {
                if count.add("call") != step {
                    return Fault::None;
                }
                crash.notify_one();
                fault
            });
            // Where the process dies, the dispatcher is dropped; an error it must survive by itself.
            let died = tokio::select! {
                () = crashed.notified(), if matches!(fault, Fault::CrashBefore | Fault::CrashAfter) => true,
                () = async {
                    let Ok(dispatcher) = world.try_start(cast(&calls)).await else { return };
                    for _ in 0..4 {
                        dispatcher.idle().await;
                        world.clock.advance(Duration::from_hours(24));
                    }
                } => false,
            };
            let through = counter.of("call") < step;
            assert!(died || through || matches!(fault, Fault::Error | Fault::ErrorAfter));
            world.ledger.heal();
            settle_all(&world, &calls).await;
            check(&world, &calls, &format!("{fault:?} at call {step}"));
            if through {
                assert!(step > 20, "only {step} steps were crashed");
                break;
            }
        }
    }
}
