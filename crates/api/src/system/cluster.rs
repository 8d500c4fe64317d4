//! GET /api/system/cluster

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::operations::cluster::ClusterView;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Signed;
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("getCluster").tag(super::TAG);
    let operation = operation.summary("Which nodes there are, and which of them does what");
    document::answers::<ClusterView>(operation, 200, "Nodes, leases and the sequencer.")
}

pub(super) async fn handle(State(shared): State<Shared>, Signed(caller): Signed) -> Reply {
    let head = *shared.head.borrow();
    let membership = &shared.membership;
    let seen = shared.app.cluster(&caller.principal, membership, &shared.live, head).await?;
    answer::json(&seen)
}
