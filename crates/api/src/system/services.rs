//! GET /api/system/services

use aide::transform::TransformOperation;
use axum::extract::State;
use jiff::Timestamp;
use rishi_app::operations::services::{ServiceState, ServiceView};
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Signed;
use crate::shared::Shared;

/// The services.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ServiceList")]
struct List {
    services: Vec<Service>,
}

/// Something that runs in this process.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Service {
    /// Its name.
    name: String,
    /// Its place in the order in which they were started, from 1; they are stopped in reverse.
    start_order: u64,
    /// How it is.
    state: ServiceState,
    /// Since when.
    since: Timestamp,
    /// Whether the process stops when it fails; any other is started again.
    essential: bool,
    /// How often it was started again.
    restarts: u64,
    /// When it last failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_failure_time: Option<Timestamp>,
    /// How.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_failure: Option<String>,
}

impl Service {
    fn of((index, view): (usize, ServiceView)) -> Self {
        let (last_failure_time, last_failure) = view.last_failure.unzip();
        Self {
            name: view.name,
            start_order: index as u64 + 1,
            state: view.state,
            since: view.since,
            essential: view.essential,
            restarts: view.restarts,
            last_failure_time,
            last_failure,
        }
    }
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("listServices").tag(super::TAG);
    let operation = operation.summary("List what runs in this process");
    document::answers::<List>(operation, 200, "The services, in the order of their start.")
}

pub(super) async fn handle(State(shared): State<Shared>, Signed(caller): Signed) -> Reply {
    let services = shared.app.services(&caller.principal, &shared.services)?;
    answer::json(&List { services: services.into_iter().enumerate().map(Service::of).collect() })
}
