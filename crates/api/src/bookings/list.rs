//! GET /api/bookings

use aide::transform::TransformOperation;
use axum::extract::State;
use jiff::Timestamp;
use rishi_app::bookings::{
    BookingFilter, BookingView, Cursor, ListedBooking, Sort, SortField, Window,
};
use rishi_app::store::Listed;
use rishi_domain::booking::{BookingStatus, OperationType, Priority};
use rishi_domain::id::{LocationId, OrganizationId, UserId};
use rishi_domain::permission::Capability;
use schemars::JsonSchema;
use serde::Deserialize;

use super::cursor;
use crate::answer::{self, Pagination, Reply};
use crate::document;
use crate::extract::{Limit, Page, Query, Signed};
use crate::problem::Problem;
use crate::scoped;
use crate::shared::Shared;

/// Which bookings, in what order, which stretch.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Parameters {
    /// Whose. Required for who sees several organizations.
    pub(super) organization_id: Option<OrganizationId>,
    /// In any of these states; repeat the parameter or separate by commas.
    pub(super) status: Vec<BookingStatus>,
    /// At this location.
    pub(super) location_id: Option<LocationId>,
    /// Only bookings that end after this instant.
    pub(super) from: Option<Timestamp>,
    /// Only bookings that start before this instant.
    pub(super) to: Option<Timestamp>,
    /// With a live assignment of any of these people; repeat or separate by commas.
    pub(super) assigned_staff: Vec<UserId>,
    /// Of this urgency.
    pub(super) priority: Option<Priority>,
    /// Of this branch of work.
    pub(super) operation_type: Option<OperationType>,
    /// With this text in title or description, in any case.
    #[schemars(length(min = 1, max = 200))]
    pub(super) search: Option<String>,
    /// The order; a leading minus puts the largest first. Ties are broken by id.
    pub(super) sort: SortBy,
    /// Which page; not together with `after`.
    pub(super) page: Option<Page>,
    /// How many.
    pub(super) limit: Limit,
    /// Go on after this cursor, which `pagination.next` gave; cheap at any depth.
    pub(super) after: Option<String>,
}

macro_rules! sorts {
    ($($(#[$meta:meta])* $name:ident $descending:ident $field:ident $up:literal $down:literal;)*) => {
        /// An order, as it is written.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
        #[schemars(inline)]
        pub(super) enum SortBy {
            $($(#[$meta])* #[serde(rename = $up)] $name, #[serde(rename = $down)] $descending,)*
        }

        impl SortBy {
            pub(super) fn word(self) -> &'static str {
                match self { $(Self::$name => $up, Self::$descending => $down,)* }
            }

            fn sort(self) -> Sort {
                match self { $(
                    Self::$name => Sort { field: SortField::$field, descending: false },
                    Self::$descending => Sort { field: SortField::$field, descending: true },
                )* }
            }
        }
    };
}

sorts! {
    #[default]
    ScheduledStart ScheduledStartDescending ScheduledStart "scheduledStart" "-scheduledStart";
    CreatedAt CreatedAtDescending CreatedAt "createdAt" "-createdAt";
    UpdatedAt UpdatedAtDescending UpdatedAt "updatedAt" "-updatedAt";
    Title TitleDescending Title "title" "-title";
    Priority PriorityDescending Priority "priority" "-priority";
}

/// A stretch of the bookings, as [`write`] writes it.
#[derive(JsonSchema)]
#[schemars(rename = "BookingList")]
#[expect(dead_code, reason = "it is what the document says")]
pub(super) struct Bookings {
    bookings: Vec<BookingView>,
    pagination: Pagination,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("listBookings").tag(super::TAG).summary("List bookings");
    let operation = operation.description(
        "With location, creator, assignments and the caller's allowed transitions beside each, and \
         the true total. Read by `page`, or deep by `after`.",
    );
    let operation = document::answers::<Bookings>(operation, 200, "The bookings.");
    document::may_refuse(operation, &[404])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Query(parameters): Query<Parameters>,
) -> Reply {
    let principal = &caller.principal;
    let scope = scoped::allowed(principal, Capability::ReadBookings, "read bookings")?;
    let organization = scoped::one_or_own(&scope, parameters.organization_id)?;
    let (sort, page, limit) = (parameters.sort, parameters.page, parameters.limit);
    let filter = filter(parameters, organization)?;
    let found = shared.app.bookings(principal, &filter).await?;
    let pagination = pagination(sort, page, limit, &filter.window, &found);
    Ok(answer::written(write(&found.items, &pagination).map_err(answer::unwritable)?))
}

/// A list as JSON. Most of it was written before, when the bookings were read.
fn write(bookings: &[ListedBooking], pagination: &Pagination) -> Result<String, serde_json::Error> {
    let length: usize = bookings.iter().map(ListedBooking::length).sum();
    let mut text = String::with_capacity(length + 256);
    text.push_str("{\"bookings\":[");
    for (number, booking) in bookings.iter().enumerate() {
        if number > 0 {
            text.push(',');
        }
        booking.write(&mut text)?;
    }
    text.push_str("],\"pagination\":");
    text.push_str(&serde_json::to_string(pagination)?);
    text.push('}');
    Ok(text)
}

pub(super) fn filter(
    from: Parameters,
    organization: Option<OrganizationId>,
) -> Result<BookingFilter, Problem> {
    scoped::range(from.from, from.to)?;
    scoped::search(from.search.as_deref())?;
    let window = match (&from.after, from.page) {
        (Some(_), Some(_)) => {
            let message = "read by page or by after, not by both";
            return Err(Problem::field("page", "conflicting", message));
        }
        (Some(text), None) => Window::After(cursor::read(from.sort, text).ok_or_else(|| {
            let message = "this is no cursor of a list in this order; take it from pagination.next";
            Problem::field("after", "invalid", message)
        })?),
        (None, page) => Window::Offset(page.unwrap_or_default().offset(from.limit)),
    };
    Ok(BookingFilter {
        organization,
        statuses: from.status,
        location: from.location_id,
        from: from.from,
        to: from.to,
        assigned_staff: from.assigned_staff,
        priority: from.priority,
        operation_type: from.operation_type,
        search: from.search,
        sort: from.sort.sort(),
        window,
        limit: from.limit.0,
    })
}

/// By page the total tells whether more follows; by cursor a full answer does, at the price of an
/// empty last one.
fn pagination(
    sort: SortBy,
    page: Option<Page>,
    limit: Limit,
    window: &Window,
    found: &Listed<ListedBooking>,
) -> Pagination {
    let seen = found.items.len() as u64;
    let (page, more) = match window {
        Window::Offset(before) => {
            (Some(page.unwrap_or_default().0), seen > 0 && before + seen < found.total)
        }
        Window::After(_) => (None, seen == u64::from(limit.0)),
    };
    let last = found.items.last().filter(|_| more);
    let next = last.map(|last| cursor::write(sort, &Cursor::of(last.booking(), sort.sort().field)));
    Pagination { page, limit: limit.0, total: found.total, next }
}
