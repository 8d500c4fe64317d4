//! Changing and taking back parts of what recurs.

use super::*;
use crate::availability::{BlockKind, DeclareAvailability, declare, withdraw};
use crate::event::{AvailabilityBlockCreated, AvailabilityBlockDeleted, LeaveRequested, Payload};
use crate::testing::{actor, codes, hours_from_now, id, now, organization, payload};
use crate::time::TimeRange;

fn given(n: u128) -> Given {
    let organization = organization().id;
    Given {
        now: now(),
        id: id(n),
        user: actor(),
        organization,
        timezone: "America/Denver".to_owned(),
    }
}

fn local(text: &str) -> LocalTime {
    text.parse().unwrap()
}

/// Every weekday from nine to five, from Monday the sixth of July.
fn weekdays() -> DeclareAvailability {
    DeclareAvailability {
        kind: None,
        status: Some(BlockStatus::Available),
        title: None,
        local_start: local("2026-07-06T09:00"),
        local_end: local("2026-07-06T17:00"),
        timezone: None,
        recurrence: Some("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR".to_owned()),
        exdates: Vec::new(),
    }
}

fn declared(command: DeclareAvailability) -> AvailabilityBlock {
    declare(&given(1), command).unwrap().state
}

/// The local starts of two weeks, of all blocks together.
fn starts(blocks: &[&AvailabilityBlock]) -> Vec<String> {
    let range = TimeRange::new(now(), hours_from_now(24 * 18)).unwrap();
    let spans = blocks.iter().filter(|block| block.deleted_at.is_none());
    let mut found: Vec<String> = spans
        .flat_map(|block| block.span().unwrap().overlapping(&range))
        .map(|one| one.local.strftime("%dT%H").to_string())
        .collect();
    found.sort();
    found
}

fn refused(outcome: Result<Revised, Refusal>) -> Vec<String> {
    match outcome {
        Err(Refusal::Invalid(invalid)) => codes(&invalid),
        other => panic!("it is not refused as invalid: {other:?}"),
    }
}

const TEN: [&str; 10] =
    ["06T09", "07T09", "08T09", "09T09", "10T09", "13T09", "14T09", "15T09", "16T09", "17T09"];

#[test]
fn one_occurrence_becomes_a_block_of_its_own() {
    let block = declared(weekdays());
    assert_eq!(starts(&[&block]), TEN);
    let later =
        EditAvailability { local_start: Some(local("2026-07-08T12:00")), ..Default::default() };
    let scope = Some(EditScope::This);
    let from = Some(local("2026-07-08T09:00"));
    let revised = edit(&given(2), &block, scope, from, later).unwrap();
    let [rest, one] = revised.as_slice() else { panic!("{revised:?}") };
    assert_eq!((rest.state.id, rest.state.version), (block.id, 2));
    assert_eq!((one.state.id, one.state.version, &one.state.recurrence), (id(2), 1, &None));
    assert_eq!(one.state.local_end, local("2026-07-08T17:00"));
    let both = starts(&[&rest.state, &one.state]);
    assert_eq!(both.len(), 10);
    assert_eq!(both[2], "08T12");
    assert_eq!(payload::<AvailabilityBlockUpdated>(&rest.facts[0]).changed, ["exdates"]);
    assert_eq!(payload::<AvailabilityBlockCreated>(&one.facts[0]).block, one.state);
}

#[test]
fn this_and_all_that_follow_become_a_block_of_their_own() {
    let exdates = vec![local("2026-07-07T09:00"), local("2026-07-16T09:00")];
    let block = declared(DeclareAvailability { exdates, ..weekdays() });
    let from = local("2026-07-13T09:00");
    let shorter = EditAvailability {
        local_start: Some(local("2026-07-13T10:00")),
        exdates: Some(Vec::new()),
        ..Default::default()
    };
    let scope = Some(EditScope::ThisAndFollowing);
    let revised = edit(&given(2), &block, scope, Some(from), shorter).unwrap();
    let [before, after] = revised.as_slice() else { panic!("{revised:?}") };
    assert_eq!(starts(&[&before.state]), ["06T09", "08T09", "09T09", "10T09"]);
    assert_eq!(starts(&[&after.state]), ["13T10", "14T10", "15T10", "16T10", "17T10"]);
    assert_eq!(before.state.exdates, [local("2026-07-07T09:00")], "its own exceptions only");
}

#[test]
fn the_first_and_all_that_follow_are_all() {
    let block = declared(weekdays());
    let tentative = EditAvailability { status: Some(BlockStatus::Tentative), ..Default::default() };
    let scope = Some(EditScope::ThisAndFollowing);
    let revised = edit(&given(2), &block, scope, Some(block.local_start), tentative).unwrap();
    let [only] = revised.as_slice() else { panic!("{revised:?}") };
    assert_eq!((only.state.id, only.state.version), (block.id, 2));
    assert_eq!(only.state.status, BlockStatus::Tentative);
}

#[test]
fn an_edit_that_changes_nothing_is_no_event() {
    let block = declared(weekdays());
    let same = EditAvailability { status: Some(block.status), ..Default::default() };
    assert!(edit(&given(2), &block, None, None, same).unwrap().is_empty());
}

#[test]
fn a_part_must_be_there() {
    let block = declared(weekdays());
    let once = declared(DeclareAvailability { recurrence: None, ..weekdays() });
    let ask = |block: &AvailabilityBlock, scope, from: Option<&str>| {
        refused(edit(&given(2), block, Some(scope), from.map(local), EditAvailability::default()))
    };
    let scope = EditScope::This;
    assert_eq!(ask(&block, scope, None), ["from: required"]);
    assert_eq!(ask(&block, scope, Some("2026-07-11T09:00")), ["from: no_occurrence"], "a Saturday");
    assert_eq!(ask(&block, scope, Some("2026-07-08T09:01")), ["from: no_occurrence"]);
    assert_eq!(ask(&once, scope, Some("2026-07-06T09:00")), ["scope: not_recurring"]);
    let endless = EditAvailability { recurrence: Some(None), ..Default::default() };
    let from = Some(local("2026-07-08T09:00"));
    let outcome = edit(&given(2), &block, Some(scope), from, endless);
    assert_eq!(refused(outcome), ["recurrence: one_occurrence"]);
}

#[test]
fn leave_whose_time_changes_is_pending_again_and_a_new_title_is_not() {
    let command = DeclareAvailability {
        kind: Some(BlockKind::Leave),
        status: None,
        recurrence: None,
        ..weekdays()
    };
    let asked = declare(&given(1), command).unwrap();
    assert_eq!(asked.facts[0].event_type, LeaveRequested::TYPE);
    assert!(asked.state.is_pending());
    let approved = AvailabilityBlock {
        approval: Some(Approval::Approved),
        decided_by: Some(id(9)),
        version: 2,
        ..asked.state
    };
    let title = EditAvailability { title: Some(Some("Sea".to_owned())), ..Default::default() };
    let renamed = &edit(&given(2), &approved, None, None, title).unwrap()[0].state;
    assert_eq!((renamed.approval, renamed.decided_by), (Some(Approval::Approved), Some(id(9))));
    let end = Some(local("2026-07-06T18:00"));
    let longer = EditAvailability { local_end: end, ..Default::default() };
    let moved = &edit(&given(2), &approved, None, None, longer).unwrap()[0].state;
    assert_eq!(
        (moved.approval, moved.decided_by, moved.version),
        (Some(Approval::Pending), None, 3)
    );
}

#[test]
fn what_is_declared_keeps_its_rules() {
    let broken = |command| match declare(&given(1), command) {
        Err(Refusal::Invalid(invalid)) => codes(&invalid),
        other => panic!("it is not refused as invalid: {other:?}"),
    };
    let command = weekdays();
    assert_eq!(
        broken(DeclareAvailability { kind: Some(BlockKind::Leave), ..command.clone() }),
        ["status: leave_is_unavailable"]
    );
    let early = DeclareAvailability { local_end: local("2026-07-06T09:00"), ..command.clone() };
    assert_eq!(broken(early), ["localEnd: not_after_start"]);
    let zone = DeclareAvailability { timezone: Some("Mars/Olympus".to_owned()), ..command.clone() };
    assert_eq!(broken(zone), ["timezone: unknown_timezone"]);
    let rule = |text: &str| Some(text.to_owned());
    for text in ["FREQ=SECONDLY", "FREQ=WEEKLY;BYDAY=XX", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", ""]
    {
        let command = DeclareAvailability { recurrence: rule(text), ..command.clone() };
        assert_eq!(broken(command), ["recurrence: invalid_recurrence"], "{text}");
    }
    let title = DeclareAvailability { title: Some(" ".to_owned()), ..command };
    assert_eq!(broken(title), ["title: required"]);
}

#[test]
fn taking_back_the_only_occurrence_that_is_left_deletes_the_block() {
    let rule = Some("FREQ=DAILY;COUNT=2".to_owned());
    let block = declared(DeclareAvailability { recurrence: rule, ..weekdays() });
    let this = Some(EditScope::This);
    let first = &withdraw(&given(2), &block, this, Some(block.local_start)).unwrap()[0].state;
    assert_eq!((first.deleted_at, starts(&[first])), (None, vec!["07T09".to_owned()]));
    let last = withdraw(&given(2), first, this, Some(local("2026-07-07T09:00"))).unwrap();
    assert_eq!(last[0].state.deleted_at, Some(now()));
    assert_eq!(last[0].facts[0].event_type, AvailabilityBlockDeleted::TYPE);
    let following = Some(EditScope::ThisAndFollowing);
    let from = Some(local("2026-07-07T09:00"));
    let kept = &withdraw(&given(2), &block, following, from).unwrap()[0].state;
    assert_eq!((kept.deleted_at, starts(&[kept])), (None, vec!["06T09".to_owned()]));
    let all = &withdraw(&given(2), &block, None, None).unwrap()[0].state;
    assert_eq!((all.deleted_at, all.version), (Some(now()), 2));
}
