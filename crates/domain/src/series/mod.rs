//! Series: bookings that were made together by a recurrence rule.
//!
//! Cast: a [`BookingSeries`] is the rule on a clock; every occurrence is a booking of its own, with a
//! [`SeriesReference`]. [`mod@create`] makes all of them at once; [`select`] says which of them a scope
//! means, and of these [`mod@edit`] changes, [`mod@cancel`] ends.
//!
//! Guarantee: what a series is told reaches the occurrences that are still to come, all of them or none;
//! what has begun, is completed or is cancelled stays as it is, and so does what was changed in an
//! occurrence alone. An occurrence whose times were never changed alone lies where the rule says.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{BookingSeriesId, OrganizationId, UserId};
use crate::local_time::LocalTime;
use crate::recurrence::{Occurrence, Rule, Span, SpanError};

pub mod cancel;
pub mod create;
pub mod edit;
mod select;
#[cfg(test)]
mod tests;
mod times;

pub use cancel::cancel;
pub use create::{CreateSeries, CreateSeriesError, Created, create};
pub use edit::{Given, Revised, SeriesError, edit};
pub use select::{Named, Selection, select};

/// Most occurrences of a series.
pub const OCCURRENCES_MAX: usize = 366;

/// A recurrence rule on a clock, by which bookings were made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingSeries {
    /// Its id.
    pub id: BookingSeriesId,
    /// Whose it is.
    pub organization_id: OrganizationId,
    /// How it recurs: a rule of RFC 5545 with the count of its occurrences, however its end was stated.
    pub recurrence: String,
    /// When number 1 starts on the clock of `timezone`.
    pub local_start: LocalTime,
    /// How long each takes, in seconds of elapsed time.
    pub duration_seconds: u32,
    /// IANA zone of the clock.
    pub timezone: String,
    /// The series that it was a part of until it was changed from some occurrence on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split_from: Option<BookingSeriesId>,
    /// When it was cancelled as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancelled_at: Option<Timestamp>,
    /// Who made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// How often it has changed: 1 when created.
    pub version: u64,
}

impl BookingSeries {
    /// Its rule. A series that was checked has one.
    pub fn rule(&self) -> Result<Rule, SpanError> {
        Ok(Rule::parse(&self.recurrence)?)
    }

    /// Where the rule puts each occurrence, from number 1.
    pub fn occurrences(&self) -> Result<Vec<Occurrence>, SpanError> {
        let elapsed = SignedDuration::from_secs(i64::from(self.duration_seconds));
        let start = self.local_start.civil();
        let span = Span::lasting(start, elapsed, &self.timezone, &self.rule()?)?;
        Ok(span.occurrences_from(start).take(OCCURRENCES_MAX).collect())
    }
}

/// An occurrence's place in its series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeriesReference {
    /// Which series.
    pub id: BookingSeriesId,
    /// Which occurrence, from 1.
    pub number: u32,
    /// The fields that were changed in this occurrence alone, sorted: changes of the series leave them.
    #[serde(default)]
    pub changed: Vec<String>,
}

impl SeriesReference {
    /// Remembers fields as changed here alone.
    pub(crate) fn keep(&mut self, fields: &[String]) {
        self.changed.extend_from_slice(fields);
        self.changed.sort_unstable();
        self.changed.dedup();
    }

    /// Whether a field was changed here alone.
    pub(crate) fn keeps(&self, field: &str) -> bool {
        self.changed.iter().any(|one| one == field)
    }

    /// Whether the time was changed here alone.
    pub(crate) fn keeps_time(&self) -> bool {
        self.keeps("scheduledStart") || self.keeps("scheduledEnd")
    }
}
