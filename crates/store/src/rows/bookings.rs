//! Bookings, assignments, and what is shown beside them.

use rishi_app::bookings::{
    AssignmentBrief, BookingRecord, LocationBrief, PersonBrief, Sort, SortField,
};
use rishi_domain::assignment::{Assignment, AssignmentStatus};
use rishi_domain::booking::{ActivityType, Booking, BookingStatus, OperationType, Priority};
use rishi_domain::location::LocationType;
use rishi_domain::series::SeriesReference;
use rishi_domain::staffing::person::Shift;
use rishi_domain::time::TimeRange;

use super::{
    Fields, id, instant, json, money, number, optional_id, optional_instant, optional_json,
    optional_string, optional_word, string, truth, word,
};

/// A booking.
pub(crate) const BOOKING: &str = "b.id, b.organization_id, b.title, b.description, \
    b.operation_type, b.activity_type, b.priority, b.location_id, b.scheduled_start, \
    b.scheduled_end, b.timezone, b.budget, b.actual_cost, b.requirements, b.staff_requirements, \
    b.equipment_requirements, b.status, b.notes, b.created_by, b.submitted_by, b.created_at, \
    b.updated_at, b.version, b.series_id, b.series_number, b.series_changed";

pub(crate) fn booking<R: Fields>(row: &R) -> Result<Booking, R::Error> {
    Ok(Booking {
        id: id(row, 0)?,
        organization_id: id(row, 1)?,
        title: string(row, 2)?,
        description: optional_string(row, 3)?,
        operation_type: word(row, 4, OperationType::parse)?,
        activity_type: optional_word(row, 5, ActivityType::parse)?,
        priority: word(row, 6, Priority::parse)?,
        location_id: optional_id(row, 7)?,
        scheduled_start: instant(row, 8)?,
        scheduled_end: instant(row, 9)?,
        timezone: string(row, 10)?,
        budget: money(row, 11)?,
        actual_cost: money(row, 12)?,
        requirements: optional_json(row, 13)?,
        staff_requirements: optional_json(row, 14)?,
        equipment_requirements: optional_json(row, 15)?,
        status: word(row, 16, BookingStatus::parse)?,
        notes: optional_string(row, 17)?,
        created_by: id(row, 18)?,
        submitted_by: optional_id(row, 19)?,
        created_at: instant(row, 20)?,
        updated_at: instant(row, 21)?,
        version: number(row, 22)?,
        series: match optional_id(row, 23)? {
            Some(id) => {
                Some(SeriesReference { id, number: number(row, 24)?, changed: json(row, 25)? })
            }
            None => None,
        },
    })
}

/// What stands beside a booking, after [`BOOKING`].
pub(crate) const BESIDE: &str = "l.name, l.location_type, l.city, l.timezone, u.display_name";
/// How many columns both are.
pub(crate) const RECORD_COLUMNS: usize = 31;
/// Where that is from.
pub(crate) const BESIDE_FROM: &str =
    "LEFT JOIN locations l ON l.id = b.location_id JOIN users u ON u.id = b.created_by";

/// A booking with what stands beside it; its staff is still missing.
pub(crate) fn record<R: Fields>(row: &R) -> Result<BookingRecord, R::Error> {
    let booking = booking(row)?;
    let location = match booking.location_id {
        Some(id) => Some(LocationBrief {
            id,
            name: string(row, 26)?,
            location_type: word(row, 27, LocationType::parse)?,
            city: string(row, 28)?,
            timezone: string(row, 29)?,
        }),
        None => None,
    };
    let creator = PersonBrief { id: booking.created_by, display_name: string(row, 30)? };
    Ok(BookingRecord { booking, location, creator, staff: Vec::new() })
}

/// Who is assigned (as `s`, by `a`), after the booking that it is to.
pub(crate) const ASSIGNED: &str = "a.id, a.booking_id, a.staff_id, s.display_name, a.role, \
    a.status, a.hourly_rate, a.special_requirements, a.checked_in_at, a.checked_out_at, a.check_in, \
    a.check_out";

pub(crate) fn assigned<R: Fields>(row: &R) -> Result<AssignmentBrief, R::Error> {
    assigned_from(row, 0)
}

/// The same from one column on.
pub(crate) fn assigned_from<R: Fields>(row: &R, from: usize) -> Result<AssignmentBrief, R::Error> {
    Ok(AssignmentBrief {
        id: id(row, from)?,
        staff_id: id(row, from + 2)?,
        staff: PersonBrief { id: id(row, from + 2)?, display_name: string(row, from + 3)? },
        role: string(row, from + 4)?,
        status: word(row, from + 5, AssignmentStatus::parse)?,
        hourly_rate: money(row, from + 6)?,
        special_requirements: json(row, from + 7)?,
        checked_in_at: optional_instant(row, from + 8)?,
        checked_out_at: optional_instant(row, from + 9)?,
        check_in: optional_json(row, from + 10)?,
        check_out: optional_json(row, from + 11)?,
    })
}

/// An assignment alone.
pub(crate) const ASSIGNMENT: &str = "id, booking_id, staff_id, role, hourly_rate, \
    special_requirements, status, checked_in_at, checked_out_at, check_in, check_out, created_at, \
    updated_at, version";

pub(crate) fn assignment<R: Fields>(row: &R) -> Result<Assignment, R::Error> {
    Ok(Assignment {
        id: id(row, 0)?,
        booking_id: id(row, 1)?,
        staff_id: id(row, 2)?,
        role: string(row, 3)?,
        hourly_rate: money(row, 4)?,
        special_requirements: json(row, 5)?,
        status: word(row, 6, AssignmentStatus::parse)?,
        checked_in_at: optional_instant(row, 7)?,
        checked_out_at: optional_instant(row, 8)?,
        check_in: optional_json(row, 9)?,
        check_out: optional_json(row, 10)?,
        created_at: instant(row, 11)?,
        updated_at: instant(row, 12)?,
        version: number(row, 13)?,
    })
}

/// A shift (by `a`, of the booking `b`), after whose it is.
pub(crate) const SHIFT: &str = "a.id, a.staff_id, a.booking_id, b.organization_id, \
    a.scheduled_start, a.scheduled_end, a.live";

pub(crate) fn shift<R: Fields>(row: &R) -> Result<Shift, R::Error> {
    Ok(Shift {
        booking_id: id(row, 2)?,
        organization_id: id(row, 3)?,
        range: TimeRange { start: instant(row, 4)?, end: instant(row, 5)? },
        live: truth(row, 6)?,
    })
}

/// What a list of bookings is sorted by.
pub(crate) struct Order {
    /// The value by which it goes on.
    pub(crate) key: &'static str,
    /// What follows `ORDER BY`.
    pub(crate) sql: String,
}

pub(crate) fn order(sort: Sort) -> Order {
    let key = match sort.field {
        SortField::ScheduledStart => "b.scheduled_start",
        SortField::CreatedAt => "b.created_at",
        SortField::UpdatedAt => "b.updated_at",
        SortField::Title => "b.title",
        SortField::Priority => {
            "CASE b.priority WHEN 'low' THEN 0 WHEN 'medium' THEN 1 WHEN 'high' THEN 2 ELSE 3 END"
        }
    };
    let direction = if sort.descending { "DESC" } else { "ASC" };
    Order { key, sql: format!("{key} {direction}, b.id {direction}") }
}
