//! Which declaration counts, where several or none do.

use jiff::Timestamp;
use jiff::civil::DateTime;
use proptest::prelude::*;

use super::*;
use crate::testing::{id, now, organization};
use crate::time::TimeRange;

fn block(n: u128, status: BlockStatus, start: &str, end: &str) -> AvailabilityBlock {
    AvailabilityBlock {
        id: id(n),
        user_id: id(7),
        organization_id: organization().id,
        kind: BlockKind::Preference,
        status,
        title: None,
        local_start: start.parse().unwrap(),
        local_end: end.parse().unwrap(),
        timezone: "America/Denver".to_owned(),
        recurrence: None,
        exdates: Vec::new(),
        approval: None,
        decided_by: None,
        deleted_at: None,
        created_at: now(),
        updated_at: now(),
        version: 1,
    }
}

fn leave(n: u128, approval: Approval, start: &str, end: &str) -> AvailabilityBlock {
    let status = BlockStatus::Unavailable;
    let kind = BlockKind::Leave;
    AvailabilityBlock { kind, approval: Some(approval), ..block(n, status, start, end) }
}

fn daily(block: AvailabilityBlock) -> AvailabilityBlock {
    AvailabilityBlock { recurrence: Some("FREQ=DAILY".to_owned()), ..block }
}

fn during(blocks: &[AvailabilityBlock], from: &str, to: &str) -> Availability {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let range = TimeRange::new(at(from), at(to)).unwrap();
    Declarations::new(blocks).unwrap().during(&range)
}

/// The afternoon of the second of July, 13:00 to 15:00 in Denver.
fn afternoon(blocks: &[AvailabilityBlock]) -> Availability {
    during(blocks, "2026-07-02T19:00:00Z", "2026-07-02T21:00:00Z")
}

const DAY: (&str, &str) = ("2026-07-02T00:00:00", "2026-07-03T00:00:00");

#[test]
fn approved_leave_stands_above_a_block_and_a_block_above_a_recurring_one() {
    let recurring =
        daily(block(1, BlockStatus::Tentative, "2026-06-01T08:00:00", "2026-06-01T18:00:00"));
    let once = block(2, BlockStatus::Available, DAY.0, DAY.1);
    let off = leave(3, Approval::Approved, DAY.0, DAY.1);
    let mut blocks = Vec::new();
    let mut standings = Vec::new();
    for next in [None, Some(recurring), Some(once), Some(off)] {
        blocks.extend(next);
        let found = afternoon(&blocks);
        assert_eq!(found.parts.len(), 1, "{found:?}");
        standings.push((found.worst(), found.parts[0].deciding.clone()));
    }
    assert_eq!(
        standings,
        [
            (Standing::Undeclared, vec![]),
            (Standing::Tentative, vec![id(1)]),
            (Standing::Available, vec![id(2)]),
            (Standing::Unavailable, vec![id(3)]),
        ]
    );
}

#[test]
fn leave_decides_nothing_until_it_is_approved_and_no_longer_when_it_is_taken_back() {
    for approval in [Approval::Pending, Approval::Rejected] {
        assert_eq!(afternoon(&[leave(1, approval, DAY.0, DAY.1)]).worst(), Standing::Undeclared);
    }
    let mut gone = leave(1, Approval::Approved, DAY.0, DAY.1);
    assert_eq!(afternoon(std::slice::from_ref(&gone)).worst(), Standing::Unavailable);
    gone.deleted_at = Some(now());
    assert_eq!(afternoon(&[gone]).worst(), Standing::Undeclared);
}

#[test]
fn what_is_partly_covered_counts_by_its_worst_part() {
    let morning = block(1, BlockStatus::Available, "2026-07-02T08:00:00", "2026-07-02T14:00:00");
    let late = block(2, BlockStatus::Unavailable, "2026-07-02T14:59:59", "2026-07-02T20:00:00");
    let found = afternoon(&[morning, late]);
    let standings: Vec<_> = found.parts.iter().map(|part| part.standing).collect();
    assert_eq!(standings, [Standing::Available, Standing::Undeclared, Standing::Unavailable]);
    assert_eq!(found.worst(), Standing::Unavailable);
    assert_eq!(found.deciding(Standing::Unavailable), [id(2)]);
    assert!(found.includes(Standing::Undeclared) && !found.includes(Standing::Tentative));
}

#[test]
fn a_block_that_ends_when_the_range_begins_does_not_count() {
    let before = block(1, BlockStatus::Unavailable, "2026-07-02T08:00:00", "2026-07-02T13:00:00");
    let after = block(2, BlockStatus::Unavailable, "2026-07-02T15:00:00", "2026-07-02T16:00:00");
    assert_eq!(afternoon(&[before, after]).worst(), Standing::Undeclared);
}

#[test]
fn of_two_blocks_of_one_rank_the_worse_counts() {
    let can = block(1, BlockStatus::Available, DAY.0, DAY.1);
    let perhaps = block(2, BlockStatus::Tentative, DAY.0, DAY.1);
    let found = afternoon(&[can, perhaps]);
    assert_eq!(
        (found.worst(), found.deciding(Standing::Tentative)),
        (Standing::Tentative, vec![id(2)])
    );
}

#[test]
fn a_whole_day_off_covers_the_23_and_the_25_hours_of_the_days_when_clocks_change() {
    let off = |day: &str, next: &str| leave(1, Approval::Approved, day, next);
    let spring = off("2026-03-08T00:00:00", "2026-03-09T00:00:00");
    let autumn = off("2026-11-01T00:00:00", "2026-11-02T00:00:00");
    // Midnight to midnight in Denver, as instants, and an hour before and after.
    let cases = [
        (
            spring,
            [
                "2026-03-08T06:00:00Z",
                "2026-03-08T07:00:00Z",
                "2026-03-09T06:00:00Z",
                "2026-03-09T07:00:00Z",
            ],
        ),
        (
            autumn,
            [
                "2026-11-01T05:00:00Z",
                "2026-11-01T06:00:00Z",
                "2026-11-02T07:00:00Z",
                "2026-11-02T08:00:00Z",
            ],
        ),
    ];
    for (block, [before, start, end, after]) in cases {
        let blocks = [block];
        assert_eq!(during(&blocks, before, start).worst(), Standing::Undeclared);
        assert_eq!(during(&blocks, start, end).parts.len(), 1);
        assert_eq!(during(&blocks, start, end).worst(), Standing::Unavailable);
        assert_eq!(during(&blocks, end, after).worst(), Standing::Undeclared);
    }
}

/// Blocks of any rank and status, on whole hours of a few days.
fn blocks() -> impl Strategy<Value = Vec<AvailabilityBlock>> {
    let one = (0_i64..60, 1_i64..30, 0_usize..3, 0_u8..6);
    prop::collection::vec(one, 0..7).prop_map(|all| {
        let made = all.into_iter().enumerate().map(|(n, (from, hours, status, kind))| {
            let first: DateTime = "2026-07-01T00:00:00".parse().unwrap();
            let start = first + jiff::Span::new().hours(from);
            let made = AvailabilityBlock {
                local_start: LocalTime::new(start),
                local_end: LocalTime::new(start + jiff::Span::new().hours(hours)),
                timezone: "UTC".to_owned(),
                ..block(n as u128, BlockStatus::ALL[status], DAY.0, DAY.1)
            };
            match kind {
                0 => AvailabilityBlock {
                    kind: BlockKind::Leave,
                    approval: Some(Approval::Approved),
                    ..made
                },
                1 => AvailabilityBlock {
                    kind: BlockKind::Leave,
                    approval: Some(Approval::Pending),
                    ..made
                },
                2 | 3 => daily(made),
                _ => made,
            }
        });
        made.collect()
    })
}

/// The reference: asks each block about each hour, and takes the first rank that answers.
fn hour_by_hour(blocks: &[AvailabilityBlock], hour: i64) -> Standing {
    let covers = |block: &AvailabilityBlock| {
        let since = |local: DateTime| {
            let first: DateTime = "2026-07-01T00:00:00".parse().unwrap();
            i64::from((local - first).get_days()) * 24 + i64::from((local - first).get_hours())
        };
        let (from, to) = (since(block.local_start.civil()), since(block.local_end.civil()));
        let days = if block.recurrence.is_some() { 0..5 } else { 0..1 };
        days.into_iter().any(|day| (from + 24 * day..to + 24 * day).contains(&hour))
    };
    let ranks: [&dyn Fn(&AvailabilityBlock) -> bool; 3] = [
        &|block| block.approval == Some(Approval::Approved),
        &|block| block.kind == BlockKind::Preference && block.recurrence.is_none(),
        &|block| block.recurrence.is_some(),
    ];
    for of_rank in ranks {
        let said = blocks.iter().filter(|block| of_rank(block) && covers(block));
        let standing = |block: &AvailabilityBlock| match block.status {
            _ if block.kind == BlockKind::Leave => Standing::Unavailable,
            BlockStatus::Available => Standing::Available,
            BlockStatus::Tentative => Standing::Tentative,
            BlockStatus::Unavailable => Standing::Unavailable,
        };
        if let Some(worst) = said.map(standing).max() {
            return worst;
        }
    }
    Standing::Undeclared
}

proptest! {
    #[test]
    fn any_declarations_say_what_they_say_hour_by_hour(blocks in blocks(), from in 0_i64..80, hours in 1_i64..20) {
        let first: Timestamp = "2026-07-01T00:00:00Z".parse().unwrap();
        let at = |hour: i64| first + jiff::SignedDuration::from_hours(hour);
        let range = TimeRange::new(at(from), at(from + hours)).unwrap();
        let found = Declarations::new(&blocks).unwrap().during(&range);
        prop_assert_eq!(found.parts[0].range.start, range.start);
        prop_assert_eq!(found.parts[found.parts.len() - 1].range.end, range.end);
        for pair in found.parts.windows(2) {
            prop_assert_eq!(pair[0].range.end, pair[1].range.start);
        }
        for hour in from..from + hours {
            let part = found.parts.iter().find(|part| part.range.start <= at(hour) && at(hour) < part.range.end);
            prop_assert_eq!(part.unwrap().standing, hour_by_hour(&blocks, hour), "hour {}", hour);
        }
    }

    #[test]
    fn a_part_of_the_answer_is_the_answer_for_the_part(
        blocks in blocks(), from in 0_i64..60, hours in 5_i64..30, skip in 0_i64..4, keep in 1_i64..9,
    ) {
        let first: Timestamp = "2026-07-01T00:00:00Z".parse().unwrap();
        let at = |hour: i64| first + jiff::SignedDuration::from_hours(hour);
        let whole = TimeRange::new(at(from), at(from + hours)).unwrap();
        let part = TimeRange::new(at(from + skip), at((from + skip + keep).min(from + hours))).unwrap();
        let declared = Declarations::new(&blocks).unwrap();
        prop_assert_eq!(declared.during(&whole).within(&part), declared.during(&part));
    }
}
