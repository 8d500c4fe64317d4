//! Ruling on a leave.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Approval, AvailabilityBlock, BlockKind};
use crate::decision::Decision;
use crate::error::{Checks, Invalid};
use crate::event::{Fact, LeaveApproved, LeaveConflict, LeaveRejected, Unwritable};
use crate::id::UserId;
use crate::time::to_microsecond;

/// Longest remark, in characters.
const NOTES_MAX: usize = 2_000;

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// It is granted.
    Approve,
    /// It is not.
    Reject,
}

/// A remark to go with the decision.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct DecideLeave {
    /// What to tell the person.
    #[schemars(length(min = 1, max = NOTES_MAX))]
    pub notes: Option<String>,
}

/// Why a leave is not ruled on.
#[derive(Debug, thiserror::Error)]
pub enum LeaveError {
    /// It is a preference, which nobody has to approve.
    #[error("this block is no leave: there is nothing to decide")]
    NotALeave,
    /// Somebody has decided already.
    #[error("this leave is already {0}")]
    Decided(Approval),
    /// Nobody decides about their own.
    #[error("somebody else has to decide about one's own leave")]
    Own,
    /// The remark breaks rules.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The fact could not be written down.
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
}

/// Decides about a leave that is pending: `LEAVE_APPROVED` or `LEAVE_REJECTED`.
///
/// Assignments `in_the_way` do not refuse it: whoever is ill is ill. An approval tells of them.
pub fn decide_leave(
    now: Timestamp,
    actor: UserId,
    block: &AvailabilityBlock,
    ruling: Ruling,
    command: DecideLeave,
    in_the_way: Vec<LeaveConflict>,
) -> Result<Decision<AvailabilityBlock>, LeaveError> {
    if block.user_id == actor {
        return Err(LeaveError::Own);
    }
    match (block.kind, block.approval) {
        (BlockKind::Leave, None | Some(Approval::Pending)) => {}
        (BlockKind::Leave, Some(decided)) => return Err(LeaveError::Decided(decided)),
        (BlockKind::Preference, _) => return Err(LeaveError::NotALeave),
    }
    let mut checks = Checks::new();
    if let Some(notes) = &command.notes {
        checks.text("notes", notes, NOTES_MAX);
    }
    checks.done()?;
    let approval = match ruling {
        Ruling::Approve => Approval::Approved,
        Ruling::Reject => Approval::Rejected,
    };
    let block = AvailabilityBlock {
        approval: Some(approval),
        decided_by: Some(actor),
        updated_at: to_microsecond(now),
        version: block.version + 1,
        ..block.clone()
    };
    let (state, notes) = (block.clone(), command.notes);
    let fact = match ruling {
        Ruling::Approve => Fact::new(&LeaveApproved { block, conflicts: in_the_way, notes })?,
        Ruling::Reject => Fact::new(&LeaveRejected { block, notes })?,
    };
    Ok(Decision::new(state, fact))
}

#[cfg(test)]
mod tests;
