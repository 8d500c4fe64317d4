//! What a rule means around changes of the clock, and which rules are taken.

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::{Rule, RuleError, Span, SpanError};
use crate::time::TimeRange;

const DENVER: &str = "America/Denver";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn local(text: &str) -> DateTime {
    text.parse().unwrap()
}

fn range(from: &str, to: &str) -> TimeRange {
    TimeRange::new(at(from), at(to)).unwrap()
}

fn rule(text: &str) -> Rule {
    Rule::parse(text).unwrap()
}

fn recurring(start: &str, end: &str, zone: &str, text: &str) -> Span {
    Span::new(local(start), local(end), zone, Some(&rule(text)), &[]).unwrap()
}

/// `start/end` in UTC, without seconds.
fn shown(span: &Span, from: &str, to: &str) -> Vec<String> {
    let found = span.overlapping(&range(from, to));
    let show = |one: &super::Occurrence| {
        let [start, end] =
            [one.range.start, one.range.end].map(|t| t.strftime("%dT%H:%M").to_string());
        format!("{start}/{end}")
    };
    found.iter().map(show).collect()
}

#[test]
fn nine_o_clock_stays_nine_o_clock_when_the_clocks_change() {
    let span = recurring("2026-03-06T09:00:00", "2026-03-06T17:00:00", DENVER, "FREQ=DAILY");
    let days = shown(&span, "2026-03-07T00:00:00Z", "2026-03-09T20:00:00Z");
    // The 8th has 23 hours in Denver.
    assert_eq!(days, ["07T16:00/08T00:00", "08T15:00/08T23:00", "09T15:00/09T23:00"]);
}

#[test]
fn in_a_gap_the_start_moves_forward_and_the_duration_stays() {
    let span = recurring("2026-03-07T02:30:00", "2026-03-07T04:00:00", DENVER, "FREQ=DAILY");
    let days = shown(&span, "2026-03-07T00:00:00Z", "2026-03-10T00:00:00Z");
    // 02:30 of the 8th does not exist and becomes 03:30 (09:30Z): still an hour and a half.
    assert_eq!(days, ["07T09:30/07T11:00", "08T09:30/08T11:00", "09T08:30/09T10:00"]);
}

#[test]
fn in_a_fold_the_first_instance_counts() {
    let span = recurring("2026-10-31T01:30:00", "2026-10-31T02:30:00", DENVER, "FREQ=DAILY");
    let days = shown(&span, "2026-10-31T00:00:00Z", "2026-11-03T00:00:00Z");
    // 01:30 of the 1st comes twice, at 07:30Z and 08:30Z; the hour from the first ends at 01:30.
    assert_eq!(days, ["31T07:30/31T08:30", "01T07:30/01T08:30", "02T08:30/02T09:30"]);
}

#[test]
fn a_single_day_of_23_or_25_hours_is_as_long_as_it_is() {
    let day = |date: &str, next: &str| {
        Span::new(local(date), local(next), DENVER, None, &[]).unwrap().elapsed().as_hours()
    };
    assert_eq!(day("2026-03-08T00:00:00", "2026-03-09T00:00:00"), 23);
    assert_eq!(day("2026-11-01T00:00:00", "2026-11-02T00:00:00"), 25);
    assert_eq!(day("2026-07-01T00:00:00", "2026-07-02T00:00:00"), 24);
}

#[test]
fn occurrences_that_fall_together_in_a_gap_are_one() {
    let span = recurring("2026-03-08T00:30:00", "2026-03-08T00:45:00", DENVER, "FREQ=HOURLY");
    let night = shown(&span, "2026-03-08T07:00:00Z", "2026-03-08T11:00:00Z");
    assert_eq!(
        night,
        ["08T07:30/08T07:45", "08T08:30/08T08:45", "08T09:30/08T09:45", "08T10:30/08T10:45"]
    );
}

#[test]
fn an_exception_is_named_by_the_local_start_that_the_rule_makes() {
    let gap = local("2026-03-08T02:30:00");
    let start = local("2026-03-07T02:30:00");
    let span =
        Span::new(start, local("2026-03-07T04:00:00"), DENVER, Some(&rule("FREQ=DAILY")), &[gap]);
    let days = shown(&span.unwrap(), "2026-03-07T00:00:00Z", "2026-03-10T00:00:00Z");
    assert_eq!(days, ["07T09:30/07T11:00", "09T08:30/09T10:00"]);
}

#[test]
fn an_occurrence_overlaps_half_open() {
    let span = recurring("2026-07-01T09:00:00", "2026-07-01T10:00:00", "UTC", "FREQ=DAILY");
    let hour = ["01T09:00/01T10:00"];
    assert_eq!(shown(&span, "2026-07-01T09:59:59Z", "2026-07-01T12:00:00Z"), hour);
    assert!(shown(&span, "2026-07-01T10:00:00Z", "2026-07-02T09:00:00Z").is_empty());
    assert_eq!(shown(&span, "2026-07-01T08:00:00Z", "2026-07-01T09:00:01Z"), hour);
}

#[test]
fn an_end_in_utc_is_an_instant_and_an_end_by_day_takes_that_day_in() {
    let ends = |until: &str| {
        let text = format!("FREQ=DAILY;UNTIL={until}");
        let span = recurring("2026-10-30T01:30:00", "2026-10-30T02:00:00", DENVER, &text);
        span.overlapping(&range("2026-10-01T00:00:00Z", "2026-12-01T00:00:00Z")).len()
    };
    // 01:30 on the first of November is 07:30Z, although the clock shows 01:00 again at 08:00Z.
    assert_eq!(ends("20261101T080000Z"), 3);
    assert_eq!(ends("20261101T072959Z"), 2);
    assert_eq!(ends("20261101T013000"), 3);
    assert_eq!(ends("20261101T012959"), 2);
    assert_eq!(ends("20261101"), 3);
}

#[test]
fn a_rule_that_never_ends_is_expanded_where_it_is_asked_about() {
    let span =
        recurring("1971-01-04T09:00:00", "1971-01-04T10:00:00", "UTC", "FREQ=WEEKLY;INTERVAL=2");
    assert_eq!(
        shown(&span, "2190-01-01T00:00:00Z", "2190-02-01T00:00:00Z"),
        ["11T09:00/11T10:00", "25T09:00/25T10:00"]
    );
    let monthly =
        recurring("1971-01-31T09:00:00", "1971-01-31T10:00:00", "UTC", "FREQ=MONTHLY;INTERVAL=2");
    assert_eq!(
        shown(&monthly, "2026-01-01T00:00:00Z", "2026-12-31T00:00:00Z"),
        ["31T09:00/31T10:00", "31T09:00/31T10:00", "31T09:00/31T10:00", "31T09:00/31T10:00"],
        "January, March, May and July have a 31st; September and November do not"
    );
}

#[test]
fn a_rule_that_matches_nothing_is_refused_and_does_not_run_away() {
    for never in [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;INTERVAL=24;BYHOUR=5",
        "FREQ=DAILY;UNTIL=20200101",
    ] {
        let (start, end) = (local("2026-01-01T09:00:00"), local("2026-01-01T10:00:00"));
        let refused = Span::new(start, end, "UTC", Some(&rule(never)), &[]).unwrap_err();
        assert_eq!(refused, SpanError::Never, "{never}");
    }
}

#[test]
fn what_would_repeat_within_the_hour_or_is_no_rule_is_refused() {
    let cases = [
        ("FREQ=SECONDLY", RuleError::Frequency),
        ("FREQ=MINUTELY;INTERVAL=90", RuleError::Frequency),
        ("INTERVAL=2", RuleError::Frequency),
        ("FREQ=DAILY;BYMINUTE=0,30", RuleError::WithinTheHour),
        ("FREQ=DAILY;BYSECOND=1", RuleError::Unsupported("BYSECOND".to_owned())),
        ("FREQ=DAILY;BYEASTER=1", RuleError::Unsupported("BYEASTER".to_owned())),
        ("FREQ=DAILY;COUNT=0", RuleError::Count),
        ("FREQ=DAILY;COUNT=3661", RuleError::Count),
        ("FREQ=DAILY;INTERVAL=0", RuleError::Interval),
        ("FREQ=DAILY;INTERVAL=1001", RuleError::Interval),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270101", RuleError::TwoEnds),
        ("FREQ=DAILY;UNTIL=tomorrow", RuleError::Until),
        ("FREQ=DAILY;UNTIL=20270230", RuleError::Until),
        ("FREQ=MONTHLY;BYMONTHDAY=1,0", RuleError::Zero("BYMONTHDAY".to_owned())),
        ("FREQ=WEEKLY;BYDAY=2MO", RuleError::NumberedDay),
        ("FREQ=YEARLY;BYWEEKNO=3;BYDAY=2MO", RuleError::NumberedDay),
        ("FREQ=DAILY;FREQ=WEEKLY", RuleError::Repeated("FREQ".to_owned())),
        ("RRULE:FREQ=DAILY", RuleError::Malformed("RRULE:FREQ=DAILY".to_owned())),
        ("FREQ=DAILY;", RuleError::Malformed(String::new())),
        (
            "FREQ=DAILY\nEXRULE:FREQ=DAILY",
            RuleError::Malformed("FREQ=DAILY\nEXRULE:FREQ=DAILY".to_owned()),
        ),
    ];
    for (text, refusal) in cases {
        assert_eq!(Rule::parse(text).unwrap_err(), refusal, "{text:?}");
    }
    assert_eq!(Rule::parse(&"X".repeat(501)), Err(RuleError::TooLong));
}

#[test]
fn values_out_of_range_are_refused_where_the_rule_meets_its_start() {
    for text in [
        "FREQ=DAILY;BYHOUR=24",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=WEEKLY;BYMONTHDAY=1",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=MONTHLY;BYWEEKNO=3",
        "FREQ=DAILY;BYHOUR=1,,2",
    ] {
        let (start, end) = (local("2026-01-01T09:00:00"), local("2026-01-01T10:00:00"));
        let refused = Span::new(start, end, "UTC", Some(&rule(text)), &[]).unwrap_err();
        assert_eq!(refused.code(), "invalid_recurrence", "{text}: {refused}");
    }
}

#[test]
fn an_end_that_the_clock_puts_before_the_start_is_refused() {
    let ends = |start: &str, end: &str| {
        Span::new(local(start), local(end), DENVER, None, &[]).map(|span| span.elapsed().as_mins())
    };
    // 02:15 does not exist that day and becomes 03:15.
    assert_eq!(
        ends("2026-03-08T02:15:00", "2026-03-08T03:05:00"),
        Err(SpanError::EndNotAfterStart)
    );
    assert_eq!(ends("2026-03-08T02:15:00", "2026-03-08T03:20:00"), Ok(5));
    assert_eq!(
        ends("2026-07-01T09:00:00", "2026-07-01T09:00:00"),
        Err(SpanError::EndNotAfterStart)
    );
    assert_eq!(ends("2026-07-01T09:00:00", "2027-07-03T09:00:00"), Err(SpanError::TooLong));
    assert_eq!(ends("1969-12-31T09:00:00", "1969-12-31T10:00:00"), Err(SpanError::Start));
}

#[test]
fn a_rule_reads_back_what_it_writes() {
    for text in [
        "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10",
        "FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20271231T235959",
        "FREQ=DAILY;INTERVAL=3;UNTIL=20271231T090000Z",
        "FREQ=YEARLY",
    ] {
        let read = rule(text);
        assert_eq!(read.to_string(), text);
        assert_eq!(rule(&read.to_string()), read);
    }
    assert_eq!(rule("count=2;freq=daily").to_string(), "FREQ=DAILY;COUNT=2");
}

#[test]
fn parting_a_span_loses_and_doubles_nothing() {
    let whole_year = range("2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z");
    for text in [
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR",
        "FREQ=DAILY;COUNT=40",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;UNTIL=20270601T000000Z",
    ] {
        let (start, end) = ("2026-01-05T09:00:00", "2026-01-05T17:00:00");
        let span = recurring(start, end, DENVER, text);
        let all = span.overlapping(&whole_year);
        let cut = all[7];
        let parted = span.part(cut.local).unwrap();
        let until = cut.local.checked_add(jiff::Span::new().hours(8)).unwrap();
        let again = |start, end, rule| Span::new(start, end, DENVER, Some(rule), &[]).unwrap();
        let before = again(local(start), local(end), parted.before.as_ref().unwrap());
        let after = again(cut.local, until, &parted.after);
        let mut both = before.overlapping(&whole_year);
        assert_eq!(both.len(), 7, "{text}");
        both.extend(after.overlapping(&whole_year));
        assert_eq!(both, all, "{text}");
        assert_eq!(span.part(all[0].local).unwrap().before, None, "nothing comes before the first");
        assert_eq!(span.part(local("2026-01-06T08:59:59")), None, "nothing starts there");
    }
}

#[test]
fn a_span_happens_only_within_its_extent() {
    let far = range("1970-01-01T00:00:00Z", "2199-01-01T00:00:00Z");
    for text in
        ["FREQ=DAILY;COUNT=9", "FREQ=WEEKLY;UNTIL=20260601T000000Z", "FREQ=HOURLY;UNTIL=20260308"]
    {
        let span = recurring("2026-03-07T02:30:00", "2026-03-07T04:00:00", DENVER, text);
        let (extent, all) = (span.extent(), span.overlapping(&far));
        assert_eq!(extent.start, all[0].range.start, "{text}");
        let (end, last) = (extent.end.unwrap(), all[all.len() - 1].range);
        assert!(end >= last.end, "{text}: {end}");
        assert!(end.duration_since(last.end).as_hours() < 24 * 8, "{text}: {end} is far too late");
    }
    let endless = recurring("2026-03-07T02:30:00", "2026-03-07T04:00:00", DENVER, "FREQ=DAILY");
    assert_eq!(endless.extent().end, None);
    assert!(endless.extent().overlaps(&range("2100-01-01T00:00:00Z", "2100-01-02T00:00:00Z")));
    assert!(!endless.extent().overlaps(&range("2026-03-01T00:00:00Z", "2026-03-07T09:30:00Z")));
}
