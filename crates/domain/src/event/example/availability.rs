//! Examples of what somebody said of their time that day, and of what was decided.

use super::{CHANGED, END, MADE, START, id};
use crate::availability::{Approval, AvailabilityBlock, BlockKind, BlockStatus};
use crate::event::{
    AvailabilityBlockCreated, AvailabilityBlockDeleted, AvailabilityBlockUpdated, Example,
    LeaveApproved, LeaveConflict, LeaveRejected, LeaveRequested,
};
use crate::local_time::LocalTime;

fn local(day: i8, hour: i8) -> LocalTime {
    LocalTime::new(jiff::civil::DateTime::constant(2026, 7, day, hour, 0, 0, 0))
}

fn block() -> AvailabilityBlock {
    AvailabilityBlock {
        id: id(11),
        user_id: id(5),
        organization_id: id(1),
        kind: BlockKind::Preference,
        status: BlockStatus::Available,
        title: Some("Usual days".to_owned()),
        local_start: local(6, 9),
        local_end: local(6, 17),
        timezone: "America/Denver".to_owned(),
        recurrence: Some("FREQ=WEEKLY;BYDAY=MO,WE".to_owned()),
        exdates: vec![local(8, 9)],
        approval: None,
        decided_by: None,
        deleted_at: None,
        created_at: MADE,
        updated_at: MADE,
        version: 1,
    }
}

fn leave() -> AvailabilityBlock {
    AvailabilityBlock {
        id: id(12),
        kind: BlockKind::Leave,
        status: BlockStatus::Unavailable,
        title: Some("Summer".to_owned()),
        local_start: local(20, 0),
        local_end: local(27, 0),
        recurrence: None,
        exdates: Vec::new(),
        approval: Some(Approval::Pending),
        ..block()
    }
}

fn decided(approval: Approval) -> AvailabilityBlock {
    AvailabilityBlock {
        approval: Some(approval),
        decided_by: Some(id(2)),
        updated_at: CHANGED,
        version: 2,
        ..leave()
    }
}

impl Example for AvailabilityBlockCreated {
    fn example() -> Self {
        Self { block: block() }
    }
}

impl Example for AvailabilityBlockUpdated {
    fn example() -> Self {
        let status = BlockStatus::Tentative;
        let block = AvailabilityBlock { status, updated_at: CHANGED, version: 2, ..block() };
        Self { block_id: block.id, changed: vec!["status".to_owned()], block }
    }
}

impl Example for AvailabilityBlockDeleted {
    fn example() -> Self {
        let deleted_at = Some(CHANGED);
        let block = AvailabilityBlock { deleted_at, updated_at: CHANGED, version: 2, ..block() };
        Self { block_id: block.id, block }
    }
}

impl Example for LeaveRequested {
    fn example() -> Self {
        Self { block: leave() }
    }
}

impl Example for LeaveApproved {
    fn example() -> Self {
        let conflict = LeaveConflict {
            booking_id: id(4),
            organization_id: id(1),
            scheduled_start: START,
            scheduled_end: END,
        };
        Self {
            block: decided(Approval::Approved),
            conflicts: vec![conflict],
            notes: Some("Enjoy it!".to_owned()),
        }
    }
}

impl Example for LeaveRejected {
    fn example() -> Self {
        let notes = Some("That is the week of the trade show.".to_owned());
        Self { block: decided(Approval::Rejected), notes }
    }
}
