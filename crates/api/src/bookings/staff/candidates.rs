//! GET /api/bookings/{id}/candidates

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::history::AsOf;
use rishi_app::staffing::{Candidate, CandidateFilter, Candidates, Fit, PastMoment};
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
    /// As things stood then: an instant, or the position of an event.
    as_of: Option<String>,
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
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CandidateList")]
pub(super) struct List {
    candidates: Vec<Entry>,
    /// Of which moment; absent for now.
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: Option<PastMoment>,
    pagination: Pagination,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("listCandidates").tag(super::super::TAG);
    let operation = operation.summary("Who could be assigned to a booking").description(
        "Everybody whom the caller may see: who fits, then who fits with an override, then who does \
         not, each by score, with the parts of the score and every reason against. For who may not \
         see pay, cost is no part of the score. With `asOf` the same as things stood then, from the event \
         log: why this person, and why not that one. 400 `before_the_log` when the log does not reach back \
         so far, or the booking did not exist.",
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
    let as_of = parameters.as_of.as_deref().map(moment).transpose()?;
    let filter = CandidateFilter {
        role: parameters.role,
        fit: parameters.fit,
        as_of,
        paging: paging(page, limit),
    };
    let Candidates { found, as_of } = shared.app.candidates(&caller.principal, id, &filter).await?;
    let pagination = Pagination::page(page, limit, &found);
    let candidates = found.items.into_iter().map(entry).collect();
    answer::json(&List { candidates, as_of, pagination })
}

/// An instant, or a position of the log.
fn moment(text: &str) -> Result<AsOf, Problem> {
    let position = text.parse().map(AsOf::Position);
    position.or_else(|_| text.parse().map(AsOf::Time)).map_err(|_| {
        let message =
            "asOf is an instant such as 2027-05-03T15:00:00Z, or the position of an event";
        Problem::field("asOf", "invalid", message)
    })
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
