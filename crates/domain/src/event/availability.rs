//! What people say of their time, and what is decided about it.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::availability::AvailabilityBlock;
use crate::id::{AvailabilityBlockId, BookingId, OrganizationId};

/// Somebody declared when they can work, or cannot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AvailabilityBlockCreated {
    /// The block.
    pub block: AvailabilityBlock,
}

/// Somebody changed a declaration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AvailabilityBlockUpdated {
    /// Which block.
    pub block_id: AvailabilityBlockId,
    /// The names of the changed fields, in camelCase.
    pub changed: Vec<String>,
    /// The block afterwards.
    pub block: AvailabilityBlock,
}

/// Somebody took a declaration back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AvailabilityBlockDeleted {
    /// Which block.
    pub block_id: AvailabilityBlockId,
    /// The block as it was kept.
    pub block: AvailabilityBlock,
}

/// Somebody asked for leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LeaveRequested {
    /// The leave.
    pub block: AvailabilityBlock,
}

/// An assignment that a leave is in the way of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LeaveConflict {
    /// To which booking.
    pub booking_id: BookingId,
    /// Whose booking it is.
    pub organization_id: OrganizationId,
    /// When it starts.
    pub scheduled_start: Timestamp,
    /// When it ends.
    pub scheduled_end: Timestamp,
}

/// A leave was granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LeaveApproved {
    /// The leave.
    pub block: AvailabilityBlock,
    /// The person's live assignments in that time: somebody has to see to them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<LeaveConflict>,
    /// What the person was told with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}

/// A leave was not granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LeaveRejected {
    /// The leave.
    pub block: AvailabilityBlock,
    /// What the person was told with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}
