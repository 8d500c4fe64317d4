//! Creating a booking: a draft with a title, a time and, mostly, a place.
//!
//! Whether the place is free is not known here: the store's guard decides that in the transaction
//! that writes the booking.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::metadata::CreationFigures;
use super::validate::{self, DESCRIPTION_MAX, NOTES_MAX, TITLE_MAX};
use super::{ActivityType, Booking, BookingStatus, OperationType, Priority, StaffRequirements};
use super::{operation_type, place};
use crate::decision::Decision;
use crate::error::{Checks, Invalid};
use crate::event::{BookingCreated, Fact, LocationRequirements, Unwritable};
use crate::id::{BookingId, LocationId, OrganizationId, UserId};
use crate::location::Location;
use crate::money::Money;
use crate::organization::{Organization, OrganizationStatus};
use crate::series::SeriesReference;
use crate::time::to_microsecond;

/// A booking that somebody wants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateBooking {
    /// Whose it is to be.
    pub organization_id: OrganizationId,
    /// One line, not blank.
    #[schemars(length(min = 1, max = TITLE_MAX), regex(pattern = r"\S"))]
    pub title: String,
    /// As long as it takes.
    #[serde(default)]
    #[schemars(length(max = DESCRIPTION_MAX))]
    pub description: Option<String>,
    /// The branch of work; guessed from the title when absent.
    #[serde(default)]
    pub operation_type: Option<OperationType>,
    /// The kind of occasion.
    #[serde(default)]
    pub activity_type: Option<ActivityType>,
    /// How urgent it is; `medium` when absent.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// Where.
    #[serde(default)]
    pub location_id: Option<LocationId>,
    /// First instant; not in the past.
    pub scheduled_start: Timestamp,
    /// First instant after; later than the start by at most 31 days.
    pub scheduled_end: Timestamp,
    /// IANA zone; the location's when absent, without a location the organization's.
    #[serde(default)]
    pub timezone: Option<String>,
    /// What it may cost, more than 0.
    #[serde(default)]
    pub budget: Option<Money>,
    /// What else must be so: any JSON of at most 16 KiB.
    #[serde(default)]
    pub requirements: Option<Value>,
    /// Who is needed.
    #[serde(default)]
    pub staff_requirements: Option<StaffRequirements>,
    /// What equipment is needed: any JSON of at most 16 KiB.
    #[serde(default)]
    pub equipment_requirements: Option<Value>,
    /// A remark.
    #[serde(default)]
    #[schemars(length(max = NOTES_MAX))]
    pub notes: Option<String>,
}

/// What [`create`] and [`edit`](super::edit()) need to know beside the command.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The present instant.
    pub now: Timestamp,
    /// Who asks.
    pub actor: UserId,
    /// The booking's id; a fresh one when it is created.
    pub id: BookingId,
    /// The organization that the booking belongs to.
    pub organization: &'a Organization,
    /// The location that the booking will have, if it was found.
    pub location: Option<&'a Location>,
}

/// Why a booking is not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
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

impl From<place::Unfit> for CreateError {
    fn from(unfit: place::Unfit) -> Self {
        match unfit {
            place::Unfit::Unknown => Self::UnknownLocation,
            place::Unfit::Inactive => Self::LocationInactive,
        }
    }
}

/// Decides about a new booking: a draft of version 1 and `BOOKING_CREATED`.
pub fn create(given: &Given, command: CreateBooking) -> Result<Decision<Booking>, CreateError> {
    create_in(given, command, None)
}

/// The same for an occurrence of a series.
pub(crate) fn create_in(
    given: &Given,
    command: CreateBooking,
    series: Option<SeriesReference>,
) -> Result<Decision<Booking>, CreateError> {
    // Only the location that was asked for lends its zone and its figures.
    let location = given.location.filter(|found| command.location_id == Some(found.id));
    let booking = Booking { series, ..draft(given, location, command)? };
    if given.organization.status == OrganizationStatus::Suspended {
        return Err(CreateError::OrganizationSuspended);
    }
    place::check(&booking, location)?;
    let payload = BookingCreated {
        cannabis_operation_type: booking.operation_type,
        required_staff_skills: booking
            .staff_requirements
            .as_ref()
            .map_or_else(Vec::new, |needs| needs.required_skills().to_vec()),
        location_requirements: location.map(LocationRequirements::of),
        booking,
    };
    let figures = CreationFigures::of(&payload.booking);
    let fact = Fact::with_metadata(&payload, &figures)?;
    Ok(Decision::new(payload.booking, fact))
}

/// The booking that the command describes, once its fields have passed.
fn draft(
    given: &Given,
    location: Option<&Location>,
    command: CreateBooking,
) -> Result<Booking, Invalid> {
    let now = to_microsecond(given.now);
    let default_zone = location.map_or(&given.organization.timezone, |location| &location.timezone);
    let booking = Booking {
        id: given.id,
        organization_id: given.organization.id,
        operation_type: command
            .operation_type
            .unwrap_or_else(|| operation_type::suggest(&command.title)),
        title: command.title,
        description: command.description,
        activity_type: command.activity_type,
        priority: command.priority.unwrap_or_default(),
        location_id: command.location_id,
        scheduled_start: to_microsecond(command.scheduled_start),
        scheduled_end: to_microsecond(command.scheduled_end),
        timezone: command.timezone.unwrap_or_else(|| default_zone.clone()),
        budget: command.budget,
        actual_cost: None,
        requirements: command.requirements,
        staff_requirements: command.staff_requirements,
        equipment_requirements: command.equipment_requirements,
        status: BookingStatus::Draft,
        notes: command.notes,
        series: None,
        created_by: given.actor,
        submitted_by: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let mut checks = Checks::new();
    checks.require(
        command.organization_id == given.organization.id,
        "organizationId",
        "unknown_organization",
        "organizationId names no organization that was found",
    );
    validate::fields(&mut checks, &booking);
    validate::schedule(&mut checks, booking.scheduled_start, booking.scheduled_end);
    validate::not_in_past(&mut checks, booking.scheduled_start, now);
    checks.done()?;
    Ok(booking)
}

#[cfg(test)]
mod tests;
