use super::*;
use crate::RetryPolicy;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn plan(verdict: Verdict<()>, attempts: u32, conflicts: u32) -> Plan<()> {
    verdict.plan(attempts, conflicts, NOW, &RetryPolicy::policy().0, 1.0)
}

fn failed() -> Verdict<()> {
    Verdict::Failed { error: "x".to_owned(), after: None }
}

fn after(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

#[test]
fn a_failure_counts_and_waits_longer_each_time() {
    assert_eq!(plan(failed(), 0, 0).step, Step::Retry { attempts: 1, conflicts: 0, due: after(1) });
    assert_eq!(plan(failed(), 1, 3).step, Step::Retry { attempts: 2, conflicts: 0, due: after(3) });
}

#[test]
fn the_last_failure_is_a_dead_letter() {
    let plan = plan(failed(), 5, 0);
    assert_eq!(plan.step, Step::Die { attempts: 6 });
    assert!(matches!(plan.outcome, Outcome::Dead(Failure { attempts: 6, .. })));
}

#[test]
fn a_wait_that_the_receiver_asks_for_replaces_the_backoff() {
    let verdict = Verdict::Failed { error: "x".to_owned(), after: Some(Duration::from_mins(1)) };
    assert_eq!(plan(verdict, 0, 0).step, Step::Retry { attempts: 1, conflicts: 0, due: after(60) });
}

#[test]
fn a_wait_beyond_the_calendar_is_the_end_of_it() {
    let verdict = Verdict::Failed { error: "x".to_owned(), after: Some(Duration::MAX) };
    assert_eq!(
        plan(verdict, 0, 0).step,
        Step::Retry { attempts: 1, conflicts: 0, due: Timestamp::MAX }
    );
}

#[test]
fn a_conflict_is_free_seven_times_and_the_eighth_is_an_attempt() {
    assert_eq!(
        plan(Verdict::Conflict, 2, 0).step,
        Step::Retry { attempts: 2, conflicts: 1, due: NOW }
    );
    assert_eq!(
        plan(Verdict::Conflict, 2, 6).step,
        Step::Retry { attempts: 2, conflicts: 7, due: NOW }
    );
    assert_eq!(
        plan(Verdict::Conflict, 2, 7).step,
        Step::Retry { attempts: 3, conflicts: 0, due: after(9) }
    );
    assert_eq!(plan(Verdict::Conflict, 5, 7).step, Step::Die { attempts: 6 });
}

#[test]
fn a_refused_commit_is_a_conflict_and_says_so_beforehand() {
    let plan = plan(Verdict::Commit(()), 2, 0);
    assert_eq!(plan.step, Step::Pass);
    assert_eq!(plan.refused, Step::Retry { attempts: 2, conflicts: 1, due: NOW });
    let Outcome::Commit { or_else, .. } = plan.outcome else { panic!("{:?}", plan.outcome) };
    assert_eq!((or_else.attempts, or_else.due), (2, NOW));
}

#[test]
fn an_error_is_told_with_all_its_sources() {
    let inner = std::io::Error::other("disk is full");
    let outer = HandlerError::failed(HandlerError::failed(inner));
    assert_eq!(chain(&outer), "the handler failed: disk is full");
}
