//! GET /api/bookings/export
//!
//! The answer is written as it is read: a page of bookings at a time, when the reader has room for it. What
//! is sent is decided page by page by what the reader may see then; a session or token that ends takes the
//! export with it, and so does a fault: the connection breaks off, which no reader takes for an end.

use std::io;
use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use futures::stream;
use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use jiff::Timestamp;
use rishi_app::auth::Principal;
use rishi_app::exchange::{Export, ExportOrder};
use rishi_domain::booking::{BookingStatus, OperationType, Priority};
use rishi_domain::export::{ExportFormat, ExportKind};
use rishi_domain::id::{LocationId, OrganizationId, UserId};
use rishi_domain::permission::Capability;
use schemars::JsonSchema;
use serde::Deserialize;

use super::list::{self, SortBy};
use crate::document;
use crate::events::Seat;
use crate::extract::{Query, Signed};
use crate::problem::{Code, Problem};
use crate::scoped;
use crate::shared::Shared;

const CSV: HeaderValue = HeaderValue::from_static("text/csv; charset=utf-8; header=present");

/// What, and which bookings: the same filters as the list's.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Parameters {
    /// How it is written.
    format: ExportFormat,
    /// What the rows are.
    of: ExportKind,
    /// Whose. Required for who sees several organizations.
    organization_id: Option<OrganizationId>,
    /// In any of these states; repeat the parameter or separate by commas.
    status: Vec<BookingStatus>,
    /// At this location.
    location_id: Option<LocationId>,
    /// Only bookings that end after this instant.
    from: Option<Timestamp>,
    /// Only bookings that start before this instant.
    to: Option<Timestamp>,
    /// With a live assignment of any of these people; repeat or separate by commas.
    assigned_staff: Vec<UserId>,
    /// Of this urgency.
    priority: Option<Priority>,
    /// Of this branch of work.
    operation_type: Option<OperationType>,
    /// With this text in title or description, in any case.
    #[schemars(length(min = 1, max = 200))]
    search: Option<String>,
    /// The order; a leading minus puts the largest first. Ties are broken by id.
    sort: SortBy,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("exportBookings").tag(super::TAG).summary("Export bookings");
    let operation = operation.description(
        "Bookings, the assignments on them, or the hours of those who are to work or have, as CSV (RFC \
         4180, UTF-8), streamed. A cell that a spreadsheet would take for a formula begins with an \
         apostrophe. Pay and costs are columns for those who may see them. `POST /api/bookings/import` \
         reads an export of bookings back. The log is told (`DATA_EXPORTED`).",
    );
    let operation =
        document::respond::<String>(operation, 200, "text/csv", "The rows.", |answer| {
            let name = "The file's name: the kind of rows.";
            document::put(answer, "Content-Disposition", name, document::text());
        });
    document::may_refuse(operation, &[404])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Query(wanted): Query<Parameters>,
) -> Result<Response, Problem> {
    let scope = scoped::allowed(&caller.principal, Capability::ReadBookings, "read bookings")?;
    let organization = scoped::one_or_own(&scope, wanted.organization_id)?;
    let (of, format) = (wanted.of, wanted.format);
    let filter = list::filter(wanted.into(), organization)?;
    let seat = shared.streams().enter(caller.principal.user_id()).ok_or_else(|| {
        let most = shared.config.streams_per_user;
        Problem::new(Code::TooManyStreams, format!("a person may hold {most} streams open"))
    })?;
    let export = shared.app.begin_export(&caller, ExportOrder { of, format, filter }).await?;
    let sending = Sending { shared, principal: caller.principal, export, _seat: seat };
    let mut response = Response::new(Body::from_stream(stream::try_unfold(sending, Sending::next)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, CSV);
    let name = HeaderValue::try_from(format!("attachment; filename=\"{of}.{format}\""));
    headers.insert(CONTENT_DISPOSITION, name.unwrap_or(HeaderValue::from_static("attachment")));
    Ok(response)
}

/// An export on its way to its reader.
struct Sending {
    shared: Shared,
    principal: Arc<Principal>,
    export: Export,
    /// Held as long as the answer is read.
    _seat: Seat,
}

impl Sending {
    async fn next(mut self) -> io::Result<Option<(String, Self)>> {
        match self.page().await {
            Ok(page) => Ok(page.map(|page| (page, self))),
            Err(error) => {
                tracing::warn!(%error, "an export broke off");
                Err(io::Error::other(error))
            }
        }
    }

    async fn page(&mut self) -> Result<Option<String>, rishi_app::Error> {
        let now = self.shared.app.clock.now();
        self.principal = self.shared.authenticator.again(&self.principal, now).await?;
        self.shared.app.next_of_export(&self.principal, &mut self.export).await
    }
}

impl From<Parameters> for list::Parameters {
    fn from(wanted: Parameters) -> Self {
        Self {
            organization_id: wanted.organization_id,
            status: wanted.status,
            location_id: wanted.location_id,
            from: wanted.from,
            to: wanted.to,
            assigned_staff: wanted.assigned_staff,
            priority: wanted.priority,
            operation_type: wanted.operation_type,
            search: wanted.search,
            sort: wanted.sort,
            ..Self::default()
        }
    }
}
