//! GET /api/system/subscriptions

use aide::transform::TransformOperation;
use axum::extract::State;
use jiff::Timestamp;
use rishi_app::Position;
use rishi_app::operations::{SubscriptionStatus, SubscriptionView};
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Signed;
use crate::shared::Shared;

/// The subscriptions.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SubscriptionList")]
pub(super) struct List {
    subscriptions: Vec<Subscription>,
}

/// A subscription: what is stored of it, and what this process does with it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Subscription {
    /// Its name.
    name: String,
    /// Whether an operator has paused it.
    paused: bool,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    paused_since: Option<Timestamp>,
    /// Every event up to this position is handled, not wanted, or set aside.
    cursor: Position,
    /// The newest event of the log.
    head: Position,
    /// Events after the cursor.
    lag_events: u64,
    /// The age of the oldest event that is not handled; 0 when all are.
    lag_seconds: u64,
    /// Events that wait for their turn or behind another one.
    waiting: u64,
    /// Events that failed and will be tried again.
    retrying: u64,
    /// Events that were given up until an operator decides.
    dead: u64,
    /// Events that an operator discarded.
    skipped: u64,
    /// How often an operator has changed its cursor or its events.
    generation: u64,
    /// What it does here; absent while another process works on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    live: Option<Live>,
}

/// A subscription at work. Counts are since the process started.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SubscriptionAtWork")]
struct Live {
    /// Whether its task runs.
    alive: bool,
    /// Whether this process knows that it is paused, so that nothing new is begun.
    paused: bool,
    /// Whether it waits because what it needs is known to be down.
    gated: bool,
    /// Events handled.
    handled: u64,
    /// Events handled per second, over the last minute.
    throughput: f64,
    /// Runs that ended in success or in a failure that counts.
    attempts: u64,
    /// Runs that failed.
    failed: u64,
    /// Failures of the last hour.
    errors_last_hour: u64,
    /// When an event was last handled or failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_activity: Option<Timestamp>,
    /// What went wrong last.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
    /// When that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error_at: Option<Timestamp>,
}

impl From<SubscriptionView> for Subscription {
    fn from(view: SubscriptionView) -> Self {
        Self {
            cursor: view.cursor(),
            head: view.head,
            lag_events: view.lag_events(),
            lag_seconds: view.lag_seconds(),
            paused: view.standing.paused_since.is_some(),
            paused_since: view.standing.paused_since,
            waiting: view.standing.waiting,
            retrying: view.standing.retrying,
            dead: view.standing.dead,
            skipped: view.standing.skipped,
            generation: view.standing.generation,
            name: view.standing.name,
            live: view.live.filter(|live| live.held).map(Live::from),
        }
    }
}

impl From<SubscriptionStatus> for Live {
    fn from(live: SubscriptionStatus) -> Self {
        Self {
            alive: live.alive,
            paused: live.paused,
            gated: live.gated,
            handled: live.handled,
            throughput: live.throughput(),
            attempts: live.attempts,
            failed: live.failed,
            errors_last_hour: live.errors_last_hour,
            last_activity: live.last_activity,
            last_error: live.last_error,
            last_error_at: live.last_error_at,
        }
    }
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("listSubscriptions").tag(super::TAG);
    let operation = operation.summary("List subscriptions with their progress");
    document::answers::<List>(operation, 200, "The subscriptions, by name.")
}

pub(super) async fn handle(State(shared): State<Shared>, Signed(caller): Signed) -> Reply {
    let head = *shared.head.borrow();
    let found = shared.app.subscriptions(&caller.principal, &shared.live, head).await?;
    answer::json(&List { subscriptions: found.into_iter().map(Subscription::from).collect() })
}
