//! What happens to bookings.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::booking::{Booking, BookingStatus, OperationType};
use crate::id::{BookingId, UserId};
use crate::location::{Location, LocationType};

/// A booking was created. Its figures (duration, value, complexity) stand in the metadata.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingCreated {
    /// The booking, a draft.
    pub booking: Booking,
    /// Its branch of work.
    pub cannabis_operation_type: OperationType,
    /// Skills that the team must cover.
    pub required_staff_skills: Vec<String>,
    /// What its location offers; `null` without one.
    pub location_requirements: Option<LocationRequirements>,
}

/// What a location offered when it was booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LocationRequirements {
    /// What kind of place it is.
    #[serde(rename = "type")]
    pub kind: LocationType,
    /// How many people it holds; `null` when not known.
    pub capacity: Option<u32>,
    /// What it offers.
    pub amenities: Vec<String>,
    /// How people with disabilities get in and around.
    pub accessibility: Vec<String>,
}

impl LocationRequirements {
    /// What `location` offers.
    pub fn of(location: &Location) -> Self {
        Self {
            kind: location.location_type,
            capacity: location.capacity,
            amenities: location.amenities.clone(),
            accessibility: location.accessibility_features.clone(),
        }
    }
}

/// Fields of a booking were changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingUpdated {
    /// Which one.
    pub booking_id: BookingId,
    /// The names of the changed fields, in camelCase.
    pub changed: Vec<String>,
    /// The booking afterwards.
    pub booking: Booking,
    /// Who changed it.
    pub changed_by: UserId,
}

/// A booking took a step in its life. Kind and impact of the step stand in the metadata.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingStatusChanged {
    /// Which one.
    pub booking_id: BookingId,
    /// Where it stood.
    pub old_status: BookingStatus,
    /// Where it stands.
    pub new_status: BookingStatus,
    /// Who changed it.
    pub changed_by: UserId,
    /// What was said about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// The booking afterwards.
    pub booking: Booking,
    /// A sentence that tells of the step.
    pub status_transition_reason: String,
}

/// A booking was approved, and those concerned are to be told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingApprovedNotificationRequired {
    /// The booking, approved.
    pub booking: Booking,
    /// Who approved it, or let it go on after a hold.
    pub approved_by: UserId,
}

/// A booking was completed, and its assignments and costs are to be settled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingCompletionTasksRequired {
    /// The booking, completed.
    pub booking: Booking,
    /// Who completed it.
    pub completed_by: UserId,
}
