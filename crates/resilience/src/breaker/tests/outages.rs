//! A dependency that fails, is slow, or comes and goes, with the figures.

use super::*;

#[test]
fn five_failures_in_a_row_open_it_and_then_nothing_is_tried_for_a_minute() {
    let stage = Stage::new();
    let mail = stage.mail();
    for _ in 0..4 {
        fail(&mail);
    }
    succeed(&mail);
    for _ in 0..4 {
        fail(&mail);
        stage.pass(3_600_000);
    }
    assert_eq!(mail.snapshot().state, CircuitState::Closed);
    fail(&mail);
    let now = mail.snapshot();
    assert_eq!((now.state, now.retry_after), (CircuitState::Open, Some(Duration::from_mins(1))));
    assert_eq!(now.last_failure.unwrap().0.reason.as_ref(), "connection refused");
    for second in 0..60 {
        let refused = mail.admit().unwrap_err();
        assert_eq!(refused.retry_after, Duration::from_secs(60 - second));
        stage.pass(1_000);
    }
    assert_eq!(mail.wait(), None, "asking how long costs no probe");
    assert_eq!(mail.snapshot().totals.refused, 60);
    let told = stage.told.lock().unwrap().clone();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].cause.clone(), told[0].to), (Cause::FailuresInARow(5), CircuitState::Open));
    assert_eq!(told[0].failure.as_deref(), Some("connection refused"));
}

#[test]
fn half_of_twenty_calls_failing_within_thirty_seconds_opens_it() {
    let stage = Stage::new();
    let mail = stage.mail();
    for n in 0..19 {
        end(&mail, n % 2 == 0);
        stage.pass(1_000);
    }
    assert_eq!(mail.snapshot().window, Counts { calls: 19, failures: 10 });
    assert_eq!(mail.snapshot().state, CircuitState::Closed, "19 calls are too few to tell");
    fail(&mail);
    let told = stage.told.lock().unwrap().clone();
    assert_eq!(told[0].cause, Cause::ShareOfFailures(Counts { calls: 20, failures: 11 }));
}

#[test]
fn fewer_than_half_or_longer_ago_do_not_open_it() {
    let stage = Stage::new();
    let mail = stage.mail();
    for n in 0..3_000 {
        end(&mail, n % 3 == 0);
        stage.pass(97);
    }
    let rare = stage.circuits.of("rare", BreakerSettings::default());
    for n in 0..1_000 {
        end(&rare, n % 2 == 0);
        stage.pass(1_600);
    }
    assert_eq!(rare.snapshot().window.calls, 18);
    assert!(stage.changes().is_empty(), "{:?}", stage.changes());
}

#[test]
fn three_probes_and_no_more_then_it_closes() {
    let stage = Stage::new();
    let mail = stage.mail();
    (0..5).for_each(|_| fail(&mail));
    stage.pass(60_000);
    let probes: Vec<Permit> = (0..3).map(|_| mail.admit().unwrap()).collect();
    for _ in 0..100 {
        assert_eq!(mail.admit().unwrap_err().retry_after, Duration::from_secs(1));
        stage.pass(50);
    }
    assert_eq!(mail.snapshot().state, CircuitState::HalfOpen);
    let mut probes = probes.into_iter();
    probes.next().unwrap().succeeded();
    probes.next().unwrap().succeeded();
    assert!(mail.admit().is_err(), "three are let through, not three at a time");
    probes.next().unwrap().succeeded();
    assert_eq!(mail.snapshot().state, CircuitState::Closed);
    assert_eq!(stage.changes(), ["closed>open", "open>half_open", "half_open>closed"]);
    assert_eq!(mail.snapshot().window.calls, 0, "it begins without a past");
}

#[test]
fn one_probe_that_fails_opens_it_for_another_minute() {
    let stage = Stage::new();
    let mail = stage.mail();
    (0..5).for_each(|_| fail(&mail));
    stage.pass(60_000);
    let late = mail.admit().unwrap();
    succeed(&mail);
    fail(&mail);
    assert_eq!(mail.wait(), Some(Duration::from_mins(1)));
    stage.pass(30_000);
    late.succeeded();
    assert_eq!(mail.wait(), Some(Duration::from_secs(30)), "a late probe says nothing");
    stage.pass(30_000);
    (0..3).for_each(|_| succeed(&mail));
    assert_eq!(mail.snapshot().state, CircuitState::Closed);
}

#[test]
fn a_probe_that_is_cancelled_gives_its_place_back() {
    let stage = Stage::new();
    let mail = stage.mail();
    (0..5).for_each(|_| fail(&mail));
    stage.pass(60_000);
    for _ in 0..1_000 {
        drop(mail.admit().unwrap());
    }
    let held: Vec<Permit> = (0..3).map(|_| mail.admit().unwrap()).collect();
    assert!(mail.admit().is_err());
    drop(held);
    (0..3).for_each(|_| succeed(&mail));
    let now = mail.snapshot();
    assert_eq!((now.state, now.running, now.totals.uncounted), (CircuitState::Closed, 0, 1_003));
}

#[test]
fn a_failing_dependency_costs_five_calls_and_then_one_a_minute() {
    let stage = Stage::new();
    let mail = stage.mail();
    let mut made = Vec::new();
    // Ten attempts a second for ten minutes.
    for _ in 0..6_000 {
        if let Ok(permit) = mail.admit() {
            made.push(stage.now());
            permit.failed("down");
        }
        stage.pass(100);
    }
    let expected = [0, 100, 200, 300, 400].into_iter();
    let expected: Vec<u64> = expected.chain((1..10).map(|minute| 400 + minute * 60_000)).collect();
    assert_eq!(made, expected);
}

#[test]
fn a_flapping_dependency_is_left_alone_for_most_of_the_time() {
    let stage = Stage::new();
    let mail = stage.mail();
    let (mut made, mut failed) = (0, 0);
    // Four seconds up, three seconds down, ten attempts a second, for an hour.
    for _ in 0..36_000 {
        if let Ok(permit) = mail.admit() {
            made += 1;
            if stage.now() % 7_000 < 4_000 {
                permit.succeeded();
            } else {
                failed += 1;
                permit.failed("down");
            }
        }
        stage.pass(100);
    }
    // Of more than 15,000 attempts that would have.
    assert!(failed < 300, "{failed} of {made} calls failed");
    assert!(stage.changes().contains(&"half_open>closed".to_owned()));
}

#[test]
fn what_the_caller_did_wrong_never_counts() {
    let stage = Stage::new();
    let mail = stage.mail();
    for n in 0..10_000 {
        match n % 2 {
            0 => succeed(&mail),
            _ => drop(mail.admit().unwrap()),
        }
    }
    let now = mail.snapshot();
    assert_eq!((now.state, now.totals.failed, now.failures_in_a_row), (CircuitState::Closed, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_slow_dependency_is_cut_off_after_ten_seconds_and_opens_it() {
    let stage = Stage::new();
    let mail = stage.mail();
    let begun = tokio::time::Instant::now();
    for _ in 0..5 {
        let answer = mail
            .call(std::future::pending::<Result<(), std::io::Error>>(), |_| Verdict::Works)
            .await;
        assert!(matches!(answer, Err(CallError::TimedOut(after)) if after.as_secs() == 10));
    }
    assert_eq!(begun.elapsed(), Duration::from_secs(50));
    let answer = mail.call(async { Ok::<_, std::io::Error>(()) }, |_| Verdict::Works).await;
    assert!(matches!(answer, Err(CallError::Open(_))));
    assert_eq!(begun.elapsed(), Duration::from_secs(50), "an open circuit answers at once");
    assert_eq!(mail.snapshot().last_failure.unwrap().0.reason.as_ref(), "no answer within 10 s");
}

#[tokio::test(start_paused = true)]
async fn a_call_counts_as_its_caller_says() {
    let stage = Stage::new();
    let hook = stage.mail();
    let judge = |answer: &Result<u16, std::io::Error>| match answer {
        Ok(status) if *status >= 500 => Verdict::Failed(format!("answered {status}")),
        Ok(_) => Verdict::Works,
        Err(_) => Verdict::Nothing,
    };
    for status in [200, 404, 422, 410, 499] {
        assert_eq!(hook.call(async { Ok(status) }, judge).await.unwrap(), status);
    }
    let wrong = async { Err(std::io::Error::other("no such template")) };
    assert!(matches!(hook.call(wrong, judge).await, Err(CallError::Failed(_))));
    let cancelled = hook.call(std::future::pending(), judge);
    assert!(tokio::time::timeout(Duration::from_secs(1), cancelled).await.is_err());
    let totals = hook.snapshot().totals;
    assert_eq!((totals.succeeded, totals.failed, totals.uncounted), (5, 0, 2));
    for _ in 0..5 {
        hook.call(async { Ok(503) }, judge).await.unwrap();
    }
    assert_eq!(hook.snapshot().state, CircuitState::Open);
}

#[test]
fn a_long_reason_is_cut_between_characters() {
    let stage = Stage::new();
    let mail = stage.mail();
    mail.admit().unwrap().failed(&"ä".repeat(1_000));
    assert_eq!(mail.snapshot().last_failure.unwrap().0.reason.len(), 300);
    mail.admit().unwrap().failed(&("a".to_owned() + &"ä".repeat(1_000)));
    assert_eq!(mail.snapshot().last_failure.unwrap().0.reason.len(), 299);
}
