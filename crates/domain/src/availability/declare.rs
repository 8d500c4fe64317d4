//! Declaring one's availability, or asking for leave.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::validate::{RULE_MAX, TITLE_MAX, check};
use super::{Approval, AvailabilityBlock, BlockKind, BlockStatus};
use crate::decision::{Decision, Refusal};
use crate::event::{AvailabilityBlockCreated, Fact, LeaveRequested};
use crate::id::{AvailabilityBlockId, OrganizationId, UserId};
use crate::local_time::LocalTime;
use crate::recurrence::EXCEPTIONS_MAX;
use crate::time::to_microsecond;

/// What somebody declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeclareAvailability {
    /// What it is; `preference` when absent.
    #[serde(default)]
    pub kind: Option<BlockKind>,
    /// What it says; `unavailable` when absent. A leave is always `unavailable`.
    #[serde(default)]
    pub status: Option<BlockStatus>,
    /// What to call it.
    #[serde(default)]
    #[schemars(length(min = 1, max = TITLE_MAX), regex(pattern = r"\S"))]
    pub title: Option<String>,
    /// When it starts, or when the first occurrence does, on the clock of `timezone`.
    pub local_start: LocalTime,
    /// When that ends; every occurrence takes the same elapsed time.
    pub local_end: LocalTime,
    /// IANA zone of the clock; the person's own when absent.
    #[serde(default)]
    pub timezone: Option<String>,
    /// How it recurs: a rule of RFC 5545 such as `FREQ=WEEKLY;BYDAY=MO,WE`, at most once an hour.
    #[serde(default)]
    #[schemars(length(min = 1, max = RULE_MAX))]
    pub recurrence: Option<String>,
    /// Local starts, as the rule makes them, at which it does not happen.
    #[serde(default)]
    #[schemars(length(max = EXCEPTIONS_MAX))]
    pub exdates: Vec<LocalTime>,
}

/// What decisions about a person's blocks need to know.
#[derive(Debug, Clone)]
pub struct Given {
    /// The present instant.
    pub now: Timestamp,
    /// A fresh id, for a block that is made.
    pub id: AvailabilityBlockId,
    /// Whose time it is.
    pub user: UserId,
    /// As a member of which organization.
    pub organization: OrganizationId,
    /// The zone of the person's clock.
    pub timezone: String,
}

/// Decides about a declaration: `AVAILABILITY_BLOCK_CREATED`, or `LEAVE_REQUESTED` for leave, which
/// is pending until somebody else decides.
pub fn declare(
    given: &Given,
    command: DeclareAvailability,
) -> Result<Decision<AvailabilityBlock>, Refusal> {
    let now = to_microsecond(given.now);
    let kind = command.kind.unwrap_or(BlockKind::Preference);
    let block = AvailabilityBlock {
        id: given.id,
        user_id: given.user,
        organization_id: given.organization,
        kind,
        status: command.status.unwrap_or(BlockStatus::Unavailable),
        title: command.title,
        local_start: command.local_start,
        local_end: command.local_end,
        timezone: command.timezone.unwrap_or_else(|| given.timezone.clone()),
        recurrence: command.recurrence,
        exdates: ordered(command.exdates),
        approval: (kind == BlockKind::Leave).then_some(Approval::Pending),
        decided_by: None,
        deleted_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    check(&block)?;
    made(block)
}

/// The decision that a block comes into being.
pub(super) fn made(block: AvailabilityBlock) -> Result<Decision<AvailabilityBlock>, Refusal> {
    let fact = if block.is_pending() {
        Fact::new(&LeaveRequested { block: block.clone() })?
    } else {
        Fact::new(&AvailabilityBlockCreated { block: block.clone() })?
    };
    Ok(Decision::new(block, fact))
}

/// In order, each once.
pub(super) fn ordered(mut exdates: Vec<LocalTime>) -> Vec<LocalTime> {
    exdates.sort_unstable();
    exdates.dedup();
    exdates
}
