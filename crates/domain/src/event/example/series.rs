//! Examples of a series: a tasting every week, moved, and cancelled from some week on.

use super::{CHANGED, MADE, id};
use crate::event::{BookingSeriesCancelled, BookingSeriesCreated, BookingSeriesUpdated, Example};
use crate::local_time::LocalTime;
use crate::recurrence::EditScope;
use crate::series::BookingSeries;

fn series() -> BookingSeries {
    BookingSeries {
        id: id(13),
        organization_id: id(1),
        recurrence: "FREQ=WEEKLY;BYDAY=FR;COUNT=3".to_owned(),
        local_start: LocalTime::new(jiff::civil::DateTime::constant(2026, 7, 3, 6, 0, 0, 0)),
        duration_seconds: 19_800,
        timezone: "America/Denver".to_owned(),
        split_from: Some(id(16)),
        cancelled_at: None,
        created_by: id(2),
        created_at: MADE,
        updated_at: MADE,
        version: 1,
    }
}

impl Example for BookingSeriesCreated {
    fn example() -> Self {
        Self { series: series(), booking_ids: vec![id(4), id(14), id(15)] }
    }
}

impl Example for BookingSeriesUpdated {
    fn example() -> Self {
        Self {
            series_id: id(13),
            scope: EditScope::All,
            changed: vec!["title".to_owned()],
            booking_ids: vec![id(15), id(14), id(4)],
            series: BookingSeries { updated_at: CHANGED, version: 2, ..series() },
            changed_by: id(2),
        }
    }
}

impl Example for BookingSeriesCancelled {
    fn example() -> Self {
        let recurrence = "FREQ=WEEKLY;BYDAY=FR;COUNT=1".to_owned();
        Self {
            series_id: id(13),
            scope: EditScope::ThisAndFollowing,
            booking_ids: vec![id(14), id(15)],
            series: BookingSeries { recurrence, updated_at: CHANGED, version: 3, ..series() },
            cancelled_by: id(2),
            notes: Some("The shop closes.".to_owned()),
        }
    }
}
