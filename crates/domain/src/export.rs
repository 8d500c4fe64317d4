//! Exports: which data somebody takes out of the platform.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::booking::{BookingStatus, OperationType, Priority};
use crate::id::{LocationId, OrganizationId, UserId};

words! {
    /// What the rows of an export are.
    #[derive(Default)]
    pub enum ExportKind {
        /// Bookings.
        #[default]
        Bookings = "bookings",
        /// Everybody who was ever assigned to them.
        Assignments = "assignments",
        /// The time of those who are to work on them, or have.
        Hours = "hours",
    }
}

words! {
    /// How an export is written.
    #[derive(Default)]
    pub enum ExportFormat {
        /// RFC 4180, UTF-8.
        #[default]
        Csv = "csv",
    }
}

/// Which bookings an export is about: the filter that was given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportFilter {
    /// Of this organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<OrganizationId>,
    /// In one of these states.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub status: Vec<BookingStatus>,
    /// At this location.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location_id: Option<LocationId>,
    /// Ending after this instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Starting before this instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
    /// With a live assignment of one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assigned_staff: Vec<UserId>,
    /// Of this urgency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Of this branch of work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_type: Option<OperationType>,
    /// With this text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
}
