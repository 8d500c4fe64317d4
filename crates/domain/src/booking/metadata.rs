//! Figures about a booking that go beside its events, for those who count and rank.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use super::transition::{ImpactLevel, TransitionType};
use super::{Booking, BookingStatus};
use crate::money::Money;
use crate::time::TimeRange;

const HOUR_MICROS: i64 = 3_600_000_000;

/// What is known of a booking's size when it is created.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreationFigures {
    /// Hours from start to end, not rounded: 90 minutes are 1.5.
    #[serde(serialize_with = "short_number")]
    pub estimated_duration: f64,
    /// The budget, or 0 without one.
    pub booking_value: Money,
    /// See [`complexity_score`].
    pub complexity_score: u8,
}

impl CreationFigures {
    /// The figures of `booking`.
    pub fn of(booking: &Booking) -> Self {
        Self {
            estimated_duration: hours(&booking.range()),
            booking_value: booking.budget.unwrap_or(Money::ZERO),
            complexity_score: complexity_score(booking),
        }
    }
}

/// How a change of status is to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusChangeFigures {
    /// What kind of step it is.
    pub transition_type: TransitionType,
    /// How much it disturbs.
    pub impact_level: ImpactLevel,
}

impl StatusChangeFigures {
    /// The figures of the step of `booking` (as it was before) to `to`.
    pub fn of(booking: &Booking, to: BookingStatus, now: jiff::Timestamp) -> Self {
        Self {
            transition_type: super::transition::transition_type(booking.status, to),
            impact_level: super::transition::impact_level(booking, to, now),
        }
    }
}

/// How much there is to arrange, from 1 to at most 10: 1, +2 with staff requirements, +2 with
/// equipment requirements, +1 with a budget above 1000, +1 when longer than 8 hours.
pub fn complexity_score(booking: &Booking) -> u8 {
    let rows = [
        (booking.staff_requirements.is_some(), 2),
        (booking.equipment_requirements.is_some(), 2),
        (booking.budget.is_some_and(|budget| budget > Money::from_minor(100_000)), 1),
        (booking.range().microseconds() > 8 * HOUR_MICROS, 1),
    ];
    let points: u8 = rows.iter().filter(|(holds, _)| *holds).map(|(_, points)| points).sum();
    (1 + points).min(10)
}

/// Elapsed hours. A booking has fewer microseconds than 2^53, so the division rounds only once.
#[expect(clippy::cast_precision_loss, reason = "31 days are 2.7 × 10^12 microseconds")]
fn hours(range: &TimeRange) -> f64 {
    range.microseconds() as f64 / HOUR_MICROS as f64
}

/// Writes 3 for 3.0, as a person would.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn short_number<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    #[expect(clippy::cast_possible_truncation, reason = "whole and small, checked before")]
    if number.fract() == 0.0 && number.abs() < 1e15 {
        serializer.serialize_i64(*number as i64)
    } else {
        serializer.serialize_f64(*number)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::booking::StaffRequirements;
    use crate::testing::{booking, hours_from_now};

    #[test]
    fn each_row_of_the_score_adds_its_points() {
        let plain = booking(BookingStatus::Draft);
        let micro = jiff::SignedDuration::from_micros(1);
        let until = |end| Booking { scheduled_end: end, ..plain.clone() };
        let worth = |minor| Booking { budget: Some(Money::from_minor(minor)), ..plain.clone() };
        let rows = [
            (plain.clone(), 1),
            (
                Booking { staff_requirements: Some(StaffRequirements::default()), ..plain.clone() },
                3,
            ),
            (Booking { equipment_requirements: Some(json!({})), ..plain.clone() }, 3),
            (Booking { requirements: Some(json!({})), ..plain.clone() }, 1),
            (worth(100_000), 1),
            (worth(100_001), 2),
            (until(hours_from_now(32)), 1),
            (until(hours_from_now(32) + micro), 2),
        ];
        for (booking, score) in rows {
            assert_eq!(complexity_score(&booking), score);
        }
        let all = Booking {
            staff_requirements: Some(StaffRequirements::default()),
            equipment_requirements: Some(json!([])),
            budget: Some(Money::from_minor(200_000)),
            scheduled_end: hours_from_now(48),
            ..plain
        };
        assert_eq!(complexity_score(&all), 7);
    }

    #[test]
    fn hours_are_not_rounded() {
        let figures = |minutes: i64| {
            let end = hours_from_now(24) + jiff::SignedDuration::from_mins(minutes);
            let booking = Booking { scheduled_end: end, ..booking(BookingStatus::Draft) };
            serde_json::to_value(CreationFigures::of(&booking)).unwrap()["estimatedDuration"]
                .clone()
        };
        assert_eq!(figures(90), json!(1.5));
        assert_eq!(figures(120), json!(2));
        assert_eq!(figures(100), json!(5.0 / 3.0));
        assert_eq!(figures(1), json!(1.0 / 60.0));
    }
}
