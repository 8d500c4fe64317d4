//! Editing a booking that is not over: any field but its organization and its status.
//!
//! Fields keep the rules of creation. Four things are decided here beyond them:
//!
//! - The start is compared with the clock only when it moves, and only while the work has not begun
//!   (`in_progress`): a booking that runs late may be extended, a running one may have its times
//!   corrected, but nobody plans a start in the past.
//! - The location is looked at when it or the times change, since that takes a new slot there; a
//!   booking at a place that has since closed can still have its title corrected.
//! - Nothing follows silently: a new title does not change the operation type, a new location not the
//!   time zone.
//! - What is changed in an occurrence of a series is remembered there as changed in it alone, so that a
//!   later change of the series leaves it as it is.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::create::Given;
use super::place;
use super::validate::{self, DESCRIPTION_MAX, NOTES_MAX, TITLE_MAX};
use super::{ActivityType, Booking, BookingStatus, OperationType, Priority, StaffRequirements};
use crate::decision::Decision;
use crate::error::{Checks, Invalid};
use crate::event::{BookingUpdated, Fact, Unwritable};
use crate::id::LocationId;
use crate::money::Money;
use crate::organization::OrganizationStatus;
use crate::patch::{Changes, clearable, set};
use crate::series::SeriesReference;
use crate::time::to_microsecond;

/// A partial change: absent fields stay, `null` clears those that may be empty.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct EditBooking {
    /// One line, not blank.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1, max = TITLE_MAX), regex(pattern = r"\S"))]
    pub title: Option<String>,
    /// As long as it takes.
    #[serde(deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = DESCRIPTION_MAX))]
    pub description: Option<Option<String>>,
    /// The branch of work.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "OperationType")]
    pub operation_type: Option<OperationType>,
    /// The kind of occasion.
    #[serde(deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    pub activity_type: Option<Option<ActivityType>>,
    /// How urgent it is.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Priority")]
    pub priority: Option<Priority>,
    /// Where.
    #[serde(deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    pub location_id: Option<Option<LocationId>>,
    /// First instant.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Timestamp")]
    pub scheduled_start: Option<Timestamp>,
    /// First instant after.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Timestamp")]
    pub scheduled_end: Option<Timestamp>,
    /// IANA zone.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub timezone: Option<String>,
    /// What it may cost, more than 0.
    #[serde(deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    pub budget: Option<Option<Money>>,
    /// What it did cost, at least 0.
    #[serde(deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    pub actual_cost: Option<Option<Money>>,
    /// What else must be so: any JSON of at most 16 KiB.
    #[serde(deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    pub requirements: Option<Option<Value>>,
    /// Who is needed.
    #[serde(deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    pub staff_requirements: Option<Option<StaffRequirements>>,
    /// What equipment is needed: any JSON of at most 16 KiB.
    #[serde(deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    pub equipment_requirements: Option<Option<Value>>,
    /// The newest remark.
    #[serde(deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = NOTES_MAX))]
    pub notes: Option<Option<String>>,
}

/// Why a booking is not changed.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// It is completed or cancelled.
    #[error("the booking is {0} and can no longer be changed")]
    Closed(BookingStatus),
    /// The input breaks rules.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The location does not exist, or belongs to another organization, which sounds the same.
    #[error("there is no such location")]
    UnknownLocation,
    /// The location takes no new bookings.
    #[error("the location is inactive")]
    LocationInactive,
    /// The organization may not act at present.
    #[error("the organization is suspended")]
    OrganizationSuspended,
    /// A fact could not be written down.
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
}

impl From<place::Unfit> for EditError {
    fn from(unfit: place::Unfit) -> Self {
        match unfit {
            place::Unfit::Unknown => Self::UnknownLocation,
            place::Unfit::Inactive => Self::LocationInactive,
        }
    }
}

/// Decides about a partial change; nothing when every given field already has its value.
pub fn edit(
    given: &Given,
    booking: &Booking,
    command: EditBooking,
) -> Result<Option<Decision<Booking>>, EditError> {
    revise(given, booking, command, None)
}

/// The same for a change that is made with others of a series: what the booking's reference to it is
/// afterwards.
pub(crate) fn revise(
    given: &Given,
    booking: &Booking,
    command: EditBooking,
    with_series: Option<SeriesReference>,
) -> Result<Option<Decision<Booking>>, EditError> {
    if booking.status.is_final() {
        return Err(EditError::Closed(booking.status));
    }
    let now = to_microsecond(given.now);
    let mut state = booking.clone();
    let alone = with_series.is_none();
    let mut edits = apply(&mut state, command);
    edits.put("series", &mut state.series, with_series.map(Some));
    let rescheduled = edits.has("scheduledStart") || edits.has("scheduledEnd");

    let mut checks = Checks::new();
    validate::fields(&mut checks, &state);
    if rescheduled {
        validate::schedule(&mut checks, state.scheduled_start, state.scheduled_end);
    }
    if edits.has("scheduledStart") && booking.status != BookingStatus::InProgress {
        validate::not_in_past(&mut checks, state.scheduled_start, now);
    }
    checks.done()?;
    if given.organization.status == OrganizationStatus::Suspended {
        return Err(EditError::OrganizationSuspended);
    }
    if rescheduled || edits.has("locationId") {
        place::check(&state, given.location)?;
    }

    let Some(changed) = edits.names() else { return Ok(None) };
    if alone && let Some(series) = &mut state.series {
        series.keep(&changed);
    }
    state.updated_at = now;
    state.version += 1;
    let payload =
        BookingUpdated { booking_id: state.id, changed, booking: state, changed_by: given.actor };
    let fact = Fact::new(&payload)?;
    Ok(Some(Decision::new(payload.booking, fact)))
}

fn apply(state: &mut Booking, command: EditBooking) -> Changes {
    let mut edits = Changes::new();
    edits.put("title", &mut state.title, command.title);
    edits.put("description", &mut state.description, command.description);
    edits.put("operationType", &mut state.operation_type, command.operation_type);
    edits.put("activityType", &mut state.activity_type, command.activity_type);
    edits.put("priority", &mut state.priority, command.priority);
    edits.put("locationId", &mut state.location_id, command.location_id);
    let start = command.scheduled_start.map(to_microsecond);
    edits.put("scheduledStart", &mut state.scheduled_start, start);
    let end = command.scheduled_end.map(to_microsecond);
    edits.put("scheduledEnd", &mut state.scheduled_end, end);
    edits.put("timezone", &mut state.timezone, command.timezone);
    edits.put("budget", &mut state.budget, command.budget);
    edits.put("actualCost", &mut state.actual_cost, command.actual_cost);
    edits.put("requirements", &mut state.requirements, command.requirements);
    edits.put("staffRequirements", &mut state.staff_requirements, command.staff_requirements);
    let equipment = command.equipment_requirements;
    edits.put("equipmentRequirements", &mut state.equipment_requirements, equipment);
    edits.put("notes", &mut state.notes, command.notes);
    edits
}

#[cfg(test)]
mod tests;
