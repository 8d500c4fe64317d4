//! GET /api/calendar-feeds

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::calendar::CalendarFeed;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{self, Pagination, Reply, paging};
use crate::document;
use crate::extract::{Limit, Page, Query, Signed};
use crate::shared::Shared;

/// Which feeds.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Parameters {
    /// Which page.
    page: Page,
    /// How many.
    limit: Limit,
}

/// A page of feeds.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CalendarFeedList")]
pub(super) struct List {
    calendar_feeds: Vec<CalendarFeed>,
    pagination: Pagination,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation =
        operation.id("listCalendarFeeds").tag(super::TAG).summary("List one's calendar feeds");
    let operation = operation.description(
        "One's own, newest first; through a token, those that it made. Never the addresses.",
    );
    document::answers::<List>(operation, 200, "The feeds.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Query(Parameters { page, limit }): Query<Parameters>,
) -> Reply {
    let found = shared.app.calendar_feeds(&caller.principal, paging(page, limit)).await?;
    let pagination = Pagination::page(page, limit, &found);
    answer::json(&List { calendar_feeds: found.items, pagination })
}
