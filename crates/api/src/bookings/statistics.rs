//! GET /api/bookings/statistics

use aide::transform::TransformOperation;
use axum::extract::State;
use jiff::Timestamp;
use rishi_app::bookings::{Statistics, StatisticsQuery};
use rishi_domain::id::OrganizationId;
use rishi_domain::permission::Capability;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Query, Signed};
use crate::scoped;
use crate::shared::Shared;

/// Whose figures, and when.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Parameters {
    /// Whose; may be left out by who sees only one organization.
    #[serde(default)]
    organization_id: Option<OrganizationId>,
    /// Only bookings that end after this instant.
    #[serde(default)]
    from: Option<Timestamp>,
    /// Only bookings that start before this instant.
    #[serde(default)]
    to: Option<Timestamp>,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("readBookingStatistics").tag(super::TAG);
    let operation = operation.summary("An organization's figures").description(
        "Counts, sums and monthly trends. Money is absent for callers who may not see it.",
    );
    let operation = document::answers::<Statistics>(operation, 200, "The figures.");
    document::may_refuse(operation, &[404])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Query(Parameters { organization_id, from, to }): Query<Parameters>,
) -> Reply {
    scoped::range(from, to)?;
    let principal = &caller.principal;
    let organization = if let Some(named) = organization_id {
        named
    } else {
        let capability = Capability::ReadStatistics;
        scoped::one(&scoped::allowed(principal, capability, "read statistics")?, None)?
    };
    let query = StatisticsQuery { organization, from, to };
    answer::json(&shared.app.statistics(principal, &query).await?)
}
