//! Coming and going.
//!
//! A telephone without a connection tells later: the time that it states is when the person came, and
//! the time at which the platform heard of it stands beside. The same news again changes nothing.
//! Where it was told from is recorded and judged, never a reason to refuse.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::step::{StepError, StepGiven, Stepped, step_to};
use super::{Assignment, AssignmentStatus};
use crate::booking::BookingStatus;
use crate::error::{Checks, Invalid};
use crate::event::{AssignedStaff, Fact, StaffCheckedIn, StaffCheckedOut};
use crate::location::Location;
use crate::staffing::Position;
use crate::time::to_microsecond;

/// How far a telephone's clock may be ahead.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// Somebody comes or goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CheckIn {
    /// Degrees north, WGS 84; together with the longitude or not at all.
    #[schemars(range(min = -90, max = 90))]
    pub latitude: Option<f64>,
    /// Degrees east, WGS 84; together with the latitude or not at all.
    #[schemars(range(min = -180, max = 180))]
    pub longitude: Option<f64>,
    /// How far off the position may be, in metres.
    #[schemars(range(min = 0))]
    pub accuracy_meters: Option<f64>,
    /// When, by the clock of whoever tells; now when absent.
    pub at: Option<Timestamp>,
}

/// What is recorded of a check-in or check-out beside its time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Presence {
    /// When the platform heard of it.
    pub recorded_at: Timestamp,
    /// Degrees north, WGS 84.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// Degrees east, WGS 84.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
    /// How far off the position may be, in metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accuracy_meters: Option<f64>,
    /// How far from the location, in metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_meters: Option<f64>,
    /// Whether the position lies within the location's geofence and is accurate enough to say so;
    /// absent when the booking has no location with coordinates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within_geofence: Option<bool>,
}

impl Presence {
    /// What is recorded of `command` at `location`.
    fn of(command: &CheckIn, location: Option<&Location>, now: Timestamp) -> Self {
        let there = location.and_then(|location| {
            let position =
                Position { latitude: location.latitude?, longitude: location.longitude? };
            Some((position, f64::from(location.geofence_radius_meters)))
        });
        let here = command
            .latitude
            .zip(command.longitude)
            .map(|(latitude, longitude)| Position { latitude, longitude });
        let distance = there.zip(here).map(|((there, _), here)| there.meters_to(here));
        let within = there.map(|(_, radius)| {
            distance.is_some_and(|meters| meters <= radius)
                && command.accuracy_meters.is_some_and(|meters| meters <= radius)
        });
        Self {
            recorded_at: now,
            latitude: command.latitude,
            longitude: command.longitude,
            accuracy_meters: command.accuracy_meters,
            distance_meters: distance.map(|meters| (meters * 10.0).round() / 10.0),
            within_geofence: within,
        }
    }
}

/// Decides about a check-in: `checked_in` and `STAFF_CHECKED_IN`; nothing when it is known already.
pub fn check_in(
    given: &StepGiven,
    assignment: &Assignment,
    location: Option<&Location>,
    command: &CheckIn,
) -> Result<Option<Stepped>, StepError> {
    let came = validate(given, command, assignment.created_at, "assigned")?;
    let known =
        matches!(assignment.status, AssignmentStatus::CheckedIn | AssignmentStatus::Completed);
    if known && is_same(assignment.checked_in_at, command.at) {
        return Ok(None);
    }
    if given.booking.status.is_final() {
        return Err(StepError::BookingClosed(given.booking.status));
    }
    if assignment.status == AssignmentStatus::NoShow && !given.manages {
        return Err(StepError::ManagersOnly);
    }
    let (booking, mut assignment) = step_to(given, assignment, AssignmentStatus::CheckedIn)?;
    assignment.checked_in_at = Some(came);
    assignment.check_in = Some(Presence::of(command, location, assignment.updated_at));
    let payload = StaffCheckedIn {
        booking_id: booking.id,
        assignment: AssignedStaff::new(assignment, given.staff_name.to_owned()),
        checked_in_by: given.actor,
        booking,
    };
    let fact = Fact::new(&payload)?;
    let assignment = payload.assignment.assignment;
    Ok(Some(Stepped { booking: payload.booking, assignment, fact }))
}

/// Decides about a check-out: `completed` and `STAFF_CHECKED_OUT`; nothing when it is known already.
/// Who forgot it may do it after the booking is over.
pub fn check_out(
    given: &StepGiven,
    assignment: &Assignment,
    location: Option<&Location>,
    command: &CheckIn,
) -> Result<Option<Stepped>, StepError> {
    let came = assignment.checked_in_at.unwrap_or(assignment.created_at);
    let left = validate(given, command, came, "checked in")?;
    let is_done = assignment.status == AssignmentStatus::Completed;
    let known = assignment.checked_out_at.is_some();
    if is_done && known && is_same(assignment.checked_out_at, command.at) {
        return Ok(None);
    }
    // The assignment was completed with its booking before the person told when they left.
    let forgotten = is_done && !known && assignment.checked_in_at.is_some();
    if given.booking.status == BookingStatus::Cancelled && !forgotten {
        return Err(StepError::BookingClosed(given.booking.status));
    }
    let (booking, mut assignment) = if forgotten {
        let now = to_microsecond(given.now);
        (given.booking.touched(now), assignment.moved(AssignmentStatus::Completed, now))
    } else {
        step_to(given, assignment, AssignmentStatus::Completed)?
    };
    assignment.checked_out_at = Some(left);
    assignment.check_out = Some(Presence::of(command, location, assignment.updated_at));
    let worked = left.duration_since(came).as_secs().max(0);
    let payload = StaffCheckedOut {
        booking_id: booking.id,
        assignment: AssignedStaff::new(assignment, given.staff_name.to_owned()),
        checked_out_by: given.actor,
        worked_minutes: u64::try_from(worked / 60).unwrap_or_default(),
        booking,
    };
    let fact = Fact::new(&payload)?;
    let assignment = payload.assignment.assignment;
    Ok(Some(Stepped { booking: payload.booking, assignment, fact }))
}

/// Whether the news is what is known: a repetition states the same time, or none.
fn is_same(known: Option<Timestamp>, stated: Option<Timestamp>) -> bool {
    stated.is_none_or(|stated| known == Some(to_microsecond(stated)))
}

/// When it was, if position and time can be.
fn validate(
    given: &StepGiven,
    command: &CheckIn,
    after: Timestamp,
    what: &str,
) -> Result<Timestamp, Invalid> {
    let mut checks = Checks::new();
    if let Some(latitude) = command.latitude {
        checks.between("latitude", latitude, -90.0, 90.0);
    }
    if let Some(longitude) = command.longitude {
        checks.between("longitude", longitude, -180.0, 180.0);
    }
    let missing = match (command.latitude, command.longitude) {
        (Some(_), None) => Some("longitude"),
        (None, Some(_)) => Some("latitude"),
        _ => None,
    };
    if let Some(field) = missing {
        checks.refuse(
            field,
            "required",
            "latitude and longitude go together: give both or neither",
        );
    }
    if let Some(accuracy) = command.accuracy_meters {
        checks.require(
            accuracy >= 0.0,
            "accuracyMeters",
            "negative",
            "accuracyMeters must not be less than 0",
        );
    }
    let at = to_microsecond(command.at.unwrap_or(given.now));
    checks.require(at <= given.now + AHEAD, "at", "in_future", "at must not lie in the future");
    checks.require(
        command.at.is_none() || at >= after,
        "at",
        "too_early",
        format!("at must not lie before the person was {what}"),
    );
    checks.done()?;
    Ok(at)
}

#[cfg(test)]
mod tests;
