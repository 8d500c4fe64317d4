//! GET /api/system/health: the report of the seed, every figure measured.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::extract::State;
use http::HeaderMap;
use jiff::Timestamp;
use rishi_app::operations::health::{self, Health};
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Signed;
use crate::shared::Shared;

mod components;
mod draft;
mod measure;

pub(crate) use measure::{Figures, Measured};

use components::Components;

/// How the platform is.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemHealth")]
struct Report {
    /// As the worst of the components.
    overall: Health,
    /// When it was measured.
    timestamp: Timestamp,
    /// What it stands on. What is not part of this installation is absent.
    components: Components,
    /// Figures of this process.
    metrics: Metrics,
}

/// Figures of this process.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemMetrics")]
struct Metrics {
    /// Milliseconds since it started.
    uptime: u64,
    /// Its memory; absent where the machine does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    memory_usage: Option<MemoryUsage>,
    /// Requests answered since it started.
    requests_processed: u64,
    /// Faults of the last hour: answers of 500 and above, and failures of event handlers.
    errors_recent: u64,
}

/// Memory in bytes.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "MemoryUsage")]
struct MemoryUsage {
    /// What the process holds.
    resident: u64,
    /// What it may hold: the control group's limit, or the machine's memory.
    limit: u64,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("readSystemHealth").tag(super::TAG);
    let operation = operation.summary("How the platform is").description(
        "Measured at most once a second, each component within a second. The event bus is degraded \
         above 10 failures of handlers in the last hour or a lag of a minute, unhealthy above 50 or \
         10 minutes. Whoever accepts `application/health+json` gets that (draft-inadarei-api-health-check-06), \
         with 503 when something is unhealthy.",
    );
    document::answers::<Report>(operation, 200, "The report, also when something is unhealthy.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    headers: HeaderMap,
) -> Reply {
    shared.app.may_see(&caller.principal)?;
    let figures = shared.measured().get(&shared).await;
    if draft::is_wanted(&headers) {
        return draft::answer(&figures, &Components::of(&figures));
    }
    answer::json(&report(&shared, &figures))
}

fn report(shared: &Shared, figures: &Arc<Figures>) -> Report {
    let now = shared.app.clock.now();
    let components = Components::of(figures);
    let failures = components::recent_errors(figures);
    Report {
        overall: health::overall(components.all()),
        timestamp: figures.at,
        components,
        metrics: Metrics {
            uptime: shared.tally().uptime(now),
            memory_usage: figures
                .memory
                .map(|memory| MemoryUsage { resident: memory.resident, limit: memory.limit }),
            requests_processed: shared.tally().by_class().iter().sum(),
            errors_recent: shared.tally().failed(now) + failures,
        },
    }
}
