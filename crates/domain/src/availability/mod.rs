//! Availability: when somebody can work, as they declared it, and when they are on leave.
//!
//! Cast: an [`AvailabilityBlock`] is one declaration, on the person's own clock, once or recurring,
//! made by [`declare`], changed by [`edit()`] and [`withdraw()`], and if it is leave, ruled on by
//! [`decide_leave`]; [`Declarations`] are all of a person's, ready to be asked; [`Availability`] is the answer for a range
//! of time, part by part, with the blocks that decide each part.
//!
//! Guarantee: approved leave stands above a single block, a single block above a recurring one, a
//! recurring one above nothing declared. Leave that is not approved decides nothing.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{AvailabilityBlockId, OrganizationId, UserId};
use crate::local_time::LocalTime;
use crate::recurrence::{Rule, Span, SpanError};

mod declarations;
mod declare;
mod edit;
mod leave;
mod validate;
mod withdraw;

pub use declarations::{Availability, Declarations, Part, Standing};
pub use declare::{DeclareAvailability, Given, declare};
pub use edit::{EditAvailability, Revised, edit};
pub use leave::{DecideLeave, LeaveError, Ruling, decide_leave};
pub(crate) use validate::RULE_MAX;
pub use withdraw::withdraw;

#[cfg(test)]
mod tests;

words! {
    /// What a block is.
    pub enum BlockKind {
        /// What the person prefers; counts as soon as it is declared.
        Preference = "preference",
        /// Time off; counts once it is approved.
        Leave = "leave",
    }
}

words! {
    /// What a block says of its time.
    pub enum BlockStatus {
        /// The person can work.
        Available = "available",
        /// The person cannot work.
        Unavailable = "unavailable",
        /// Perhaps.
        Tentative = "tentative",
    }
}

words! {
    /// What was decided about a leave.
    pub enum Approval {
        /// Nothing yet.
        Pending = "pending",
        /// It is granted.
        Approved = "approved",
        /// It is not.
        Rejected = "rejected",
    }
}

/// A declaration of a person's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AvailabilityBlock {
    /// Its id.
    pub id: AvailabilityBlockId,
    /// Whose time it is about.
    pub user_id: UserId,
    /// As a member of which organization the person declared it; it holds everywhere.
    pub organization_id: OrganizationId,
    /// What it is.
    pub kind: BlockKind,
    /// What it says. A leave is always `unavailable`.
    pub status: BlockStatus,
    /// What the person calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// When it starts, or when the first occurrence does, on the clock of `timezone`.
    pub local_start: LocalTime,
    /// When that ends; every occurrence takes the same elapsed time.
    pub local_end: LocalTime,
    /// IANA zone of the clock.
    pub timezone: String,
    /// How it recurs: a rule of RFC 5545 such as `FREQ=WEEKLY;BYDAY=MO,WE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recurrence: Option<String>,
    /// Local starts, as the rule makes them, at which it does not happen.
    pub exdates: Vec<LocalTime>,
    /// What was decided about a leave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<Approval>,
    /// Who decided it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<UserId>,
    /// When it was taken back; it decides nothing since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// How often it has changed: 1 when created.
    pub version: u64,
}

impl AvailabilityBlock {
    /// Its time, ready to be expanded. A block that was checked has one.
    pub fn span(&self) -> Result<Span, SpanError> {
        let rule = self.recurrence.as_deref().map(Rule::parse).transpose()?;
        let exceptions: Vec<_> = self.exdates.iter().map(|local| local.civil()).collect();
        let (start, end) = (self.local_start.civil(), self.local_end.civil());
        Span::new(start, end, &self.timezone, rule.as_ref(), &exceptions)
    }

    /// Whether it still has to be decided about.
    pub fn is_pending(&self) -> bool {
        self.approval == Some(Approval::Pending)
    }
}
