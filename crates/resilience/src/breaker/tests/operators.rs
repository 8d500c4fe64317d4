//! An operator's word.

use super::*;

#[test]
fn held_open_it_refuses_and_held_closed_it_never_opens() {
    let stage = Stage::new();
    let mail = stage.mail();
    mail.hold(Mode::HeldOpen);
    stage.pass(3_600_000);
    assert!(mail.admit().is_err());
    mail.hold(Mode::HeldClosed);
    (0..100).for_each(|_| fail(&mail));
    let now = mail.snapshot();
    assert_eq!(
        (now.state, now.mode, now.failures_in_a_row),
        (CircuitState::Closed, Mode::HeldClosed, 100)
    );
    mail.hold(Mode::Auto);
    (0..4).for_each(|_| fail(&mail));
    assert_eq!(mail.snapshot().state, CircuitState::Closed, "it begins without a past");
    fail(&mail);
    assert_eq!(mail.snapshot().state, CircuitState::Open);
    assert_eq!(stage.changes(), ["closed>open", "open>closed", "closed>open"]);
    assert_eq!(stage.told.lock().unwrap()[0].cause, Cause::Operator);
    assert_eq!(stage.told.lock().unwrap()[0].failure, None);
}

#[test]
fn letting_it_decide_when_it_does_changes_nothing() {
    let stage = Stage::new();
    let mail = stage.mail();
    (0..5).for_each(|_| fail(&mail));
    mail.hold(Mode::Auto);
    assert_eq!(mail.snapshot().state, CircuitState::Open);
    mail.hold(Mode::HeldOpen);
    assert_eq!(
        stage.changes(),
        ["closed>open"],
        "open by word or by itself is the same to callers"
    );
    mail.hold(Mode::Auto);
    assert_eq!(mail.snapshot().state, CircuitState::Closed);
}

#[test]
fn calls_from_before_an_operators_word_change_nothing_after_it() {
    let stage = Stage::new();
    let mail = stage.mail();
    let permits: Vec<Permit> = (0..5).map(|_| mail.admit().unwrap()).collect();
    mail.hold(Mode::HeldClosed);
    mail.hold(Mode::Auto);
    for permit in permits {
        permit.failed("down");
    }
    let now = mail.snapshot();
    assert_eq!((now.state, now.totals.failed, now.running), (CircuitState::Closed, 5, 0));
}
