//! GET /api/bookings/{id}/candidates

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::staffing::{Candidate, CandidateFilter, Fit};
use rishi_domain::id::{BookingId, UserId};
use rishi_domain::money::Money;
use rishi_domain::staffing::score::Score;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{self, Pagination, Reply, paging};
use crate::document;
use crate::extract::{Id, Limit, Page, Query, Signed};
use crate::problem::{Problem, ReasonDocument};
use crate::shared::Shared;

/// Which candidates.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Parameters {
    /// For this role; when absent, for the one of the booking's roles in which each suits best.
    #[schemars(length(min = 1, max = 100))]
    role: Option<String>,
    /// Only those who can be assigned at least this well.
    fit: Option<Fit>,
    /// Which page.
    page: Page,
    /// How many.
    limit: Limit,
}

/// Somebody in question.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Candidate")]
struct Entry {
    /// Who.
    staff_id: UserId,
    /// The person's name.
    display_name: String,
    /// The role in which the person suits best.
    role: String,
    /// Whether the person can be assigned.
    fit: Fit,
    /// How well the person suits, and what that is made of.
    score: Score,
    /// What speaks against it.
    #[schemars(with = "Vec<ReasonDocument>")]
    reasons: Vec<serde_json::Value>,
    /// How far the person lives from the place, in kilometres; absent when unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    distance_km: Option<f64>,
    /// What an hour would cost; absent when unknown or not for the caller to see.
    #[serde(skip_serializing_if = "Option::is_none")]
    hourly_rate: Option<Money>,
}

/// A page of candidates, the best first.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CandidateList")]
pub(super) struct List {
    candidates: Vec<Entry>,
    pagination: Pagination,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("listCandidates").tag(super::super::TAG);
    let operation = operation.summary("Who could be assigned to a booking").description(
        "Everybody whom the caller may see: who fits, then who fits with an override, then who does \
         not, each by score, with the parts of the score and every reason against. For who may not \
         see pay, cost is no part of the score.",
    );
    document::answers::<List>(operation, 200, "The candidates.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<BookingId>,
    Query(parameters): Query<Parameters>,
) -> Reply {
    let (page, limit) = (parameters.page, parameters.limit);
    if let Some(role) = &parameters.role
        && !(1..=100).contains(&role.chars().count())
    {
        return Err(Problem::field("role", "length", "a role's name has 1 to 100 characters"));
    }
    let filter =
        CandidateFilter { role: parameters.role, fit: parameters.fit, paging: paging(page, limit) };
    let found = shared.app.candidates(&caller.principal, id, &filter).await?;
    let pagination = Pagination::page(page, limit, &found);
    let candidates = found.items.into_iter().map(entry).collect();
    answer::json(&List { candidates, pagination })
}

fn entry(one: Candidate) -> Entry {
    let reasons = one.reasons.iter().map(crate::problem::reason).collect();
    Entry {
        staff_id: one.staff_id,
        display_name: one.display_name,
        role: one.role,
        fit: one.fit,
        score: one.score,
        reasons,
        distance_km: one.distance_km,
        hourly_rate: one.hourly_rate,
    }
}
