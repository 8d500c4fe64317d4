//! The limits of a booking's fields, shared by creating and editing.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::Booking;
use crate::error::Checks;
use crate::money::Money;

/// Longest title, in characters.
pub const TITLE_MAX: usize = 200;
/// Longest description, in characters.
pub const DESCRIPTION_MAX: usize = 10_000;
/// Longest remark, in characters.
pub const NOTES_MAX: usize = 5_000;
/// Largest free-form requirement, in bytes of JSON text without needless spaces.
pub const FREE_FORM_MAX: usize = 16 * 1024;
/// Longest booking, in elapsed time: 31 days of 24 hours.
pub const DURATION_MAX: SignedDuration = SignedDuration::from_hours(31 * 24);

/// Every field on its own; the schedule is another matter.
pub(super) fn fields(checks: &mut Checks, booking: &Booking) {
    checks.heading("title", &booking.title, TITLE_MAX);
    if let Some(description) = &booking.description {
        checks.longest("description", description, DESCRIPTION_MAX);
    }
    if let Some(text) = &booking.notes {
        notes(checks, text);
    }
    checks.zone("timezone", &booking.timezone);
    if let Some(amount) = booking.budget {
        budget(checks, amount);
    }
    if let Some(amount) = booking.actual_cost {
        actual_cost(checks, amount);
    }
    if let Some(value) = &booking.requirements {
        free_form(checks, "requirements", value);
    }
    if let Some(needs) = &booking.staff_requirements {
        needs.check(checks, "staffRequirements");
    }
    if let Some(value) = &booking.equipment_requirements {
        free_form(checks, "equipmentRequirements", value);
    }
}

/// A remark.
pub(super) fn notes(checks: &mut Checks, text: &str) {
    checks.longest("notes", text, NOTES_MAX);
}

/// The schedule itself: both instants between 1970 and 9999, start before end, not too long.
///
/// (The latest instant that a [`Timestamp`] holds lies in 9999.)
pub(super) fn schedule(checks: &mut Checks, start: Timestamp, end: Timestamp) {
    for (field, instant) in [("scheduledStart", start), ("scheduledEnd", end)] {
        checks.require(
            instant >= Timestamp::UNIX_EPOCH,
            field,
            "out_of_range",
            format_args!("{field} must lie between the years 1970 and 9999"),
        );
    }
    if end <= start {
        checks.refuse(
            "scheduledEnd",
            "end_not_after_start",
            "scheduledEnd must lie after scheduledStart",
        );
    } else if end.duration_since(start) > DURATION_MAX {
        checks.refuse("scheduledEnd", "too_long", "a booking may last at most 31 days");
    }
}

/// A start that is still to come; a start at `now` is.
pub(super) fn not_in_past(checks: &mut Checks, start: Timestamp, now: Timestamp) {
    checks.require(
        start >= now,
        "scheduledStart",
        "in_past",
        "scheduledStart must not lie in the past",
    );
}

/// A budget is more than nothing.
fn budget(checks: &mut Checks, amount: Money) {
    checks.require(
        amount > Money::ZERO,
        "budget",
        "not_positive",
        "budget must be more than 0; leave it out when there is none",
    );
}

/// A cost may be nothing, but not less.
fn actual_cost(checks: &mut Checks, amount: Money) {
    checks.require(
        amount >= Money::ZERO,
        "actualCost",
        "negative",
        "actualCost must not be less than 0",
    );
}

/// Free-form JSON: small, and without NUL in any text or key.
fn free_form(checks: &mut Checks, field: &str, value: &Value) {
    checks.require(
        value.to_string().len() <= FREE_FORM_MAX,
        field,
        "too_large",
        format_args!("{field} may take at most {FREE_FORM_MAX} bytes as JSON"),
    );
    checks.require(
        !has_nul(value),
        field,
        "control_character",
        format_args!("{field} must not contain the character U+0000"),
    );
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(has_nul),
        Value::Object(fields) => {
            fields.iter().any(|(key, value)| key.contains('\0') || has_nul(value))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
