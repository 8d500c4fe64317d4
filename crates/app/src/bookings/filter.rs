//! Which bookings a list holds, and in what order.

use jiff::Timestamp;
use rishi_domain::booking::{Booking, BookingStatus, OperationType, Priority};
use rishi_domain::id::{BookingId, LocationId, OrganizationId, UserId};

/// What a list is sorted by; ties are broken by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "each names the field")]
pub enum SortField {
    #[default]
    ScheduledStart,
    CreatedAt,
    UpdatedAt,
    Title,
    Priority,
}

impl SortField {
    /// Every field, with its name on the wire.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::ScheduledStart, "scheduledStart"),
        (Self::CreatedAt, "createdAt"),
        (Self::UpdatedAt, "updatedAt"),
        (Self::Title, "title"),
        (Self::Priority, "priority"),
    ];
}

/// A field and a direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sort {
    /// By what.
    pub field: SortField,
    /// Largest first.
    pub descending: bool,
}

/// The sort value of the last entry seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CursorKey {
    /// Microseconds since 1970, or a rank.
    Integer(i64),
    /// A text.
    Text(String),
}

/// Where a deep reading goes on: after the entry with this sort value and id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The entry's sort value.
    pub key: CursorKey,
    /// The entry's id.
    pub id: BookingId,
}

impl Cursor {
    /// After this booking, in a list sorted by `field`.
    pub fn of(booking: &Booking, field: SortField) -> Self {
        let key = match field {
            SortField::ScheduledStart => {
                CursorKey::Integer(booking.scheduled_start.as_microsecond())
            }
            SortField::CreatedAt => CursorKey::Integer(booking.created_at.as_microsecond()),
            SortField::UpdatedAt => CursorKey::Integer(booking.updated_at.as_microsecond()),
            SortField::Title => CursorKey::Text(booking.title.clone()),
            SortField::Priority => CursorKey::Integer(match booking.priority {
                Priority::Low => 0,
                Priority::Medium => 1,
                Priority::High => 2,
                Priority::Urgent => 3,
            }),
        };
        Self { key, id: booking.id }
    }
}

/// Which stretch of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Window {
    /// So many entries come before.
    Offset(u64),
    /// What follows an entry.
    After(Cursor),
}

/// Which bookings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookingFilter {
    /// Of one organization; of all in scope when absent.
    pub organization: Option<OrganizationId>,
    /// In one of these states; in any when empty.
    pub statuses: Vec<BookingStatus>,
    /// At a location.
    pub location: Option<LocationId>,
    /// Ending after this instant.
    pub from: Option<Timestamp>,
    /// Starting before this instant.
    pub to: Option<Timestamp>,
    /// With a live assignment of one of these; of anyone or nobody when empty.
    pub assigned_staff: Vec<UserId>,
    /// Of this urgency.
    pub priority: Option<Priority>,
    /// Of this branch of work.
    pub operation_type: Option<OperationType>,
    /// With this text in title or description, without regard to case.
    pub search: Option<String>,
    /// In this order.
    pub sort: Sort,
    /// Which stretch.
    pub window: Window,
    /// How many, 1–200.
    pub limit: u32,
}

/// Every booking in scope, by start: the first fifty.
impl Default for BookingFilter {
    fn default() -> Self {
        Self {
            organization: None,
            statuses: Vec::new(),
            location: None,
            from: None,
            to: None,
            assigned_staff: Vec::new(),
            priority: None,
            operation_type: None,
            search: None,
            sort: Sort::default(),
            window: Window::Offset(0),
            limit: 50,
        }
    }
}

impl BookingFilter {
    /// Whether an index leads straight to the entries and the total is kept: then the list costs
    /// the same at any number of bookings.
    pub fn is_indexed(&self) -> bool {
        self.is_whole_organization()
            && self.sort.field == SortField::ScheduledStart
            && matches!(self.window, Window::Offset(0..=1_000) | Window::After(_))
    }

    /// Whether nothing but the organization narrows the list.
    pub fn is_whole_organization(&self) -> bool {
        self.organization.is_some()
            && self.statuses.is_empty()
            && self.location.is_none()
            && self.from.is_none()
            && self.to.is_none()
            && self.assigned_staff.is_empty()
            && self.priority.is_none()
            && self.operation_type.is_none()
            && self.search.is_none()
    }
}
