//! POST /api/calendar-feeds

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::commit::Answer;
use rishi_domain::calendar::{CalendarFeed, CreateCalendarFeed};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Post;
use crate::shared::Shared;

/// A new feed.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "NewCalendarFeed")]
struct Made {
    #[serde(flatten)]
    feed: CalendarFeed,
    /// The address to give to a calendar program; shown this once. Whoever has it sees the feed.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation =
        operation.id("createCalendarFeed").tag(super::TAG).summary("Make a calendar feed");
    let operation = operation.description(
        "Bookings as an iCalendar under a secret address: those that one works on (`person`), those at a \
         location or of an organization. It shows what its owner may read whenever it is asked for, and \
         no money. One that a token makes may do no more than the token and ends with it. The answer to \
         a repetition under the same idempotency key lacks `url`. At most 20 for a person.",
    );
    let operation = document::example(
        operation,
        json!({ "kind": "location", "locationId": "0190f3c2-7b1a-7c3d-9e4f-5a6b7c8d9e0f" }),
    );
    let operation =
        document::respond::<Made>(operation, 201, "application/json", "The feed.", |_| {});
    document::may_refuse(operation, &[404])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Post { caller, body }: Post<CreateCalendarFeed>,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    let base = &shared.config.base_url;
    let made = shared.app.create_calendar_feed(&caller, body, |feed, secret| {
        let url = secret.map(|secret| format!("{base}/calendar/{}.ics", secret.reveal()));
        let answer = answer::done(&Made { feed: feed.clone(), url })?;
        Ok(Answer { status: 201, ..answer })
    });
    Ok(answer::send(made.await?))
}
