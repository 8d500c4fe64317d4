//! GET /livez and GET /readyz: for load balancers and supervisors, without detail or sign-in.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use rishi_app::operations::circuits::{CircuitState, DATABASE};
use serde::Serialize;

use crate::readiness::Stance;
use crate::shared::Shared;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// One word.
#[derive(Serialize)]
pub(super) struct Status {
    status: &'static str,
}

/// Whether the process runs: it answers, so it does.
pub(super) async fn alive() -> Json<Status> {
    Json(Status { status: "alive" })
}

/// Whether the process wants requests: started, not stopping, and its database answers.
pub(super) async fn ready(State(shared): State<Shared>) -> (StatusCode, Json<Status>) {
    let status = match shared.readiness.stance() {
        Stance::Draining => "draining",
        Stance::Unavailable => "unavailable",
        Stance::Ready if is_refused(&shared) => "unavailable",
        Stance::Ready => match tokio::time::timeout(PATIENCE, shared.app.store.ping()).await {
            Ok(Ok(())) => "ready",
            Ok(Err(_)) | Err(_) => "unavailable",
        },
    };
    let code = if status == "ready" { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (code, Json(Status { status }))
}

/// Whether the database is not even asked: nearly every request would be refused.
fn is_refused(shared: &Shared) -> bool {
    let circuit = shared.app.circuits.find(DATABASE);
    circuit.is_some_and(|circuit| circuit.snapshot().state == CircuitState::Open)
}
