//! Creating a series: every occurrence a draft of its own, all of them or none.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::times::{instants, on_the_clock, without_overlap};
use super::{BookingSeries, OCCURRENCES_MAX, SeriesReference};
use crate::availability::RULE_MAX;
use crate::booking::validate::{DESCRIPTION_MAX, NOTES_MAX, TITLE_MAX};
use crate::booking::{
    self, ActivityType, Booking, CreateBooking, CreateError, OperationType, Priority,
    StaffRequirements,
};
use crate::decision::Decision;
use crate::error::{Checks, FieldError, Invalid};
use crate::event::{BookingSeriesCreated, Fact, Unwritable};
use crate::id::{BookingId, BookingSeriesId, LocationId, OrganizationId};
use crate::local_time::LocalTime;
use crate::money::Money;
use crate::recurrence::{Occurrence, Rule, Span, SpanError};
use crate::time::{TimeRange, to_microsecond};

/// Bookings that recur.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateSeries {
    /// Whose they are to be.
    pub organization_id: OrganizationId,
    /// How they recur: a rule of RFC 5545 with COUNT or UNTIL, such as
    /// `FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10`. At most 366 occurrences, of which `scheduledStart` is the first.
    #[schemars(length(min = 1, max = RULE_MAX))]
    pub recurrence: String,
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
    /// How urgent they are; `medium` when absent.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// Where.
    #[serde(default)]
    pub location_id: Option<LocationId>,
    /// First instant of the first; not in the past, in whole seconds.
    pub scheduled_start: Timestamp,
    /// First instant after the first. Every occurrence takes the same elapsed time.
    pub scheduled_end: Timestamp,
    /// IANA zone of the clock by which they recur; the location's when absent, without a location the
    /// organization's.
    #[serde(default)]
    pub timezone: Option<String>,
    /// What each may cost, more than 0.
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

impl CreateSeries {
    /// One of the bookings.
    fn booking(&self, timezone: &str, range: TimeRange) -> CreateBooking {
        CreateBooking {
            organization_id: self.organization_id,
            title: self.title.clone(),
            description: self.description.clone(),
            operation_type: self.operation_type,
            activity_type: self.activity_type,
            priority: self.priority,
            location_id: self.location_id,
            scheduled_start: range.start,
            scheduled_end: range.end,
            timezone: Some(timezone.to_owned()),
            budget: self.budget,
            requirements: self.requirements.clone(),
            staff_requirements: self.staff_requirements.clone(),
            equipment_requirements: self.equipment_requirements.clone(),
            notes: self.notes.clone(),
        }
    }
}

/// Why a series is not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateSeriesError {
    /// An occurrence cannot be created as a booking.
    #[error(transparent)]
    Booking(#[from] CreateError),
    /// The rule or the times break rules.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// A fact could not be written down.
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
}

/// A series that was agreed to.
#[derive(Debug)]
pub struct Created {
    /// The series and `BOOKING_SERIES_CREATED`.
    pub series: Decision<BookingSeries>,
    /// Its occurrences in order, each with `BOOKING_CREATED`.
    pub bookings: Vec<Decision<Booking>>,
}

/// Decides about a new series. `given.id` is not used; `new_id` makes one for each booking.
pub fn create(
    given: &booking::Given,
    id: BookingSeriesId,
    command: &CreateSeries,
    mut new_id: impl FnMut() -> BookingId,
) -> Result<Created, CreateSeriesError> {
    let zone = given.location.map_or(&given.organization.timezone, |location| &location.timezone);
    let timezone = command.timezone.as_ref().unwrap_or(zone);
    // The first one tells of everything that is wrong with a single booking.
    if let Some(first) = TimeRange::new(command.scheduled_start, command.scheduled_end) {
        booking::create(given, command.booking(timezone, first))?;
    }
    let rule = rule(&command.recurrence)?;
    let range = instants(command.scheduled_start, command.scheduled_end)?;
    let local = on_the_clock(timezone, range.start)?;
    let occurrences = occurrences(&rule, local, range, timezone)?;

    let now = to_microsecond(given.now);
    let count = u32::try_from(occurrences.len()).unwrap_or(u32::MAX);
    let series = BookingSeries {
        id,
        organization_id: given.organization.id,
        recurrence: rule.counted(count).to_string(),
        local_start: LocalTime::new(local),
        duration_seconds: seconds(range),
        timezone: timezone.clone(),
        split_from: None,
        cancelled_at: None,
        created_by: given.actor,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let mut bookings = Vec::with_capacity(occurrences.len());
    for (number, occurrence) in (1..).zip(&occurrences) {
        let given = booking::Given { id: new_id(), ..*given };
        let place = SeriesReference { id, number, changed: Vec::new() };
        let command = command.booking(timezone, occurrence.range);
        bookings.push(booking::create::create_in(&given, command, Some(place))?);
    }
    let booking_ids = bookings.iter().map(|one| one.state.id).collect();
    let payload = BookingSeriesCreated { series, booking_ids };
    let fact = Fact::new(&payload)?;
    Ok(Created { series: Decision::new(payload.series, fact), bookings })
}

/// Whole seconds of a range that has no others.
pub(super) fn seconds(range: TimeRange) -> u32 {
    u32::try_from(range.microseconds() / 1_000_000).unwrap_or(u32::MAX)
}

/// A rule that ends.
fn rule(text: &str) -> Result<Rule, Invalid> {
    let rule = Rule::parse(text).map_err(|error| invalid(&SpanError::Rule(error)))?;
    let mut checks = Checks::new();
    checks.require(
        rule.ends(),
        "recurrence",
        "endless",
        "a series of bookings ends: give COUNT or UNTIL",
    );
    let counted = rule.count().is_some_and(|count| count as usize > OCCURRENCES_MAX);
    checks.require(!counted, "recurrence", "too_many", TOO_MANY);
    checks.done().map(|()| rule)
}

const TOO_MANY: &str = "a series has at most 366 occurrences";

/// All occurrences, of which the one at `local` is the first.
fn occurrences(
    rule: &Rule,
    local: jiff::civil::DateTime,
    range: TimeRange,
    timezone: &str,
) -> Result<Vec<Occurrence>, Invalid> {
    let elapsed = SignedDuration::from_secs(i64::from(seconds(range)));
    let span = Span::lasting(local, elapsed, timezone, rule).map_err(|error| invalid(&error))?;
    let found: Vec<_> = span.occurrences_from(local).take(OCCURRENCES_MAX + 1).collect();
    let mut checks = Checks::new();
    checks.require(found.len() <= OCCURRENCES_MAX, "recurrence", "too_many", TOO_MANY);
    checks.require(
        found.first().is_some_and(|first| first.local == local),
        "scheduledStart",
        "not_by_rule",
        "the recurrence must have its first occurrence at scheduledStart, on the clock of timezone",
    );
    without_overlap(&mut checks, &found);
    checks.done().map(|()| found)
}

/// A span's error as one of the request's fields.
pub(super) fn invalid(error: &SpanError) -> Invalid {
    let field = match error {
        SpanError::UnknownZone => "timezone",
        SpanError::Start => "scheduledStart",
        SpanError::EndNotAfterStart | SpanError::TooLong => "scheduledEnd",
        SpanError::Rule(_)
        | SpanError::Values(_)
        | SpanError::Never
        | SpanError::TooManyExceptions => "recurrence",
    };
    Invalid(vec![FieldError::new(field, error.code(), error.to_string())])
}
