//! The expansion of recurrences against an oracle, python-dateutil, over thousands of random rules in
//! zones whose clocks change: by an hour, by half an hour, at midnight, in the southern summer.
//!
//! `RISHI_TEST_SEED` sets another seed than 1, `RISHI_ORACLE_RULES` another number of rules.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rishi_domain::recurrence::{Occurrence, Rule, Span, SpanError};
use rishi_domain::time::TimeRange;
use serde::{Deserialize, Serialize};

const ZONES: [&str; 10] = [
    "America/Denver",
    "America/New_York",
    "America/St_Johns",
    "America/Santiago",
    "Europe/Berlin",
    "Europe/Dublin",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Asia/Kathmandu",
    "UTC",
];

#[derive(Debug, Serialize)]
struct Case {
    start: DateTime,
    end: DateTime,
    zone: &'static str,
    rule: String,
    exceptions: Vec<DateTime>,
    from: Timestamp,
    to: Timestamp,
}

/// Local start, start and end as seconds since 1970.
#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Found(DateTime, i64, i64);

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A few different ones of `all`, separated by commas.
fn some<T: std::fmt::Display>(rng: &mut StdRng, all: &[T], most: usize) -> String {
    let count = rng.random_range(1..=most);
    let chosen: Vec<String> = all.choose_multiple(rng, count).map(T::to_string).collect();
    chosen.join(",")
}

const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// A rule that has occurrences for sure, and about how many days lie between two of them.
fn rule(rng: &mut StdRng) -> (Vec<String>, i64) {
    let interval = rng.random_range(1..=4);
    let days: Vec<i8> = (1..=28).chain(-28..=-1).collect();
    let numbered: Vec<String> =
        DAYS.iter().flat_map(|day| ["1", "2", "-1", "+3"].map(|n| format!("{n}{day}"))).collect();
    let months: Vec<u8> = (1..=12).collect();
    let hours: Vec<u8> = (0..=23).collect();
    let (pattern, mut pace) = match rng.random_range(0..12) {
        0 => (format!("FREQ=HOURLY;INTERVAL={interval}"), 0),
        1 => (format!("FREQ=HOURLY;BYHOUR={}", some(rng, &hours, 5)), 0),
        2 | 3 => (format!("FREQ=DAILY;INTERVAL={interval}"), 4),
        4 => (
            format!("FREQ=DAILY;BYDAY={};BYMONTH={}", some(rng, &DAYS, 4), some(rng, &months, 6)),
            30,
        ),
        5 | 6 => (format!("FREQ=WEEKLY;INTERVAL={interval};BYDAY={}", some(rng, &DAYS, 4)), 28),
        7 => (format!("FREQ=MONTHLY;INTERVAL={interval};BYMONTHDAY={}", some(rng, &days, 3)), 120),
        8 => (format!("FREQ=MONTHLY;INTERVAL={interval};BYDAY={}", some(rng, &numbered, 3)), 120),
        9 => {
            let position = some(rng, &[1, 2, -1], 2);
            (format!("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS={position}"), 30)
        }
        10 => {
            let text = match rng.random_range(0..3) {
                0 => format!("BYMONTH={};BYDAY={}", some(rng, &months, 3), some(rng, &numbered, 2)),
                1 => format!("BYYEARDAY={}", some(rng, &[1, 60, 67, 100, 305, 306, -1, -60], 3)),
                _ => format!(
                    "BYWEEKNO={};BYDAY={}",
                    some(rng, &[1, 10, 20, 44, 52], 3),
                    some(rng, &DAYS, 2)
                ),
            };
            (format!("FREQ=YEARLY;{text}"), 365)
        }
        _ => (format!("FREQ=YEARLY;INTERVAL={interval}"), 1_460),
    };
    let mut parts = vec![pattern];
    if rng.random_bool(0.2) {
        parts.push(format!("WKST={}", some(rng, &DAYS, 1)));
    }
    if pace > 0 && rng.random_bool(0.2) {
        parts.push(format!("BYHOUR={}", some(rng, &hours, 3)));
    }
    if rng.random_bool(0.1) {
        parts.push(format!("BYMINUTE={}", rng.random_range(0..60)));
        pace += 1;
    }
    (parts, pace)
}

/// A day on which the clock of a zone changes, or any day of a zone whose clock never does.
fn change(rng: &mut StdRng, zone: &TimeZone) -> Date {
    let year = rng.random_range(2010..2035);
    let begin = Date::constant(year, 1, 1).to_zoned(zone.clone()).unwrap().timestamp();
    let changes: Vec<Timestamp> =
        zone.following(begin).take(2).map(|change| change.timestamp()).collect();
    let instant = changes.choose(rng).copied().unwrap_or(begin);
    instant.to_zoned(zone.clone()).date()
}

fn case(rng: &mut StdRng) -> Case {
    let zone = *ZONES.choose(rng).unwrap();
    let clock = rishi_domain::time::zone(zone).unwrap();
    let (mut rule, pace) = rule(rng);
    let changed = change(rng, &clock);
    // Not so far before the change that dateutil would count for long, but often far enough that
    // the expansion does not begin at the start.
    let days_before = match pace {
        0 => rng.random_range(0..60),
        1..=60 => rng.random_range(0..800),
        _ => rng.random_range(0..4_000),
    };
    let day = changed.checked_sub(jiff::Span::new().days(days_before)).unwrap();
    // Nights are when clocks change.
    let hour = if rng.random_bool(0.7) { rng.random_range(0..4) } else { rng.random_range(4..24) };
    let start = day.at(hour, *[0, 15, 30, 45].choose(rng).unwrap(), 0, 0);
    let minutes = *[15, 60, 150, 480, 1_440, 2_880].choose(rng).unwrap();
    let mut end = start.checked_add(jiff::Span::new().minutes(minutes)).unwrap();
    let instant = |local: DateTime| clock.to_timestamp(local).unwrap();
    if instant(end) <= instant(start) {
        // A start in a gap has moved behind the end.
        end = end.checked_add(jiff::Span::new().hours(2)).unwrap();
    }
    let ending = changed.at(hour, 30, 0, 0);
    if ending > start {
        match rng.random_range(0..6) {
            0 => rule.push(format!("COUNT={}", rng.random_range(1..400))),
            1 => rule.push(format!("UNTIL={}", ending.strftime("%Y%m%dT%H%M%S"))),
            2 => rule.push(format!("UNTIL={}", instant(ending).strftime("%Y%m%dT%H%M%SZ"))),
            _ => {}
        }
    }
    let before = SignedDuration::from_hours(rng.random_range(0..24 * (pace + 4)));
    let after = SignedDuration::from_hours(rng.random_range(1..24 * (pace + 4)));
    let middle = instant(changed.at(2, 0, 0, 0));
    Case {
        start,
        end,
        zone,
        rule: rule.join(";"),
        exceptions: Vec::new(),
        from: middle - before,
        to: middle + after,
    }
}

fn found(case: &Case) -> Option<Vec<Found>> {
    let rule = Rule::parse(&case.rule).unwrap_or_else(|error| panic!("{case:?}: {error}"));
    let made = Span::new(case.start, case.end, case.zone, Some(&rule), &case.exceptions);
    let span = match made {
        Ok(span) => span,
        // An end before the first match.
        Err(SpanError::Never) => return None,
        Err(error) => panic!("{case:?}: {error}"),
    };
    let range = TimeRange::new(case.from, case.to).unwrap();
    let occurrences = span.overlapping(&range);
    let row =
        |one: &Occurrence| Found(one.local, one.range.start.as_second(), one.range.end.as_second());
    Some(occurrences.iter().map(row).collect())
}

/// What the oracle says, one line each.
fn oracle(cases: &[Case]) -> Vec<Vec<Found>> {
    let python = workspace().join(".venv/bin/python");
    assert!(python.exists(), "no Python at {}: run `make deps`", python.display());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recurrence_oracle.py");
    let mut child = Command::new(python)
        .arg(script)
        // The zones of the package tzdata, whatever the machine has.
        .env("PYTHONTZPATH", "")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let lines: Vec<String> =
        cases.iter().map(|case| serde_json::to_string(case).unwrap()).collect();
    let writer = std::thread::spawn(move || input.write_all(lines.join("\n").as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success(), "the oracle failed");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

#[test]
fn thousands_of_random_rules_expand_as_python_dateutil_expands_them() {
    let mut rng = StdRng::seed_from_u64(number("RISHI_TEST_SEED", 1));
    let mut cases: Vec<Case> =
        (0..number("RISHI_ORACLE_RULES", 4_000)).map(|_| case(&mut rng)).collect();
    // Some of what is found becomes an exception.
    for case in &mut cases {
        if rng.random_bool(0.3)
            && let Some(rows) = found(case)
        {
            case.exceptions = rows.choose_multiple(&mut rng, 2).map(|row| row.0).collect();
        }
    }
    let expected = oracle(&cases);
    assert_eq!(expected.len(), cases.len());
    let (mut occurrences, mut moved, mut never) = (0, 0, 0);
    for (case, expected) in cases.iter().zip(&expected) {
        let Some(found) = found(case) else {
            never += 1;
            assert!(expected.is_empty(), "{case:?} is said to have no occurrence: {expected:?}");
            continue;
        };
        assert_eq!(&found, expected, "{case:#?}");
        occurrences += found.len();
        let clock = rishi_domain::time::zone(case.zone).unwrap();
        let skipped =
            |row: &&Found| clock.to_datetime(Timestamp::from_second(row.1).unwrap()) != row.0;
        moved += found.iter().filter(skipped).count();
    }
    // The cases are worth something: many occurrences, some in gaps, few rules that never match.
    assert!(occurrences > 5 * cases.len(), "{occurrences} occurrences");
    assert!(moved > cases.len() / 80, "{moved} in gaps");
    assert!(never < cases.len() / 20, "{never} without any");
}
