//! GET /api/system/circuits

use aide::transform::TransformOperation;
use axum::extract::State;
use jiff::Timestamp;
use rishi_app::operations::circuits::CircuitView;
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Signed;
use crate::shared::Shared;

/// The circuits.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CircuitList")]
struct List {
    circuits: Vec<Circuit>,
}

/// What stands between this process and one thing outside it. Counts are since the process started.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Circuit {
    /// What it stands before.
    name: String,
    /// What it does with calls: `closed` lets them through, `open` refuses them, `half_open` lets a few through to
    /// see.
    state: &'static str,
    /// Who decides that: `auto` what becomes of calls, `open` and `closed` an operator.
    mode: &'static str,
    /// Since when.
    since: Timestamp,
    /// When a call will be let through, where none is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_at: Option<Timestamp>,
    /// Failures since the last success.
    failure_count: u32,
    /// When a call last failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_failure_time: Option<Timestamp>,
    /// What it came to.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_failure: Option<String>,
    /// The calls of late.
    window: Window,
    /// All calls.
    totals: Totals,
    /// Calls on their way.
    running: u32,
    /// When it opens, and for how long.
    settings: Settings,
}

/// The calls of late.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CircuitWindow")]
struct Window {
    /// How far back they count, in seconds.
    seconds: u64,
    /// Calls that came to something.
    calls: u32,
    /// Calls that failed.
    failures: u32,
}

/// All calls.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CircuitTotals")]
struct Totals {
    /// That what lies behind it did, or could answer.
    succeeded: u64,
    /// That it did not: too slow, out of reach, failed at its work.
    failed: u64,
    /// That nothing was learnt from.
    uncounted: u64,
    /// That were not made, since it was open.
    refused: u64,
    /// How often it opened by itself.
    opened: u64,
}

/// When a circuit opens.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CircuitSettings")]
struct Settings {
    /// After so many failures in a row,
    failures: u32,
    /// or when this share of the calls in the window failed, in percent,
    percent: u32,
    /// of at least so many.
    calls: u32,
    /// How long a call may take.
    timeout_seconds: u64,
    /// How long it stays open.
    open_seconds: u64,
    /// How many calls try it then.
    probes: u32,
}

impl From<CircuitView> for Circuit {
    fn from(view: CircuitView) -> Self {
        let (now, failure) = (&view.now, view.last_failure());
        Self {
            name: now.name.to_string(),
            state: now.state.as_str(),
            mode: now.mode.as_str(),
            since: view.since(),
            retry_at: view.retry_at(),
            failure_count: now.failures_in_a_row,
            last_failure_time: failure.map(|(at, _)| at),
            last_failure: failure.map(|(_, reason)| reason.to_owned()),
            window: Window {
                seconds: now.settings.window.as_secs(),
                calls: now.window.calls,
                failures: now.window.failures,
            },
            totals: Totals {
                succeeded: now.totals.succeeded,
                failed: now.totals.failed,
                uncounted: now.totals.uncounted,
                refused: now.totals.refused,
                opened: now.totals.opened,
            },
            running: now.running,
            settings: Settings {
                failures: now.settings.failures,
                percent: now.settings.percent,
                calls: now.settings.calls,
                timeout_seconds: now.settings.timeout.as_secs(),
                open_seconds: now.settings.open.as_secs(),
                probes: now.settings.probes,
            },
        }
    }
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("listCircuits").tag(super::TAG);
    let operation = operation.summary("List circuit breakers");
    document::answers::<List>(operation, 200, "What this process calls outside itself, by name.")
}

pub(super) async fn handle(State(shared): State<Shared>, Signed(caller): Signed) -> Reply {
    let found = shared.app.circuits(&caller.principal)?;
    answer::json(&List { circuits: found.into_iter().map(Circuit::from).collect() })
}
