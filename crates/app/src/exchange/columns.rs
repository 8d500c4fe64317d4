//! What the rows of an export show.

use rishi_domain::assignment::AssignmentStatus;
use rishi_domain::booking::Booking;
use rishi_domain::export::ExportKind;
use rishi_domain::money::Money;
use rishi_domain::staffing::cost::price;
use rishi_domain::time::TimeRange;

use crate::bookings::{AssignmentBrief, BookingRecord};

/// Who sees a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// Whoever reads the booking.
    Nothing,
    /// Who sees pay rates, or whose pay it is.
    Pay,
    /// Who sees money in statistics.
    Costs,
}

/// A row: a booking, or an assignment on it.
pub(super) struct Row<'r> {
    pub(super) record: &'r BookingRecord,
    /// Absent where the rows are bookings.
    pub(super) assignment: Option<&'r AssignmentBrief>,
}

impl Row<'_> {
    fn booking(&self) -> &Booking {
        &self.record.booking
    }

    /// From coming to leaving.
    fn worked(&self) -> Option<TimeRange> {
        let assignment = self.assignment?;
        TimeRange::new(assignment.checked_in_at?, assignment.checked_out_at?)
    }
}

/// A column: its name, who sees it, and what stands in it.
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) needs: Needs,
    pub(super) cell: fn(&Row) -> Result<String, serde_json::Error>,
}

const fn open(name: &'static str, cell: fn(&Row) -> Result<String, serde_json::Error>) -> Column {
    Column { name, needs: Needs::Nothing, cell }
}

/// The columns of an export, in order.
pub(super) fn columns(kind: ExportKind) -> &'static [Column] {
    match kind {
        ExportKind::Bookings => BOOKINGS,
        ExportKind::Assignments => ASSIGNMENTS,
        ExportKind::Hours => HOURS,
    }
}

/// Whether an assignment has a row.
pub(super) fn has_row(kind: ExportKind, status: AssignmentStatus) -> bool {
    match kind {
        ExportKind::Bookings => false,
        ExportKind::Assignments => true,
        ExportKind::Hours => status.counts(),
    }
}

/// An import reads back those of these that a booking is made of.
static BOOKINGS: &[Column] = &[
    open("id", |row| Ok(row.booking().id.to_string())),
    open("organizationId", |row| Ok(row.booking().organization_id.to_string())),
    open("title", |row| Ok(row.booking().title.clone())),
    open("description", |row| Ok(text(row.booking().description.as_ref()))),
    open("operationType", |row| Ok(row.booking().operation_type.to_string())),
    open("activityType", |row| Ok(text(row.booking().activity_type))),
    open("priority", |row| Ok(row.booking().priority.to_string())),
    open("locationId", |row| Ok(text(row.booking().location_id))),
    open("locationName", |row| Ok(text(row.record.location.as_ref().map(|one| &one.name)))),
    open("scheduledStart", |row| Ok(row.booking().scheduled_start.to_string())),
    open("scheduledEnd", |row| Ok(row.booking().scheduled_end.to_string())),
    open("timezone", |row| Ok(row.booking().timezone.clone())),
    open("budget", |row| Ok(text(row.booking().budget))),
    Column {
        name: "actualCost",
        needs: Needs::Costs,
        cell: |row| Ok(text(row.booking().actual_cost)),
    },
    open("status", |row| Ok(row.booking().status.to_string())),
    open("requirements", |row| json(row.booking().requirements.as_ref())),
    open("staffRequirements", |row| json(row.booking().staff_requirements.as_ref())),
    open("equipmentRequirements", |row| json(row.booking().equipment_requirements.as_ref())),
    open("notes", |row| Ok(text(row.booking().notes.as_ref()))),
    open("staffCount", |row| {
        Ok(row.record.staff.iter().filter(|one| one.status.counts()).count().to_string())
    }),
    open("createdBy", |row| Ok(row.booking().created_by.to_string())),
    open("createdByName", |row| Ok(row.record.creator.display_name.clone())),
    open("createdAt", |row| Ok(row.booking().created_at.to_string())),
    open("updatedAt", |row| Ok(row.booking().updated_at.to_string())),
    open("version", |row| Ok(row.booking().version.to_string())),
];

static ASSIGNMENTS: &[Column] = &[
    open("bookingId", |row| Ok(row.booking().id.to_string())),
    open("organizationId", |row| Ok(row.booking().organization_id.to_string())),
    open("title", |row| Ok(row.booking().title.clone())),
    open("bookingStatus", |row| Ok(row.booking().status.to_string())),
    open("locationName", |row| Ok(text(row.record.location.as_ref().map(|one| &one.name)))),
    open("scheduledStart", |row| Ok(row.booking().scheduled_start.to_string())),
    open("scheduledEnd", |row| Ok(row.booking().scheduled_end.to_string())),
    open("timezone", |row| Ok(row.booking().timezone.clone())),
    open("assignmentId", |row| Ok(text(row.assignment.map(|one| one.id)))),
    open("staffId", |row| Ok(text(row.assignment.map(|one| one.staff.id)))),
    open("staffName", |row| Ok(text(row.assignment.map(|one| &one.staff.display_name)))),
    open("role", |row| Ok(text(row.assignment.map(|one| &one.role)))),
    open("assignmentStatus", |row| Ok(text(row.assignment.map(|one| one.status)))),
    open("specialRequirements", |row| {
        Ok(text(row.assignment.map(|one| one.special_requirements.join("; "))))
    }),
    open("checkedInAt", |row| Ok(text(row.assignment.and_then(|one| one.checked_in_at)))),
    open("checkedOutAt", |row| Ok(text(row.assignment.and_then(|one| one.checked_out_at)))),
    RATE,
];

static HOURS: &[Column] = &[
    open("bookingId", |row| Ok(row.booking().id.to_string())),
    open("organizationId", |row| Ok(row.booking().organization_id.to_string())),
    open("title", |row| Ok(row.booking().title.clone())),
    open("staffId", |row| Ok(text(row.assignment.map(|one| one.staff.id)))),
    open("staffName", |row| Ok(text(row.assignment.map(|one| &one.staff.display_name)))),
    open("role", |row| Ok(text(row.assignment.map(|one| &one.role)))),
    open("assignmentStatus", |row| Ok(text(row.assignment.map(|one| one.status)))),
    open("scheduledStart", |row| Ok(row.booking().scheduled_start.to_string())),
    open("scheduledEnd", |row| Ok(row.booking().scheduled_end.to_string())),
    open("timezone", |row| Ok(row.booking().timezone.clone())),
    open("scheduledMinutes", |row| Ok(minutes(&row.booking().range()))),
    open("checkedInAt", |row| Ok(text(row.assignment.and_then(|one| one.checked_in_at)))),
    open("checkedOutAt", |row| Ok(text(row.assignment.and_then(|one| one.checked_out_at)))),
    open("workedMinutes", |row| Ok(text(row.worked().as_ref().map(minutes)))),
    RATE,
    Column { name: "cost", needs: Needs::Pay, cell: |row| Ok(text(cost(row))) },
];

const RATE: Column = Column {
    name: "hourlyRate",
    needs: Needs::Pay,
    cell: |row| Ok(text(row.assignment.and_then(|one| one.hourly_rate))),
};

/// What the time worked costs, else the scheduled time; nothing where the rate is not known.
fn cost(row: &Row) -> Option<Money> {
    let rate = row.assignment?.hourly_rate?;
    let time = row.worked().unwrap_or_else(|| row.booking().range());
    Some(price(rate, time.microseconds()))
}

/// Whole minutes, rounded half up.
fn minutes(time: &TimeRange) -> String {
    const MINUTE: i64 = 60_000_000;
    ((time.microseconds() + MINUTE / 2) / MINUTE).to_string()
}

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn json(value: Option<&impl serde::Serialize>) -> Result<String, serde_json::Error> {
    value.map_or_else(|| Ok(String::new()), serde_json::to_string)
}

/// The names of what an export of bookings holds.
pub(super) fn exported() -> impl Iterator<Item = &'static str> {
    BOOKINGS.iter().map(|column| column.name)
}
