//! Examples of what was taken out.

use super::{END, START, id};
use crate::booking::BookingStatus;
use crate::event::{DataExported, Example};
use crate::export::{ExportFilter, ExportFormat, ExportKind};

impl Example for DataExported {
    fn example() -> Self {
        Self {
            user_id: id(2),
            of: ExportKind::Hours,
            format: ExportFormat::Csv,
            filter: ExportFilter {
                organization_id: Some(id(1)),
                status: vec![BookingStatus::Completed],
                from: Some(START),
                to: Some(END),
                ..ExportFilter::default()
            },
            bookings: 217,
            money: true,
        }
    }
}
