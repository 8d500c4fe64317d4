//! Who rules on leave, and when.

use super::*;
use crate::availability::{BlockStatus, DeclareAvailability, Given, declare};
use crate::testing::{actor, codes, id, now, organization, payload};

fn block(kind: BlockKind) -> AvailabilityBlock {
    let organization = organization().id;
    let timezone = "UTC".to_owned();
    let given = Given { now: now(), id: id(1), user: actor(), organization, timezone };
    let command = DeclareAvailability {
        kind: Some(kind),
        status: Some(BlockStatus::Unavailable),
        title: None,
        local_start: "2026-08-03T00:00:00".parse().unwrap(),
        local_end: "2026-08-10T00:00:00".parse().unwrap(),
        timezone: None,
        recurrence: None,
        exdates: Vec::new(),
    };
    declare(&given, command).unwrap().state
}

fn ruled(
    block: &AvailabilityBlock,
    ruling: Ruling,
) -> Result<Decision<AvailabilityBlock>, LeaveError> {
    decide_leave(now(), id(9), block, ruling, DecideLeave::default(), Vec::new())
}

#[test]
fn somebody_else_approves_or_rejects_what_is_pending() {
    let leave = block(BlockKind::Leave);
    let notes = Some("Enjoy it!".to_owned());
    let command = DecideLeave { notes: notes.clone() };
    let conflicts = vec![LeaveConflict {
        booking_id: id(30),
        organization_id: id(1),
        scheduled_start: now(),
        scheduled_end: now(),
    }];
    let approved =
        decide_leave(now(), id(9), &leave, Ruling::Approve, command, conflicts.clone()).unwrap();
    assert_eq!(approved.state.approval, Some(Approval::Approved));
    assert_eq!((approved.state.decided_by, approved.state.version), (Some(id(9)), 2));
    let told: LeaveApproved = payload(&approved.facts[0]);
    assert_eq!(told, LeaveApproved { block: approved.state, conflicts, notes });
    let rejected = ruled(&leave, Ruling::Reject).unwrap();
    assert_eq!(rejected.state.approval, Some(Approval::Rejected));
    assert_eq!(payload::<LeaveRejected>(&rejected.facts[0]).block, rejected.state);
}

#[test]
fn nobody_rules_on_their_own_leave() {
    let leave = block(BlockKind::Leave);
    let own =
        decide_leave(now(), actor(), &leave, Ruling::Approve, DecideLeave::default(), Vec::new());
    assert!(matches!(own, Err(LeaveError::Own)));
}

#[test]
fn what_is_decided_or_is_no_leave_is_not_ruled_on() {
    let approved = ruled(&block(BlockKind::Leave), Ruling::Approve).unwrap().state;
    for ruling in [Ruling::Approve, Ruling::Reject] {
        let again = ruled(&approved, ruling);
        assert!(matches!(again, Err(LeaveError::Decided(Approval::Approved))), "{again:?}");
    }
    let preference = ruled(&block(BlockKind::Preference), Ruling::Approve);
    assert!(matches!(preference, Err(LeaveError::NotALeave)));
}

#[test]
fn a_blank_remark_is_refused() {
    let command = DecideLeave { notes: Some(" ".to_owned()) };
    let refused =
        decide_leave(now(), id(9), &block(BlockKind::Leave), Ruling::Approve, command, Vec::new());
    match refused {
        Err(LeaveError::Invalid(invalid)) => assert_eq!(codes(&invalid), ["notes: required"]),
        other => panic!("{other:?}"),
    }
}
