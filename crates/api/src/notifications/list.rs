//! GET /api/notifications

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::notification::Notification;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{self, Pagination, Reply, paging};
use crate::document;
use crate::extract::{Limit, Page, Query, Signed};
use crate::shared::Shared;

/// Which notifications.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Parameters {
    /// Only what is unread.
    unread: bool,
    /// Which page.
    page: Page,
    /// How many.
    limit: Limit,
}

/// A page of notifications.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "NotificationList")]
pub(super) struct List {
    notifications: Vec<Notification>,
    /// How many are unread in all.
    unread_count: u64,
    pagination: Pagination,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation
        .id("listNotifications")
        .tag(super::TAG)
        .summary("The caller's inbox, newest first");
    document::answers::<List>(operation, 200, "The notifications.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Query(parameters): Query<Parameters>,
) -> Reply {
    let (page, limit) = (parameters.page, parameters.limit);
    let paging = paging(page, limit);
    let found = shared.app.inbox(&caller.principal, parameters.unread, paging).await?;
    let pagination = Pagination::page(page, limit, &found.listed);
    let (notifications, unread_count) = (found.listed.items, found.unread);
    answer::json(&List { notifications, unread_count, pagination })
}
