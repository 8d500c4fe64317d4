//! What happens to series of bookings. Each booking has events of its own beside.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{BookingId, BookingSeriesId, UserId};
use crate::recurrence::EditScope;
use crate::series::BookingSeries;

/// Bookings that recur were made, or a part of a series became one of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingSeriesCreated {
    /// The series.
    pub series: BookingSeries,
    /// Its bookings.
    pub booking_ids: Vec<BookingId>,
}

/// Bookings of a series were changed together, or the series lost those from some occurrence on to
/// another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingSeriesUpdated {
    /// Which one.
    pub series_id: BookingSeriesId,
    /// How much of it was meant.
    pub scope: EditScope,
    /// The names of the fields that were to change, in camelCase.
    pub changed: Vec<String>,
    /// The bookings that did change; each tells of it too.
    pub booking_ids: Vec<BookingId>,
    /// The series afterwards.
    pub series: BookingSeries,
    /// Who changed it.
    pub changed_by: UserId,
}

/// Bookings of a series were cancelled together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingSeriesCancelled {
    /// Which one.
    pub series_id: BookingSeriesId,
    /// How much of it was meant.
    pub scope: EditScope,
    /// The bookings that were cancelled; each tells of it too.
    pub booking_ids: Vec<BookingId>,
    /// The series afterwards.
    pub series: BookingSeries,
    /// Who cancelled it.
    pub cancelled_by: UserId,
    /// What was said about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}
