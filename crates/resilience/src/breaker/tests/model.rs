//! Whatever happens in whatever order: the guarantees.

use std::collections::VecDeque;

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Step {
    Ask,
    Succeed,
    Fail,
    Cancel,
    Pass(u64),
    Hold(Mode),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => Just(Step::Ask),
        3 => Just(Step::Succeed),
        4 => Just(Step::Fail),
        1 => Just(Step::Cancel),
        2 => (0_u64..5_000).prop_map(Step::Pass),
        1 => (0_u64..90_000).prop_map(Step::Pass),
        1 => prop_oneof![Just(Mode::Auto), Just(Mode::HeldOpen), Just(Mode::HeldClosed)]
            .prop_map(Step::Hold),
    ]
}

proptest! {
    #[test]
    fn never_more_than_three_probes_and_every_permit_is_accounted_for(
        steps in prop::collection::vec(step(), 1..400),
    ) {
        let stage = Stage::new();
        let mail = stage.mail();
        // With each permit, how often things had changed when it was given.
        let mut running: VecDeque<(usize, Permit)> = VecDeque::new();
        let (mut given, mut probes, mut holds) = (0_u64, 0, 0);
        for step in steps {
            let changes = stage.changes().len();
            match step {
                Step::Ask => {
                    let expected = mail.wait();
                    match mail.admit() {
                        Ok(permit) => {
                            prop_assert_eq!(expected, None);
                            prop_assert_ne!(mail.snapshot().state, CircuitState::Open);
                            if stage.changes().len() > changes {
                                probes = 0;
                            }
                            probes += 1;
                            if mail.snapshot().state == CircuitState::HalfOpen {
                                prop_assert!(probes <= 3, "{probes} probes");
                            }
                            running.push_back((stage.changes().len() + holds, permit));
                            given += 1;
                        }
                        Err(refused) => prop_assert_eq!(expected, Some(refused.retry_after)),
                    }
                }
                Step::Succeed => {
                    if let Some((_, permit)) = running.pop_front() {
                        permit.succeeded();
                    }
                }
                Step::Fail => {
                    if let Some((_, permit)) = running.pop_front() {
                        permit.failed("down");
                    }
                }
                Step::Cancel => {
                    if running.pop_back().is_some_and(|(epoch, _)| epoch == changes + holds) {
                        probes -= 1;
                    }
                }
                Step::Pass(millis) => stage.pass(millis),
                Step::Hold(mode) => {
                    // Saying what is so already changes nothing: probes stay probes.
                    holds += usize::from(mail.snapshot().mode != mode);
                    mail.hold(mode);
                }
            }
            let now = mail.snapshot();
            prop_assert_eq!(now.running as usize, running.len());
            let totals = now.totals;
            let ended = totals.succeeded + totals.failed + totals.uncounted;
            prop_assert_eq!(given, ended + u64::from(now.running));
            match now.mode {
                Mode::Auto => {}
                Mode::HeldOpen => prop_assert_eq!(now.state, CircuitState::Open),
                Mode::HeldClosed => prop_assert_eq!(now.state, CircuitState::Closed),
            }
        }
        // Once everything has ended and time has passed, it lets calls through again.
        running.clear();
        mail.hold(Mode::Auto);
        stage.pass(60_000);
        for _ in 0..3 {
            mail.admit().unwrap().succeeded();
        }
        prop_assert_eq!(mail.snapshot().state, CircuitState::Closed);
        // What was told is one story: each change begins where the one before ended.
        let told = stage.told.lock().unwrap();
        for pair in told.windows(2) {
            prop_assert_eq!(pair[0].to, pair[1].from);
            prop_assert!(pair[0].at <= pair[1].at);
        }
    }
}
